//! `account`: people's accounts, from the collector's own computer.

use std::collections::BTreeSet;

use roomready_shared::ids::AccountId;
use uuid::Uuid;

use super::{AccountCommand, AccountCreate, AccountList, Failure};
use crate::access::Role;
use crate::clock::{Clock as _, SystemClock};
use crate::domain::entry::{Actor, NewEntry};
use crate::store::Account;
use crate::store::sqlite::Visitor;

pub(super) fn run(command: &AccountCommand) -> Result<(), Failure> {
    match command {
        AccountCommand::Create(arguments) => create(arguments),
        AccountCommand::List(arguments) => list(arguments),
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
