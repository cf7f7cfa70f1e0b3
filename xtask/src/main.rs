//! Writes what is generated: documentation and schemas.

fn main() {}
