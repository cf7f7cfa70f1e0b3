// RUN: %clang %s
/* XFAIL: darwin */
// ALLOW_RETRIES: 2
int x; // XFAIL: in code
