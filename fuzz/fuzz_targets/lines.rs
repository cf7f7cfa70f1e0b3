#![no_main]

qaduct_fuzz::language!("test/a.bats");
