#![no_main]

qaduct_fuzz::language!("tests/ATest.php");
