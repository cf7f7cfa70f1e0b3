//! Services that keep what happened for some time only: what a world has of them is moved
//! to the time at which it is served, or nobody would find any of it.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::World;
use crate::service::SERVICES;

const DAY: i64 = 86_400;

impl World {
    /// Moves the records of those services, as if the world were as it is now.
    pub(crate) fn bring_to(&mut self, now: Timestamp) {
        let by = SignedDuration::from_secs(now.as_second() - self.now.as_second());
        let forgetful = SERVICES.iter().filter(|it| it.made.forgets);
        for shape in forgetful.flat_map(|it| it.made.shapes) {
            let Some(found) = self.collections.get_mut(shape.name) else {
                continue;
            };
            let records: Vec<_> = found.all().cloned().collect();
            for mut record in records {
                moved(&mut record, by);
                found.put(shape, record);
            }
        }
    }
}

/// Moves each instant in a record; the beginning of a day is that of a day again.
fn moved(value: &mut Value, by: SignedDuration) {
    match value {
        Value::String(text) => {
            let at = text.parse::<Timestamp>();
            if let Some((at, to)) = at.ok().and_then(|at| Some((at, at.checked_add(by).ok()?))) {
                let is_day = at.as_second().rem_euclid(DAY) == 0;
                let past = if is_day {
                    to.as_second().rem_euclid(DAY)
                } else {
                    0
                };
                *text = (to - SignedDuration::from_secs(past)).to_string();
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|it| moved(it, by)),
        Value::Object(fields) => fields.values_mut().for_each(|it| moved(it, by)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_soon_is_as_old_at_any_time() {
        let mut world = World::generated(7, 2_000);
        let before = world.clone();
        world.bring_to(before.now());
        let times = |world: &World, collection: &str, field: &str| -> Vec<Timestamp> {
            let all = world.collection(collection).all();
            all.map(|it| it[field].as_str().unwrap().parse().unwrap())
                .collect()
        };
        let compare = |world: &World, collection: &str, field: &str, by: SignedDuration| {
            let (moved, before) = (
                times(world, collection, field),
                times(&before, collection, field),
            );
            assert!(!moved.is_empty());
            for (moved, before) in moved.iter().zip(before) {
                assert_eq!(*moved, before + by, "{collection}");
            }
        };
        compare(&world, "sentry.events", "dateCreated", SignedDuration::ZERO);
        // At nine o'clock, and now at eight of another year.
        world.bring_to("2027-03-03T08:00:00Z".parse().unwrap());
        let hours = |hours| SignedDuration::from_hours(hours);
        compare(&world, "sentry.events", "dateCreated", hours(24 * 366 - 1));
        compare(&world, "sentry.sessions", "_day", hours(24 * 365));
        assert_eq!(world.ids("sentry.events"), before.ids("sentry.events"));
        let cases = |world: &World| format!("{:?}", world.collection("testrail.cases"));
        assert_eq!(cases(&world), cases(&before));
    }
}
