//! What macOS tells. Most of it is property lists, in files and from system services alike.

pub mod bundle;
pub mod network;
pub mod panel;
pub mod power;
pub mod processes;
pub mod system;
