//! The languages of .NET.

mod attributes;
mod cases;
mod csharp;
mod prepare;

pub(crate) use csharp::CSharp;
