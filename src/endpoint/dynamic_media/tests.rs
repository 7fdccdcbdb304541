//! The codec against whole envelopes, and the driver against a scripted server.
