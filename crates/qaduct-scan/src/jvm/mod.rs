//! The languages of the Java virtual machine.

mod annotations;
mod assume;
mod groovy;
mod java;
mod kotest;
mod kotlin;
mod scala;
mod scala_specs;
mod scala_words;

pub(crate) use groovy::Groovy;
pub(crate) use java::Java;
pub(crate) use kotlin::Kotlin;
pub(crate) use scala::Scala;
