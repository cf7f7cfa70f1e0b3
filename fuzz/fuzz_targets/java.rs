#![no_main]

qaduct_fuzz::language!("src/test/java/ATest.java");
