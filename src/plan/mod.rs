//! What a stack means: every block allocated, every flow explicit. The room knows no cloud and no text format.

pub mod address;
