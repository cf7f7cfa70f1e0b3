//! Infinity and NaN for databases whose numbers are all finite.
//!
//! MySQL refuses both. They are kept as the outermost finite numbers, and the
//! greatest and the least number move one place towards zero each, so that every
//! number keeps its place in the order and NaN comes after all:
//!
//! | number | kept as |
//! |---|---|
//! | NaN | the greatest number |
//! | infinity | the one below |
//! | the greatest number | the one below that |
//! | the least number | the one above the least |
//! | minus infinity | the least number |
//!
//! That leaves three numbers without a place: the two below the greatest and the
//! one above the least, `1.7976931348623155e308` for instance. They are refused.
//! Whoever reads the database with other tools sees a number of 308 digits where
//! infinity or NaN was.

/// What is refused.
pub(super) const EXPECTED: &str = "number that is not one of the outermost few";

const NAN: f64 = f64::MAX;
const INFINITY: f64 = f64::MAX.next_down();
const MAX: f64 = INFINITY.next_down();
const NEG_INFINITY: f64 = f64::MIN;
const MIN: f64 = f64::MIN.next_up();

/// The form in which a number is stored, where it has one.
pub(super) fn hide(number: f64) -> Option<f64> {
    match number {
        _ if number.is_nan() => Some(NAN),
        f64::INFINITY => Some(INFINITY),
        f64::NEG_INFINITY => Some(NEG_INFINITY),
        f64::MAX => Some(MAX),
        f64::MIN => Some(MIN),
        INFINITY | MAX | MIN => None,
        _ => Some(number),
    }
}

/// The number of a stored form.
pub(super) fn show(hidden: f64) -> f64 {
    match hidden {
        NAN => f64::NAN,
        INFINITY => f64::INFINITY,
        NEG_INFINITY => f64::NEG_INFINITY,
        MAX => f64::MAX,
        MIN => f64::MIN,
        _ => hidden,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_number_that_is_stored_comes_back(number in proptest::num::f64::ANY) {
            if let Some(hidden) = hide(number) {
                prop_assert!(hidden.is_finite());
                prop_assert!(show(hidden) == number || number.is_nan() && show(hidden).is_nan());
            }
        }
    }

    #[test]
    fn the_order_stays_and_three_numbers_are_refused() {
        let numbers = [
            f64::NEG_INFINITY,
            f64::MIN,
            f64::MIN.next_up().next_up(),
            -1.0,
            0.0,
            f64::MIN_POSITIVE,
            f64::MAX.next_down().next_down().next_down(),
            f64::MAX,
            f64::INFINITY,
            f64::NAN,
        ];
        let hidden = numbers.map(|number| hide(number).unwrap());
        assert!(hidden.is_sorted_by(|a, b| a < b));
        let shown = hidden.map(|number| show(number).to_bits());
        assert_eq!(shown, numbers.map(f64::to_bits));
        for refused in [
            f64::MIN.next_up(),
            f64::MAX.next_down(),
            f64::MAX.next_down().next_down(),
        ] {
            assert_eq!(hide(refused), None);
        }
    }
}
