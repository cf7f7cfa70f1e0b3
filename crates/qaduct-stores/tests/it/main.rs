//! The stores, seen from outside: one suite for all of them, and what is particular to each.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod append;
mod child;
mod conformance;
mod mariadb;
mod mariadb_server;
mod place;
mod postgres;
mod postgres_server;
mod reports;
mod sample;
mod singer;
mod sqlite;
mod views;
