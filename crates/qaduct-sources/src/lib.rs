//! Reads the services.
