//! The one HTTP transport every adapter sends through.
