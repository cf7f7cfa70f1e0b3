//! `docs/charts.md` and `docs/charts/`: the panels that ship over rows that show what
//! they can, in both themes.

use std::fmt::Write as _;

use qaduct_models::panel::{BUILT_IN, built_in};
use qaduct_models::{Panel, PanelKind};
use qaduct_publish::chart::{Size, Theme, svg};
use qaduct_records::values::batch_of_values;
use qaduct_records::{Column, RecordBatch, Value};

const HEAD: &str = include_str!("charts.head.md");

const REPOSITORIES: [&str; 8] = [
    "github.com/acme/shop",
    "github.com/acme/payments",
    "github.com/acme/search",
    "github.com/acme/mobile",
    "github.com/acme/warehouse",
    "github.com/acme/accounts",
    "github.com/acme/mail",
    "github.com/acme/design-system",
];

/// Monday, 1 June 2026, in days after 1970.
const START: i32 = 20_605;

/// The page and the pictures on it.
pub(crate) fn pages() -> Result<Vec<(String, String)>, String> {
    let mut page = HEAD.to_owned();
    let mut pages = Vec::new();
    for (name, panel) in built_in() {
        let rows = rows(name, &panel)?;
        for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
            let text = svg(&panel, &rows, theme, size(&panel))
                .map_err(|error| format!("panel {name}: {error}"))?;
            pages.push((format!("docs/charts/{name}-{word}.svg"), text));
        }
        let title = panel.title.as_deref().unwrap_or(name);
        writeln!(
            page,
            "\n## `{name}`\n\n![{title}, light](charts/{name}-light.svg) \
             ![{title}, dark](charts/{name}-dark.svg)\n\n```toml\n[panel.{name}]\n{}```",
            source(name)
        )
        .map_err(|error| error.to_string())?;
    }
    pages.push(("docs/charts.md".to_owned(), page));
    Ok(pages)
}

/// The panel as it could stand in the settings.
fn source(name: &str) -> &'static str {
    let found = BUILT_IN.iter().find(|(it, _)| *it == name);
    found.map_or("", |(_, text)| text)
}

/// Tiles are small.
fn size(panel: &Panel) -> Size {
    match panel.kind {
        PanelKind::Tile => Size {
            width: 400,
            height: 180,
        },
        _ => Size::USUAL,
    }
}

/// Rows that the query of a panel could give; the same every time.
fn rows(name: &str, panel: &Panel) -> Result<RecordBatch, String> {
    let query = panel
        .query(&qaduct_models::views())
        .map_err(|error| format!("panel {name}: {error}"))?;
    let mut chance = Chance(7);
    let rows: Vec<Vec<Value>> = match name {
        "mutes-age" => ages(&mut chance),
        "mutes-by-repository" => by_repository(),
        "mutes-now" => vec![vec![Value::from("github.com/acme/shop")]; 1347],
        "mutes-total" => total(&mut chance),
        "mutes-weekly" => weekly(&mut chance),
        "mutes-this-week" => {
            let week = |row: Vec<Value>| row.into_iter().take(2).collect();
            weekly(&mut chance).into_iter().map(week).collect()
        }
        _ => weekly_by_repository(&mut chance),
    };
    batch(&query.columns, rows).ok_or_else(|| format!("panel {name}: the rows do not fit"))
}

fn batch(columns: &[Column], rows: Vec<Vec<Value>>) -> Option<RecordBatch> {
    let mut values = vec![Vec::with_capacity(rows.len()); columns.len()];
    for row in rows {
        for (column, value) in values.iter_mut().zip(row) {
            column.push(value);
        }
    }
    batch_of_values(columns, values).ok()
}

/// Numbers that look like chance and are the same on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap_or(0) % most.max(1)
    }
}

fn day(days: i32) -> Value {
    qaduct_records::table::date_of(days).map_or(Value::Null, Value::Date)
}

fn total(chance: &mut Chance) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    let mut muted = [412, 233, 160, 121, 64, 38, 21, 9];
    for week in 0..24 {
        for (at, repository) in REPOSITORIES.iter().enumerate() {
            muted[at] += chance.below(19) - 9 + i64::from(at == 0) * 4;
            muted[at] = muted[at].max(3);
            rows.push(vec![
                day(START + week * 7),
                Value::from(*repository),
                Value::Int(muted[at]),
            ]);
        }
    }
    rows
}

fn weekly(chance: &mut Chance) -> Vec<Vec<Value>> {
    let weeks = (0..24).filter(|week| *week != 9);
    weeks
        .map(|week| {
            let (newly, gone) = (4 + chance.below(22), chance.below(20));
            vec![day(START + week * 7), Value::Int(newly), Value::Int(gone)]
        })
        .collect()
}

fn weekly_by_repository(chance: &mut Chance) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    for week in 0..24 {
        for (at, repository) in REPOSITORIES.iter().enumerate() {
            let most = 18 - 2 * i64::try_from(at).unwrap_or(0);
            let newly = chance.below(most);
            // A week in which nothing changed has no row.
            if chance.below(5) > 0 {
                rows.push(vec![
                    day(START + week * 7),
                    Value::from(*repository),
                    Value::Int(newly),
                ]);
            }
        }
    }
    rows
}

fn ages(chance: &mut Chance) -> Vec<Vec<Value>> {
    let age = |chance: &mut Chance| chance.below(40) * chance.below(40) + chance.below(30);
    let known = (0..640).map(|_| {
        let days = i32::try_from(age(chance)).unwrap_or(0);
        vec![day(START + 170 - days)]
    });
    let mut rows: Vec<_> = known.collect();
    rows.extend((0..212).map(|_| vec![Value::Null]));
    rows
}

fn by_repository() -> Vec<Vec<Value>> {
    let counts = [412_u32, 233, 160, 121, 64, 38, 21, 9];
    let more = (0..9_u32).map(|at| (format!("github.com/acme/plugin-{at}"), 7 - at / 2));
    let named = REPOSITORIES.iter().map(|it| (*it).to_owned()).zip(counts);
    let all = named.chain(more);
    all.flat_map(|(name, count)| (0..count).map(move |_| vec![Value::Text(name.clone())]))
        .collect()
}
