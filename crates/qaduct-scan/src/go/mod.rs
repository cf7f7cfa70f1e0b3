//! Go: the `testing` package, what is built on it, and ginkgo.

mod calls;
mod conditions;
mod ginkgo;
mod grammar;
mod imports;
mod receiver;
mod values;

pub(crate) use grammar::Go;
