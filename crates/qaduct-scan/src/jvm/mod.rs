//! The languages of the Java virtual machine.

mod annotations;
mod assume;
mod java;

pub(crate) use java::Java;
