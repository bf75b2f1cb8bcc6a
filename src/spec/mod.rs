//! What the user writes: patterns and stacks, read from YAML with the place of every value.
//!
//! The room knows YAML, places and the types of parameters. It knows no cloud's resource types and no template format.

mod arn;
mod environment;
mod forbidden;
mod name;
mod parameter;
mod pattern;
mod scope;
mod stack;
mod value;

#[cfg(test)]
mod tests;

pub use environment::{Addressing, Environment};
pub use forbidden::{Forbidden, Forbids, Form, RANGE_COLUMNS, STACK_COLUMN, WHY_COLUMNS};
pub use name::{MAX_STACK_NAME, Version, check_stack_name, check_word};
pub use parameter::{Bind, Bounds, Parameter};
pub use pattern::{Body, Control, Pattern, Published, State};
pub(crate) use pattern::{read_version, unknown_word};
pub(crate) use scope::unknown_parameter;
pub use scope::{Resolved, Scope};
pub use stack::Stack;
pub use value::{PROVIDED, Type, Value};
