#![no_main]

qaduct_fuzz::language!("tests/a.rs");
