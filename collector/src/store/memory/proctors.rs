//! Proctor links and who entered by them, in memory.

use std::collections::BTreeMap;

use jiff::Timestamp;
use roomready_shared::ids::{ProctorId, ProctorLinkId};

use crate::domain::proctor::{Proctor, ProctorLink};
use crate::store::Refusal;

/// Links and proctors.
#[derive(Debug, Default)]
pub(super) struct Proctors {
    links: BTreeMap<ProctorLinkId, ProctorLink>,
    proctors: BTreeMap<ProctorId, Proctor>,
}

impl Proctors {
    pub(super) fn add_link(&mut self, link: ProctorLink) {
        self.links.insert(link.id, link);
    }

    /// Gives back whether it held until now.
    pub(super) fn revoke_link(&mut self, link: ProctorLinkId, at: Timestamp) -> Result<bool, Refusal> {
        let held = self.links.get_mut(&link).ok_or(Refusal::ProctorLinkUnknown)?;
        if held.revoked_at.is_some() {
            return Ok(false);
        }
        held.revoked_at = Some(at);
        for proctor in self.proctors.values_mut().filter(|proctor| proctor.link == link) {
            proctor.released_at = proctor.released_at.or(Some(at));
        }
        Ok(true)
    }

    pub(super) fn links(&self) -> Vec<ProctorLink> {
        let mut links: Vec<_> = self.links.values().cloned().collect();
        links.sort_by_key(|link| (link.made_at, link.id));
        links
    }

    pub(super) fn admit(&mut self, proctor: Proctor) -> Result<(), Refusal> {
        let link = self.links.get(&proctor.link).ok_or(Refusal::ProctorLinkUnknown)?;
        if link.revoked_at.is_some() {
            return Err(Refusal::ProctorLinkRevoked);
        }
        self.proctors.insert(proctor.id, proctor);
        Ok(())
    }

    /// Who entered by a link.
    pub(super) fn by(&self, link: ProctorLinkId) -> Vec<ProctorId> {
        let by = self.proctors.values().filter(|proctor| proctor.link == link);
        by.map(|proctor| proctor.id).collect()
    }

    /// Gives back whether they were there until now.
    pub(super) fn release(&mut self, proctor: ProctorId, at: Timestamp) -> bool {
        let held = self
            .proctors
            .get_mut(&proctor)
            .filter(|held| held.released_at.is_none());
        held.map(|held| held.released_at = Some(at)).is_some()
    }

    pub(super) fn all(&self) -> Vec<Proctor> {
        let mut all: Vec<_> = self.proctors.values().cloned().collect();
        all.sort_by_key(|proctor| (proctor.entered_at, proctor.id));
        all
    }
}
