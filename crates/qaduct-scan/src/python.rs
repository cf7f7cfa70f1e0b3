//! Finds mutes in Python: pytest and unittest.
