//! AWS: what its resources let through.

pub mod access;
