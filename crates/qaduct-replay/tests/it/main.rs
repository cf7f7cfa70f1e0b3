//! The server, asked over its socket.
mod bugzilla;
mod client;
mod testrail;
