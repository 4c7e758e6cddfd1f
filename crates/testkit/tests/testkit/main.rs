//! What the other tests and the benches stand on.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod crowd;
