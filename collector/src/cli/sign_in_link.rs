//! `sign-in-link`: a link that signs one person in, once.

use std::net::SocketAddr;

use jiff::Timestamp;

use super::{Failure, SignInLink as Arguments};
use crate::clock::{Clock, SystemClock};
use crate::limits;
use crate::secret::{NoRandomness, Secret};
use crate::store::SignInLink;
use crate::store::sqlite::Visitor;

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let link = mint(&SystemClock::start()).map_err(Failure::failed)?;
    let visitor = Visitor::open(&arguments.data).map_err(Failure::failed)?;
    visitor.add_link(&link.kept()).map_err(Failure::failed)?;
    println!("staff sign-in (works once): {}", link.address(arguments.listen));
    Ok(())
}

/// A new link, before it is kept.
pub(super) struct Minted {
    token: Secret,
    ends: Timestamp,
}

pub(super) fn mint(clock: &dyn Clock) -> Result<Minted, NoRandomness> {
    let ends = clock
        .wall()
        .saturating_add(limits::SIGN_IN_LINK_LIFE)
        .unwrap_or(Timestamp::MAX);
    Ok(Minted {
        token: Secret::new()?,
        ends,
    })
}

impl Minted {
    /// What the store keeps of it.
    pub(super) fn kept(&self) -> SignInLink {
        SignInLink {
            token: self.token.hash(),
            ends: self.ends,
        }
    }

    /// What a person opens.
    pub(super) fn address(&self, collector: SocketAddr) -> String {
        format!("http://{collector}/sign-in?token={}", self.token.reveal())
    }
}
