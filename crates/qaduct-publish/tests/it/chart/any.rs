//! Whatever the rows hold, a picture is XML, has only numbers, and stays within itself.

use proptest::collection::vec;
use proptest::prelude::*;
use qaduct_publish::chart::{Size, Theme, svg};
use qaduct_records::{ColumnType, Value};

use super::{KINDS, batch, day, panel};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-c]{1,2}",
        Just("<&>\"']]>".to_owned()),
        Just("github.com/acme/a".to_owned()),
        Just("\u{0}\u{b}\u{fffe}🦀".to_owned()),
        "[a-z/ ]{60,90}",
    ]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        5 => any::<f64>().prop_map(Value::Float),
        5 => (-1e4..1e4).prop_map(Value::Float),
        3 => (0..50).prop_map(|it| Value::Float(f64::from(it))),
        2 => Just(Value::Null),
        1 => Just(Value::Float(f64::NAN)),
        1 => Just(Value::Float(f64::NEG_INFINITY)),
        1 => Just(Value::Float(f64::MAX)),
        1 => Just(Value::Float(5e-324)),
    ]
}

fn along() -> impl Strategy<Value = (ColumnType, Vec<Value>)> {
    let null = |it: Option<Value>| it.unwrap_or(Value::Null);
    let many = 0..40_usize;
    prop_oneof![
        vec(
            prop::option::weighted(0.9, text().prop_map(Value::Text)),
            many.clone()
        )
        .prop_map(move |it| (ColumnType::Text, it.into_iter().map(null).collect())),
        vec(
            prop::option::weighted(0.9, (-9000..9000).prop_map(day)),
            many.clone()
        )
        .prop_map(move |it| (ColumnType::Date, it.into_iter().map(null).collect())),
        vec(number(), many.clone()).prop_map(|it| (ColumnType::Float, it)),
        vec(-377_705_000_000_i64..253_402_000_000, many).prop_map(|it| {
            let at = |it| Value::Timestamp(jiff::Timestamp::from_second(it).unwrap());
            (ColumnType::Timestamp, it.into_iter().map(at).collect())
        }),
    ]
}

/// The numbers of an attribute.
fn numbers(line: &str, name: &str) -> Vec<f32> {
    let Some((_, rest)) = line.split_once(&format!(" {name}=\"")) else {
        return Vec::new();
    };
    let value = rest.split('"').next().unwrap();
    let parts = value.split([' ', ',']);
    parts.map(|it| it.parse().unwrap()).collect()
}

/// Whether this is XML: a reader of the few things that stand in a picture.
fn is_well_formed(svg: &str) -> bool {
    let mut open = Vec::new();
    let mut rest = svg.trim_end();
    while let Some((text, tag)) = rest.split_once('<') {
        let is_sound = |text: &str| {
            let entities = ["amp;", "lt;", "gt;", "quot;"];
            let mut entity = text.split('&').skip(1);
            entity.all(|it| entities.iter().any(|name| it.starts_with(name)))
                && !text.contains(['\u{fffe}', '\u{ffff}'])
                && text.chars().all(|it| it >= ' ' || it == '\n')
        };
        let Some((tag, after)) = tag.split_once('>') else {
            return false;
        };
        if !is_sound(text) || !is_sound(tag) || !tag.matches('"').count().is_multiple_of(2) {
            return false;
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return false;
            }
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
        rest = after;
    }
    open.is_empty() && rest.is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_picture_is_xml_without_nonsense_and_nothing_leaves_it(
        (kind, x) in along(),
        names in prop::collection::vec(prop::option::weighted(0.9, text()), 1..9),
        values in prop::collection::vec(number(), 40),
        title in text(),
        unit in prop::option::of(text()),
        last in prop::option::of(1..20_u32),
        (width, height) in (200..900_u32, 160..700_u32),
        dark in any::<bool>(),
    ) {
        let of = |at: usize| match &names[(at * 7 + at / 3) % names.len()] {
            Some(name) => Value::Text(name.clone()),
            None => Value::Null,
        };
        let rows = x.into_iter().enumerate();
        let rows = rows.map(|(at, x)| (x, of(at), values[at].clone())).collect();
        let rows = batch(kind, rows);
        let theme = if dark { Theme::Dark } else { Theme::Light };
        for panel_kind in KINDS {
            let mut panel = panel(panel_kind);
            panel.title = Some(title.clone());
            panel.unit = unit.clone().filter(|it| !it.contains('%'));
            panel.last = last;
            let text = svg(&panel, &rows, theme, Size { width, height }).unwrap();
            prop_assert!(is_well_formed(&text), "{text}");
            let (wide, high) = (width as f32 + 0.01, height as f32 + 0.01);
            let within = |line: &str, at: f32, most: f32| {
                prop_assert!((-0.01..=most).contains(&at), "{panel_kind:?} {width}x{height}: {line}");
                Ok(())
            };
            for line in text.lines() {
                if line.starts_with("<rect ") && line.contains(" x=") {
                    let get = |name| numbers(line, name)[0];
                    within(line, get("x"), wide)?;
                    within(line, get("y"), high)?;
                    within(line, get("width"), wide)?;
                    within(line, get("height"), high)?;
                    within(line, get("x") + get("width"), wide)?;
                    within(line, get("y") + get("height"), high)?;
                }
                if line.starts_with("<circle ") {
                    within(line, numbers(line, "cx")[0], wide)?;
                    within(line, numbers(line, "cy")[0], high)?;
                }
                if line.starts_with("<poly") {
                    for pair in numbers(line, "points").chunks(2) {
                        within(line, pair[0], wide)?;
                        within(line, pair[1], high)?;
                    }
                }
            }
        }
    }
}
