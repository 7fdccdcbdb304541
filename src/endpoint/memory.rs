//! The scripted in-memory endpoint for tests.
