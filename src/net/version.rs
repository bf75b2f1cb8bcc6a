//! The two versions of IP.

use std::fmt;

/// A version of IP. What is of one can never be reached by the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
pub enum IpVersion {
    /// Version 4, of 32 bits.
    #[serde(rename = "IPv4")]
    V4,
    /// Version 6, of 128 bits.
    #[serde(rename = "IPv6")]
    V6,
}

impl IpVersion {
    /// Both of them.
    pub const BOTH: [Self; 2] = [Self::V4, Self::V6];

    /// Its name, as Azure writes it too.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        }
    }
}

impl fmt::Display for IpVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
