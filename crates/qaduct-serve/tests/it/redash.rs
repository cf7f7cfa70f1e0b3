//! redash
