//! Effects out, events in.
