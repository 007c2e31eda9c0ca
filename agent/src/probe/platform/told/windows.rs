//! What Windows tells.

pub mod addresses;
pub mod exit_code;
pub mod packed_guid;
pub mod power;
pub mod processes;
pub mod proxy;
pub mod release;
pub mod variables;
