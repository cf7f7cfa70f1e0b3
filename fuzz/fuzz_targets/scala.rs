#![no_main]

qaduct_fuzz::language!("src/test/scala/ASpec.scala");
