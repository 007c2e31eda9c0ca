//! The outbox on a disk that breaks, against a collector that keeps the wire's rule, and stories of the real one.

mod model;
mod real;
mod stories;
