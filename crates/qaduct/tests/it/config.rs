//! `qaduct config`, and the rules by which settings are found.

mod discovery;
mod precedence;
mod problems;
mod publications;
mod show;
