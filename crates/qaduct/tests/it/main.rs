//! The program as its users meet it: arguments in, streams and status out.
//!
//! [`home`] gives every test a home folder of its own and an environment with
//! nothing in it but what the test puts there.

mod config;
mod home;
mod streams;
mod version;

use home::Home;
