#![no_main]

qaduct_fuzz::language!("src/test/groovy/ASpec.groovy");
