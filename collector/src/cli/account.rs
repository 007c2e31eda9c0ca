//! `account`: people's accounts, from the collector's own computer.

use std::collections::BTreeSet;

use roomready_shared::ids::AccountId;
use uuid::Uuid;

use super::sign_in_link::{Minted, choose};
use super::{AccountClose, AccountCommand, AccountCreate, AccountList, AccountRecover, Failure};
use crate::access::Role;
use crate::clock::{Clock as _, SystemClock};
use crate::domain::entry::{Actor, NewEntry};
use crate::store::sqlite::Visitor;
use crate::store::{Account, AccountChange, Changed, Opens};

pub(super) fn run(command: &AccountCommand) -> Result<(), Failure> {
    match command {
        AccountCommand::Create(arguments) => create(arguments),
        AccountCommand::List(arguments) => list(arguments),
        AccountCommand::Recover(arguments) => recover(arguments),
        AccountCommand::Close(arguments) => close(arguments),
    }
}

fn recover(arguments: &AccountRecover) -> Result<(), Failure> {
    let clock = SystemClock::start();
    let now = clock.wall();
    let mut visitor = Visitor::open(&arguments.data).map_err(Failure::failed)?;
    let accounts = visitor.accounts().map_err(Failure::failed)?;
    let account = choose(&accounts, Some(&arguments.name))?;
    if arguments.reset_second_step && account.second_factor.is_some() {
        let entry = NewEntry::second_factor_reset(now, Actor::Console, account.id);
        let change = change_of(account, Changed::SecondFactor(None), now, entry);
        visitor.change_account(&change).map_err(Failure::failed)?;
    }
    let link = Minted::new(&clock, Opens::Recover(account.id)).map_err(Failure::failed)?;
    let is_invitation = account.password.is_none();
    let entry = NewEntry::recovery_link_made(now, Actor::Console, account.id, is_invitation);
    visitor
        .add_recovery(&link.kept(), &entry)
        .map_err(Failure::failed)?;
    let found = visitor.whereabouts().map_err(Failure::failed)?;
    let people = found.map_or_else(|| format!("http://{}", arguments.listen), |found| found.people);
    println!(
        "a new password for {} (works once): {}",
        account.name,
        link.address(&people)
    );
    if account.second_factor.is_some() && !arguments.reset_second_step {
        println!("a code from their phone is still asked for; --reset-second-step if the phone is lost");
    }
    Ok(())
}

fn close(arguments: &AccountClose) -> Result<(), Failure> {
    let now = SystemClock::start().wall();
    let mut visitor = Visitor::open(&arguments.data).map_err(Failure::failed)?;
    let accounts = visitor.accounts().map_err(Failure::failed)?;
    let account = choose(&accounts, Some(&arguments.name))?;
    let entry = NewEntry::account_closed(now, Actor::Console, account.id);
    let change = change_of(account, Changed::Closed, now, entry);
    visitor.change_account(&change).map_err(Failure::failed)?;
    println!(
        "the account of {} is closed; whoever was signed in with it no longer is",
        account.name
    );
    Ok(())
}

fn change_of(account: &Account, changed: Changed, at: jiff::Timestamp, entry: NewEntry) -> AccountChange {
    AccountChange {
        account: account.id,
        changed,
        at,
        by_link: None,
        entries: vec![entry],
    }
}

fn create(arguments: &AccountCreate) -> Result<(), Failure> {
    let role = arguments.role;
    let schools: BTreeSet<_> = arguments.school.iter().cloned().collect();
    if role.is_of_schools() && schools.is_empty() {
        let message = format!("a {role} belongs to schools; add --school ID, once for each");
        return Err(Failure::usage(message));
    }
    if !role.is_of_schools() && !schools.is_empty() {
        let message = format!("a {role} belongs to the whole district; leave --school out");
        return Err(Failure::usage(message));
    }
    if role == Role::SchoolCoordinator && schools.len() > 1 {
        return Err(Failure::usage(
            "a school-coordinator belongs to one school; give --school once",
        ));
    }
    let now = SystemClock::start().wall();
    let account = Account {
        id: AccountId::new(Uuid::new_v4()),
        name: arguments.name.clone(),
        role,
        schools,
        password: None,
        second_factor: None,
        created_at: now,
        closed_at: None,
    };
    let entry = NewEntry::account_created(now, Actor::Console, account.id, role, &account.school_words());
    Visitor::open(&arguments.data)
        .and_then(|mut visitor| visitor.add_account(&account, &entry))
        .map_err(Failure::failed)?;
    println!("{} may sign in as {role}", account.name);
    println!(
        "next: roomready-collector sign-in-link --data {} --account \"{}\"",
        arguments.data.display(),
        account.name
    );
    Ok(())
}

fn list(arguments: &AccountList) -> Result<(), Failure> {
    let visitor = Visitor::open(&arguments.data).map_err(Failure::failed)?;
    let accounts = visitor.accounts().map_err(Failure::failed)?;
    for account in accounts.iter().filter(|account| account.closed_at.is_none()) {
        println!("{}\t{}\t{}", account.name, account.role, account.school_words());
    }
    Ok(())
}
