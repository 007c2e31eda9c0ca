//! Memory as the system counts it: the machine's, also inside a container with a limit, because the test app runs
//! outside of ours.

use roomready_shared::facts::{Memory, Outcome};
use roomready_shared::units::{Bytes, ShortText};

/// Reads it.
pub(super) fn read() -> Outcome<Memory> {
    let mut system = match sysinfo::System::new() {
        Ok(system) => system,
        Err(error) => {
            return Outcome::Failed(ShortText::fit(&format!("memory could not be read: {error:?}")));
        }
    };
    system.refresh_memory_specifics(sysinfo::MemoryRefreshKind::nothing().with_ram());
    match (system.total_memory(), system.available_memory()) {
        (0, _) => Outcome::Failed(ShortText::fit("the system does not tell how much memory it has")),
        (total, available) => Outcome::Measured(Memory {
            total: Bytes(total),
            available: Bytes(available),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_some_memory_and_never_more_available_than_it_has() {
        let Outcome::Measured(memory) = read() else {
            panic!("memory can be read wherever tests run");
        };
        assert!(memory.total >= memory.available && memory.available.0 > 0);
    }
}
