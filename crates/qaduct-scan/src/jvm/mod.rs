//! The languages of the Java virtual machine.

mod java;

pub(crate) use java::Java;
