//! What a stack means: every parameter resolved, every CIDR block allocated, every flow explicit.
//!
//! The room knows specs. It knows no cloud's resource types and no template format: a plan for AWS and a plan
//! for Azure are made of the same words.

pub mod address;
mod expand;
mod flow;
pub mod graph;
pub mod growth;
mod ipv6;
pub mod mirror;
mod model;
mod own;
mod renames;
mod service;
mod surroundings;

pub use expand::{BODY, CONDITIONAL, Fenced, expand, expand_in};
pub use flow::{Action, Allow, Flow, Guarantee, Peer};
pub use ipv6::{Ipv6, Ipv6Block, Ipv6Space};
pub use model::*;
pub use own::{Keeps, OwnRange, own_ranges};
pub use service::{Bucket, Function, Service, Topic};
pub use surroundings::{Recorded, RecordedFlow, Surroundings, Wish};
