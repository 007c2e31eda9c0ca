//! `ca show` and `ca renew`: the private CA that devices believe.

use std::path::Path;

use super::{CaCommand, Failure};
use crate::clock::{Clock as _, SystemClock};
use crate::tls::{Authorities, rules};

pub(super) fn run(command: &CaCommand) -> Result<(), Failure> {
    match command {
        CaCommand::Show { data } => show(data),
        CaCommand::Renew { data } => renew(data),
    }
}

fn show(data: &Path) -> Result<(), Failure> {
    let now = SystemClock::start().wall();
    let authorities = Authorities::read(data).map_err(Failure::failed)?;
    let roles = authorities.roles(now);
    for (place, authority) in authorities.all().iter().enumerate() {
        let does = match place {
            place if place < roles.signs => "was replaced; devices do not believe it any more".to_owned(),
            place if place == roles.signs => "signs; devices believe it".to_owned(),
            _ => format!(
                "waits; devices are told of it now, and it signs from {} on",
                rules::begins_to_sign(authority.made())
            ),
        };
        println!("CA of {}, ends {}: {does}", authority.made(), authority.ends());
        println!("  SHA-256 {}", hex::encode(authority.digest()));
        if place == roles.signs && rules::ca_needs_renewal(authority.ends(), now) {
            println!("  it ends soon: run `roomready-collector ca renew` a month before that at the latest");
        }
    }
    println!();
    print!("{}", authorities.bundle(now));
    Ok(())
}

fn renew(data: &Path) -> Result<(), Failure> {
    let now = SystemClock::start().wall();
    let mut authorities = Authorities::read(data).map_err(Failure::failed)?;
    let signs = authorities.renew(now).map_err(Failure::failed)?;
    println!("A new CA was made. It signs from {signs} on; until then the old one does.");
    println!(
        "Devices that are heard before that learn it by themselves. For those that will not be (stored away, new), write a"
    );
    println!("new enrolment file with `roomready-collector enrollment new --out FILE`: it names both.");
    Ok(())
}
