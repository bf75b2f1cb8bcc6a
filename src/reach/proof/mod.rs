//! What resources let through, compared with what a plan says.

pub mod actions;
