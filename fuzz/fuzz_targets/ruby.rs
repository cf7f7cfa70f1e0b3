#![no_main]

qaduct_fuzz::language!("spec/a_spec.rb");
