//! What resources let through: computed from the resources alone, and compared with the flows of a plan.
//!
//! Each cloud has its engine, which comes to one [`Matrix`]; what follows (proof, printing) knows the matrix and no cloud. The
//! room knows resources and flows. It knows no template and no format: a place is only handed on.

pub mod aws;
pub mod azure;
mod budget;
pub mod diff;
pub mod flows;
pub mod grant;
pub mod matrix;
pub mod proof;
pub mod request;
pub mod set;
pub mod words;

pub use grant::Grant;
pub use matrix::{Assumption, End, Matrix, Outside, Passage, Peer, PeerKind, Reason, Seat, Way};
