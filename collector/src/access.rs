//! Who may do what: roles, what each permits, and how far it reaches. Plain rules, asked in one place only (the guard
//! of the routes); everything behind it is handed an [`Actor`] and answers within that actor's [`Scope`].

mod actor;
mod permission;
mod role;
mod scope;

pub use actor::{Actor, Who};
pub use permission::Permission;
pub use role::{NotARole, Role};
pub use scope::{Place, Scope};
