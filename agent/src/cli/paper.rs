//! What is derived from the commands themselves: completions and manual pages.

use std::path::Path;

use clap::CommandFactory as _;

use super::args::Arguments;
use super::{Failure, print};

const NAME: &str = "roomready-agent";

pub(super) fn completions(shell: clap_complete::Shell) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), NAME, &mut script);
    print(&String::from_utf8(script)?);
    Ok(0)
}

pub(super) fn man(out: Option<&Path>) -> Result<u8, Failure> {
    let command = Arguments::command();
    if let Some(folder) = out {
        std::fs::create_dir_all(folder)?;
        clap_mangen::generate_to(command, folder)?;
    } else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        print(&String::from_utf8(page)?);
    }
    Ok(0)
}
