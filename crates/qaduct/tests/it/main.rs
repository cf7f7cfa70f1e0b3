//! The program as its users meet it: arguments in, streams and status out.
//!
//! [`home`] gives every test a home folder of its own and an environment with
//! nothing in it but what the test puts there; [`repo`] makes real repositories;
//! [`rows`] reads what the program stored.

mod config;
mod docs;
mod home;
mod layers;
mod repo;
mod rows;
mod scan;
mod streams;
mod version;

use home::Home;
