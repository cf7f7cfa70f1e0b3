//! Stands in for the services.
