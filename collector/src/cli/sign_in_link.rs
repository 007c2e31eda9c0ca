//! `sign-in-link`: a link that signs one person in, once. Whoever can read the data folder could read everything in
//! it, so nothing more is asked of them; that it was used stands in the record.

use jiff::Timestamp;
use roomready_shared::ids::Title;

use super::{Failure, SignInLink as Arguments};
use crate::clock::{Clock, SystemClock};
use crate::limits;
use crate::secret::{NoRandomness, Secret};
use crate::store::sqlite::Visitor;
use crate::store::{Account, OneTimeLink, Opens};

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let visitor = Visitor::open(&arguments.data).map_err(Failure::failed)?;
    let accounts = visitor.accounts().map_err(Failure::failed)?;
    let account = choose(&accounts, arguments.account.as_ref())?;
    let link = Minted::new(&SystemClock::start(), Opens::SignIn(account.id)).map_err(Failure::failed)?;
    visitor.add_link(&link.kept()).map_err(Failure::failed)?;
    let found = visitor.whereabouts().map_err(Failure::failed)?;
    let people = found.map_or_else(|| format!("http://{}", arguments.listen), |found| found.people);
    println!(
        "sign-in as {} (works once): {}",
        account.name,
        link.address(&people)
    );
    Ok(())
}

/// The account that is named; the only one there is, when none is.
pub(super) fn choose<'a>(accounts: &'a [Account], named: Option<&Title>) -> Result<&'a Account, Failure> {
    let mut open = accounts.iter().filter(|account| account.closed_at.is_none());
    let Some(name) = named else {
        let only = open.next().ok_or_else(|| {
            Failure::usage(
                "there is no account yet; open the set-up link that `serve` prints, or run \
                 `roomready-collector account create`",
            )
        })?;
        if open.next().is_some() {
            return Err(Failure::usage(
                "there are several accounts; say which one: --account NAME (`roomready-collector account list` names them)",
            ));
        }
        return Ok(only);
    };
    let key = Account::name_key(name);
    open.find(|account| Account::name_key(&account.name) == key)
        .ok_or_else(|| {
            Failure::usage(format!(
                "there is no open account called \"{name}\"; `roomready-collector account list` names them"
            ))
        })
}

/// A new link, before it is kept.
pub(super) struct Minted {
    token: Secret,
    opens: Opens,
    ends: Timestamp,
}

impl Minted {
    pub(super) fn new(clock: &dyn Clock, opens: Opens) -> Result<Self, NoRandomness> {
        let ends = clock
            .wall()
            .saturating_add(limits::SIGN_IN_LINK_LIFE)
            .unwrap_or(Timestamp::MAX);
        Ok(Self {
            token: Secret::new()?,
            opens,
            ends,
        })
    }

    /// What the store keeps of it.
    pub(super) fn kept(&self) -> OneTimeLink {
        OneTimeLink {
            token: self.token.hash(),
            opens: self.opens,
            ends: self.ends,
        }
    }

    /// What a person opens.
    pub(super) fn address(&self, people: &str) -> String {
        let page = match self.opens {
            Opens::SignIn(_) => "sign-in",
            Opens::SetUp => "set-up",
            Opens::Recover(_) => "recover",
        };
        format!("{people}/{page}?token={}", self.token.reveal())
    }
}
