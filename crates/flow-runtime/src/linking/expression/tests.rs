//! What expressions mean.
