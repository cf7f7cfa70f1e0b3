//! Buckets into which nothing was put yet.

use super::Generated;
use crate::world::{Shape, shape};

/// What a world has of it.
pub(crate) static MADE: Generated = Generated {
    name: "s3",
    share: 0,
    salt: 12,
    shapes: SHAPES,
    fill: |_, _, _| {},
    hour: |_, _| {},
    forgets: false,
};
const SHAPES: &[Shape] = &[shape("s3.objects", "_id", "", None)];
