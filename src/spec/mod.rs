//! What the user writes: patterns and stacks, read from YAML with the place of every value.

pub mod yaml;
