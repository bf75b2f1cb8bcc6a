//! The rules of evaluation one by one, and the examples as a whole.

mod examples;
mod mutation;
mod needs;
mod rules;
