//@ known-bug: #12345
//@ ignore-windows (no fork)
//@ needs-asm-support
//@ [next] ignore-test: not yet
//@ edition: 2021
// ignore-macos is a comment
fn main() {}
