//! Stories over an in-memory library.
