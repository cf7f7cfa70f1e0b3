//! stub
use super::random::Random;
use crate::World;
pub(super) fn fill(_world: &mut World, _random: &mut Random, _size: usize) {}
pub(crate) fn hour(_world: &mut World, _random: &mut Random) {}
