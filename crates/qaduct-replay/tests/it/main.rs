//! The server, asked over its socket.
mod client;
mod testrail;
