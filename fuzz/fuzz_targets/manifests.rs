#![no_main]

qaduct_fuzz::language!("muted-tests.yml");
