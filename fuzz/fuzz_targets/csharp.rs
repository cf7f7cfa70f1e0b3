#![no_main]

qaduct_fuzz::language!("Tests/ATests.cs");
