//! The languages of .NET.

mod attributes;
mod csharp;

pub(crate) use csharp::CSharp;
