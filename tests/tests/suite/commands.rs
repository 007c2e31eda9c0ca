//! What the two programs say of themselves, the files they print and read, and the status they end with.

mod codes;
mod help;
mod samples;
