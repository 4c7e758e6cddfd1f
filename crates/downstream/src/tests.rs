//! The protocol, at its pure boundary.
