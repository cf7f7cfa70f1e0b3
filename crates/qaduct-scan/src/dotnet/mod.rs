//! The languages of .NET.

mod attributes;
mod csharp;
mod prepare;
mod sources;

pub(crate) use csharp::CSharp;
