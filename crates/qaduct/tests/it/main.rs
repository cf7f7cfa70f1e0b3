//! The program as its users meet it: arguments in, streams and status out.
//!
//! [`home`] gives every test a home folder of its own and an environment with
//! nothing in it but what the test puts there; [`repo`] makes real repositories;
//! [`rows`] reads what the program stored.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod action;
mod asked;
mod calendars;
mod chart;
mod check;
mod client;
mod config;
mod cut_off;
#[path = "../../../qaduct-stores/tests/it/database_server.rs"]
mod database_server;
mod dependencies;
mod docs;
mod drawn;
mod examples;
#[path = "../../../qaduct-scan/tests/it/http.rs"]
mod git_server;
mod hidden_people;
mod history;
mod home;
mod kill;
mod layers;
mod old_pump;
mod oracle;
mod past;
mod positions;
mod postgres;
mod publish;
mod publish_pages;
mod pull;
mod pull_sources;
mod pulled;
mod repo;
mod rows;
mod run;
mod scan;
mod schedule;
mod secrets;
mod serve;
mod server;
mod slack;
mod stands;
mod streams;
mod values;
mod version;
mod whiteboards;

use home::Home;
