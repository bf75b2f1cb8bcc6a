//! The words of IP that every room shares: CIDR block, port, protocol, traffic.
//!
//! These are plain values with their parsers and printers. The room knows no cloud, no YAML and no file.

mod cidr;
mod traffic;
mod version;

pub(crate) use cidr::Span;
pub use cidr::{Cidr, CidrError};
pub use traffic::{Port, Ports, Traffic, TrafficError};
pub use version::IpVersion;
