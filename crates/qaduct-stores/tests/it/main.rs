//! The stores, seen from outside: one suite for all of them, and what is particular to each.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod append;
mod child;
mod conformance;
mod database_server;
mod mariadb;
mod place;
mod postgres;
mod reports;
mod sample;
mod singer;
mod sqlite;
mod views;
