#![no_main]

qaduct_fuzz::language!("src/test/kotlin/ATest.kt");
