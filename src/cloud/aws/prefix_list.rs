//! Lists of blocks under one name.

use serde::Serialize;

use crate::cloud::ResourceId;
use crate::net::Cidr;

/// A list of blocks that rules and routes name as one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PrefixList {
    /// Its id.
    pub id: ResourceId,
    /// Its name.
    pub name: String,
    /// The blocks.
    pub entries: Vec<Cidr>,
    /// The most that it may ever hold. A rule that names the list counts for so many.
    pub max_entries: u32,
}
