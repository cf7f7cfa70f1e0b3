#![no_main]

qaduct_fuzz::language!("a_test.cc");
