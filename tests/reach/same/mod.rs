//! Whether two templates let the same pass, asked of the walkers, which know nothing of the engines.

mod aws;
mod azure;
mod requests;

pub(crate) use aws::difference as aws;
pub(crate) use azure::{crowds, difference as azure};

/// What is not the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Difference {
    /// Nothing that anybody reads, or nothing that a walker looks at.
    Unseen(String),
    /// A packet or a request that the walkers answer differently.
    Walked(String),
}
