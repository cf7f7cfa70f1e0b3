//! Reads dates as people write them.
