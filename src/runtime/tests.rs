//! Stories of the runtime.
