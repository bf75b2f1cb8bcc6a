//! What the user writes: patterns and stacks, read from YAML with the place of every value.
//!
//! The room knows YAML, places and the types of parameters. It knows no cloud's resource types and no template format.

mod arn;
mod environment;
mod fields;
mod forbidden;
mod form;
mod name;
mod parameter;
mod pattern;
mod renames;
mod scope;
mod shape;
mod stack;
mod value;

#[cfg(test)]
mod tests;

pub use environment::{Addressing, Environment, FORMATS};
pub use fields::Fields;
pub use forbidden::{Forbidden, Forbids, Form, RANGE_COLUMNS, STACK_COLUMN, WHY_COLUMNS};
pub use form::{RANGE, SAYS_SOMETHING, TextForm, VERSION};
pub use name::{MAX_STACK_NAME, STACK_NAME, Version, WORD, check_stack_name, check_word};
pub use parameter::{Bind, Bounds, Parameter};
pub use pattern::{Body, Control, PATTERN, Pattern, Published, State};
pub(crate) use pattern::{read_version, unknown_word};
pub use renames::{Former, Renames};
pub use scope::{Resolved, Scope, UNLESS, WHEN};
pub use shape::{Key, Need, Shape, Table, Within, words};
pub use stack::{RESERVED_TAGS, STACK, Stack};
pub use value::{PROVIDED, Type, Value};
