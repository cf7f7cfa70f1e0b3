#![no_main]

qaduct_fuzz::language!("tests/test_it.py");
