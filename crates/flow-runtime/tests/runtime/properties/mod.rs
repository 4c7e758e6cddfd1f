//! Laws that hold for every flow, whatever its executions do.

mod laws;
mod meaning;
mod plain;
mod real;
mod scripted;
mod size;
mod tree;
mod walker;
