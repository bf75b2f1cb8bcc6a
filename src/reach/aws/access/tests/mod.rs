//! The rules of evaluation one by one, and the examples as a whole.

mod examples;
mod launch;
mod mutation;
mod needs;
mod rules;
mod trust;
