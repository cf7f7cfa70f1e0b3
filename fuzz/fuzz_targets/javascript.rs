#![no_main]

qaduct_fuzz::language!("src/it.test.ts");
