//! redash_oracle
