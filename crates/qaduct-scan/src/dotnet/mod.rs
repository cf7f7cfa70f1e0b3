//! The languages of .NET.

mod attributes;
mod csharp;
mod prepare;

pub(crate) use csharp::CSharp;
