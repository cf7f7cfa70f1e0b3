//! A workspace in which nobody has written anything yet.

use super::Generated;
use crate::world::{Shape, shape};

/// What a world has of it.
pub(crate) static MADE: Generated = Generated {
    name: "slack",
    share: 0,
    salt: 11,
    shapes: SHAPES,
    fill: |_, _, _| {},
    hour: |_, _| {},
    forgets: false,
};
const SHAPES: &[Shape] = &[shape("slack.messages", "_id", "_channel", None)];
