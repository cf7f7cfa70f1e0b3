//! Pictures of panels: what is in them, for small rows that are read, and for any.

mod any;

use qaduct_models::{Every, Panel, PanelKind};
use qaduct_publish::chart::{Size, Theme, png, svg};
use qaduct_records::table::date_of;
use qaduct_records::values::batch_of_values;
use qaduct_records::{Column, ColumnType, RecordBatch, Value};
use tiny_skia::Pixmap;

const KINDS: [PanelKind; 6] = [
    PanelKind::Line,
    PanelKind::Bar,
    PanelKind::Stacked,
    PanelKind::Histogram,
    PanelKind::Heatmap,
    PanelKind::Tile,
];

fn panel(kind: PanelKind) -> Panel {
    Panel {
        title: Some("Muted tests".to_owned()),
        x: Some("week".to_owned()),
        y: vec!["muted".to_owned()],
        series: Some("branch".to_owned()),
        only: [("branch".to_owned(), vec!["main".to_owned()])].into(),
        ..Panel::of("v_mutes_weekly", kind)
    }
}

fn column(name: &'static str, kind: ColumnType) -> Column {
    Column {
        name: name.into(),
        kind,
        nullable: true,
        description: "".into(),
    }
}

/// Rows of a panel: x, series and one number.
fn batch(x: ColumnType, rows: Vec<(Value, Value, Value)>) -> RecordBatch {
    let columns = [
        column("week", x),
        column("branch", ColumnType::Text),
        column("muted", ColumnType::Float),
    ];
    let mut values = vec![Vec::new(); 3];
    for (x, series, y) in rows {
        values[0].push(x);
        values[1].push(series);
        values[2].push(y);
    }
    batch_of_values(&columns, values).unwrap()
}

fn day(number: i32) -> Value {
    Value::Date(date_of(20_605 + number).unwrap())
}

fn weeks(values: &[Option<f64>]) -> RecordBatch {
    let rows = values.iter().enumerate().map(|(at, value)| {
        let week = day(i32::try_from(at).unwrap() * 7);
        let value = value.map_or(Value::Null, Value::Float);
        (week, Value::from("main"), value)
    });
    batch(ColumnType::Date, rows.collect())
}

fn drawn(panel: &Panel, rows: &RecordBatch) -> String {
    svg(panel, rows, Theme::Light, Size::USUAL).unwrap()
}

/// The lines of an SVG that hold such an element.
fn elements<'s>(svg: &'s str, name: &str) -> Vec<&'s str> {
    let start = format!("<{name} ");
    svg.lines().filter(|it| it.starts_with(&start)).collect()
}

/// The words of a picture, a line each.
fn words(svg: &str) -> Vec<String> {
    let texts = elements(svg, "text").into_iter();
    let inner = texts.map(|it| it[it.find('>').unwrap() + 1..].trim_end_matches("</text>"));
    inner.map(str::to_owned).collect()
}

#[test]
fn a_line_stands_over_its_days_and_ends_where_a_value_is_missing() {
    let rows = weeks(&[Some(3.0), Some(4.0), None, Some(8.0), Some(6.0)]);
    let text = drawn(&panel(PanelKind::Line), &rows);
    let data: Vec<_> = elements(&text, "polyline")
        .into_iter()
        .filter(|it| it.contains("#1f6feb"))
        .collect();
    assert_eq!(data.len(), 2, "{text}");
    assert_eq!(elements(&text, "circle").len(), 4);
    assert_eq!(
        words(&text),
        [
            "Muted tests",
            "muted",
            "0",
            "2",
            "4",
            "6",
            "8",
            "1 Jun",
            "2026",
            "8 Jun",
            "15 Jun",
            "22 Jun",
            "29 Jun"
        ]
    );
}

#[test]
fn a_picture_is_the_same_to_the_letter() {
    let mut panel = panel(PanelKind::Bar);
    panel.title = Some("R & D <mutes>".to_owned());
    let rows = weeks(&[Some(3.0), None, Some(-1.0)]);
    let size = Size {
        width: 240,
        height: 160,
    };
    let text = svg(&panel, &rows, Theme::Dark, size).unwrap();
    insta::assert_snapshot!(text, @r##"
        <svg xmlns="http://www.w3.org/2000/svg" width="240" height="160" viewBox="0 0 240 160" role="img" font-family="Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif">
        <title>R &amp; D &lt;mutes&gt;</title>
        <desc>3 rows of v_mutes_weekly where branch = main</desc>
        <rect width="240" height="160" fill="#0d1117"/>
        <text x="14" y="25" font-size="15" font-weight="600" fill="#f0f6fc">R &amp; D &lt;mutes&gt;</text>
        <text x="14" y="46" font-size="11" fill="#9da7b3">muted</text>
        <polyline points="35.8,114.5 226,114.5" fill="none" stroke="#232a33" stroke-width="1" stroke-linecap="round" stroke-linejoin="round"/>
        <text x="27.8" y="118" font-size="11" text-anchor="end" fill="#9da7b3">−5</text>
        <polyline points="35.8,87.5 226,87.5" fill="none" stroke="#656c76" stroke-width="1" stroke-linecap="round" stroke-linejoin="round"/>
        <text x="27.8" y="91" font-size="11" text-anchor="end" fill="#9da7b3">0</text>
        <polyline points="35.8,60.5 226,60.5" fill="none" stroke="#232a33" stroke-width="1" stroke-linecap="round" stroke-linejoin="round"/>
        <text x="27.8" y="64" font-size="11" text-anchor="end" fill="#9da7b3">5</text>
        <text x="67.5" y="130" font-size="11" text-anchor="middle" fill="#9da7b3">1 Jun</text>
        <text x="67.5" y="144" font-size="11" text-anchor="middle" fill="#9da7b3">2026</text>
        <text x="130.9" y="130" font-size="11" text-anchor="middle" fill="#9da7b3">8 Jun</text>
        <text x="194.3" y="130" font-size="11" text-anchor="middle" fill="#9da7b3">15 Jun</text>
        <rect x="42.14" y="70.8" width="50.72" height="16.2" rx="1.5" fill="#58a6ff"/>
        <rect x="168.94" y="87" width="50.72" height="5.4" rx="1.5" fill="#58a6ff"/>
        </svg>
        "##);
}

#[test]
fn bars_begin_at_zero_and_nothing_stands_where_there_is_no_value() {
    let rows = weeks(&[Some(30.0), None, Some(31.0), Some(0.0)]);
    let text = drawn(&panel(PanelKind::Bar), &rows);
    let bars: Vec<_> = elements(&text, "rect")
        .into_iter()
        .filter(|it| it.contains("#1f6feb"))
        .collect();
    assert_eq!(bars.len(), 3, "{bars:?}");
    assert!(bars[2].contains(" height=\"0\""), "{}", bars[2]);
    assert!(words(&text).contains(&"0".to_owned()));
}

#[test]
fn of_many_series_the_largest_are_drawn_and_the_rest_is_summed() {
    let rows = (0..20).map(|at| {
        let name = format!("branch-{at:02}");
        (day(0), Value::Text(name), Value::Float(f64::from(at)))
    });
    let rows = batch(ColumnType::Date, rows.collect());
    let text = drawn(&panel(PanelKind::Stacked), &rows);
    let words = words(&text);
    for word in ["branch-19", "branch-15", "other (15)"] {
        assert!(words.contains(&word.to_owned()), "{words:?}");
    }
    assert!(!words.contains(&"branch-14".to_owned()), "{words:?}");
    assert!(words.contains(&"other: the sum of 15 smaller ones".to_owned()));
}

#[test]
fn shares_are_never_summed() {
    let mut panel = panel(PanelKind::Bar);
    panel.unit = Some("%".to_owned());
    let twice = |value| (day(0), Value::from("main"), Value::Float(value));
    let rows = batch(ColumnType::Date, vec![twice(40.0), twice(50.0)]);
    let error = svg(&panel, &rows, Theme::Light, Size::USUAL).unwrap_err();
    assert_eq!(
        error.to_string(),
        "2 rows stand at one place, and `%` cannot be summed; set `series` or `where`"
    );
    panel.unit = None;
    let words = words(&drawn(&panel, &rows));
    assert!(
        words.contains(&"sums of up to 2 rows".to_owned()),
        "{words:?}"
    );
}

#[test]
fn a_line_of_the_rest_stands_only_where_each_of_them_has_a_value() {
    let mut rows = Vec::new();
    for at in 0..9 {
        let name = Value::Text(format!("branch-{at}"));
        rows.push((day(at), name, Value::Float(1.0)));
    }
    let words = words(&drawn(
        &panel(PanelKind::Line),
        &batch(ColumnType::Date, rows),
    ));
    assert!(
        words.contains(&"4 smaller ones not drawn".to_owned()),
        "{words:?}"
    );
    assert!(!words.iter().any(|it| it.starts_with("other")), "{words:?}");
}

#[test]
fn an_empty_answer_says_so_and_what_was_looked_at() {
    for kind in KINDS {
        let words = words(&drawn(&panel(kind), &weeks(&[])));
        assert_eq!(
            words,
            [
                "Muted tests",
                "No rows",
                "in v_mutes_weekly where branch = main"
            ],
            "{kind:?}"
        );
    }
    let words = words(&drawn(&panel(PanelKind::Line), &weeks(&[None, None])));
    assert_eq!(words[1], "2 rows, none with a value");
}

#[test]
fn rows_without_a_place_are_counted() {
    let row = |x| (x, Value::from("main"), Value::Float(1.0));
    let rows = batch(ColumnType::Date, vec![row(day(0)), row(Value::Null)]);
    let words = words(&drawn(&panel(PanelKind::Bar), &rows));
    assert!(
        words.contains(&"1 row without week".to_owned()),
        "{words:?}"
    );
}

#[test]
fn a_field_without_a_value_is_not_the_field_of_zero() {
    let row = |at, name: &str, value| (day(at), Value::from(name), value);
    let rows = vec![
        row(0, "main", Value::Float(0.0)),
        row(0, "dev", Value::Float(5.0)),
        row(7, "main", Value::Null),
        row(7, "dev", Value::Float(2.0)),
    ];
    let text = drawn(&panel(PanelKind::Heatmap), &batch(ColumnType::Date, rows));
    let words = words(&text);
    for word in ["0", "5", "no value", "dev"] {
        assert!(words.contains(&word.to_owned()), "{words:?}");
    }
    assert_eq!(
        elements(&text, "polyline").len(),
        2,
        "the key and one field"
    );
}

#[test]
fn a_tile_shows_the_newest_value_and_how_it_changed() {
    let mut panel = panel(PanelKind::Tile);
    panel.unit = Some("mutes".to_owned());
    let words = words(&drawn(&panel, &weeks(&[Some(1200.0), None, Some(1347.0)])));
    assert_eq!(
        words,
        [
            "Muted tests",
            "1,347",
            "mutes",
            "15 Jun 2026 · +147 since 1 Jun 2026"
        ]
    );
}

#[test]
fn a_tile_whose_newest_row_has_no_value_shows_none() {
    let words = words(&drawn(&panel(PanelKind::Tile), &weeks(&[Some(4.0), None])));
    assert_eq!(words[1..], ["–", "muted", "no value 8 Jun 2026"]);
}

#[test]
fn values_are_counted_by_equal_spans() {
    let rows = [1.0, 2.0, 2.0, 7.0, 40.0].map(Value::Float);
    let rows = rows
        .into_iter()
        .map(|x| (x, Value::from("main"), Value::Null));
    let mut panel = panel(PanelKind::Histogram);
    (panel.y, panel.series) = (Vec::new(), None);
    let text = drawn(&panel, &batch(ColumnType::Float, rows.collect()));
    let bars: Vec<_> = elements(&text, "rect")
        .into_iter()
        .filter(|it| it.contains("#1f6feb"))
        .collect();
    assert_eq!(bars.len(), 3, "0–5, 5–10 and 40–45: {text}");
}

#[test]
fn long_names_lie_beside_their_bars_and_the_folder_of_all_is_said_once() {
    let names = [
        "payments",
        "accounts",
        "search-and-find",
        "warehouse-of-goods",
    ];
    let rows = names.iter().zip([1.0, 4.0, 2.0, 3.0]).map(|(name, value)| {
        let name = Value::Text(format!("github.com/acme/{name}"));
        (name, Value::from("main"), Value::Float(value))
    });
    let size = Size {
        width: 300,
        height: 200,
    };
    let rows = batch(ColumnType::Text, rows.collect());
    let text = svg(&panel(PanelKind::Bar), &rows, Theme::Light, size).unwrap();
    assert_eq!(
        words(&text),
        [
            "Muted tests",
            "all in github.com/acme/",
            "muted",
            "accounts",
            "4",
            "warehouse-of-goods",
            "3",
            "search-and-find",
            "2",
            "payments",
            "1"
        ]
    );
}

#[test]
fn a_table_has_no_picture_and_sizes_have_limits() {
    let rows = weeks(&[Some(1.0)]);
    let error = svg(&panel(PanelKind::Table), &rows, Theme::Light, Size::USUAL).unwrap_err();
    assert_eq!(error.to_string(), "a panel of kind `table` has no picture");
    let size = Size {
        width: 100_000,
        height: 10,
    };
    assert!(svg(&panel(PanelKind::Line), &rows, Theme::Light, size).is_err());
    let large = png(
        &panel(PanelKind::Line),
        &rows,
        Theme::Light,
        Size::USUAL,
        1e9,
    );
    assert!(large.is_err());
}

#[test]
fn a_png_has_the_size_that_was_asked_for_and_its_letters_are_drawn() {
    let rows = weeks(&[Some(1.0), Some(2.0)]);
    let decoded = |title: &str, theme| {
        let mut panel = panel(PanelKind::Line);
        panel.title = Some(title.to_owned());
        let bytes = png(&panel, &rows, theme, Size::USUAL, 2.0).unwrap();
        Pixmap::decode_png(&bytes).unwrap()
    };
    for theme in [Theme::Light, Theme::Dark] {
        let (without, with) = (decoded(".", theme), decoded("Muted tests", theme));
        assert_eq!((with.width(), with.height()), (800, 600));
        let pairs = with.pixels().iter().zip(without.pixels());
        let changed: Vec<_> = pairs
            .enumerate()
            .filter(|(_, (a, b))| a != b)
            .map(|(at, _)| (at % 800, at / 800))
            .collect();
        // Eleven letters of 15 pixels, twice as large: some hundreds of pixels, all in
        // the room of the title.
        assert!(changed.len() > 500, "{}", changed.len());
        assert!(changed.iter().all(|(x, y)| *x < 260 && *y < 64));
    }
}

#[test]
fn a_small_picture_says_how_many_names_have_no_room() {
    let names = ["shop", "payments", "warehouse", "search", "mobile"];
    let rows = names.iter().flat_map(|name| {
        (0..3).map(move |week| (day(week * 7), Value::from(*name), Value::Float(2.0)))
    });
    let rows = batch(ColumnType::Date, rows.collect());
    let words = |size| words(&svg(&panel(PanelKind::Line), &rows, Theme::Light, size).unwrap());
    let small = words(Size::LEAST);
    assert!(small.contains(&"payments".to_owned()), "{small:?}");
    assert!(small.contains(&"+3".to_owned()), "{small:?}");
    let usual = words(Size::USUAL);
    assert!(
        names.iter().all(|it| usual.iter().any(|word| word == it)),
        "{usual:?}"
    );
}

#[test]
fn a_long_title_has_a_second_line_where_there_is_room() {
    let mut panel = panel(PanelKind::Bar);
    panel.title =
        Some("Tests that were muted, by the release in which that happened first".to_owned());
    let rows = weeks(&[Some(1.0)]);
    let first = |size| words(&svg(&panel, &rows, Theme::Light, size).unwrap());
    assert_eq!(
        first(Size::USUAL)[..2],
        [
            "Tests that were muted, by the release in which that",
            "happened first"
        ]
    );
    assert_eq!(first(Size::LEAST)[0], "Tests that were mute…");
}

#[test]
fn below_zero_a_heat_map_has_another_colour() {
    let rows =
        [-4.0, 0.0, 4.0].map(|it| (day(it as i32 * 7), Value::from("main"), Value::Float(it)));
    let text = drawn(
        &panel(PanelKind::Heatmap),
        &batch(ColumnType::Date, rows.to_vec()),
    );
    let fields = elements(&text, "rect");
    let fields: Vec<_> = fields.iter().filter(|it| it.contains(" rx=")).collect();
    let fills: Vec<_> = fields
        .iter()
        .map(|it| it.split("fill=").nth(1).unwrap())
        .collect();
    assert_eq!(fills, ["\"#8a3a04\"/>", "\"#eef1f4\"/>", "\"#0b3d91\"/>"]);
}

#[test]
fn ten_thousand_rows_are_no_large_picture_and_their_peaks_are_seen() {
    let value = |at: i32| match at {
        5000 => 900.0,
        7000 => -300.0,
        it => f64::from(it % 7),
    };
    let rows = (0..10_000).map(|at| (day(at), Value::from("main"), Value::Float(value(at))));
    let rows = batch(ColumnType::Date, rows.collect());
    let line = drawn(&panel(PanelKind::Line), &rows);
    let bars = drawn(&panel(PanelKind::Bar), &rows);
    assert!(line.len() < 30_000, "{}", line.len());
    assert!(bars.len() < 60_000, "{}", bars.len());
    let longest = elements(&line, "polyline")
        .into_iter()
        .max_by_key(|it| it.len());
    let points = longest.unwrap().split('"').nth(1).unwrap();
    let y = points
        .split(' ')
        .map(|it| it.split(',').nth(1).unwrap().parse::<f32>().unwrap());
    let (top, bottom) = y.fold((f32::MAX, f32::MIN), |(top, bottom), it| {
        (top.min(it), bottom.max(it))
    });
    // 900 of 1000 above the axis and 300 of 500 below it: almost all of the drawing.
    assert!(bottom - top > 130.0, "{top} {bottom}");
}

/// The points of the only line of data.
fn line_of(svg: &str) -> Vec<(f32, f32)> {
    let line = elements(svg, "polyline");
    let line = line.iter().find(|it| it.contains("#1f6feb")).unwrap();
    let points = line.split("points=\"").nth(1).unwrap();
    let points = points.split('"').next().unwrap().split(' ');
    let point = |it: &str| it.split_once(',').map(|(x, y)| (x.parse(), y.parse()));
    let points = points.map(|it| point(it).unwrap());
    points.map(|(x, y)| (x.unwrap(), y.unwrap())).collect()
}

#[test]
fn a_count_holds_until_the_next_row_and_stands_on_zero() {
    let rows = weeks(&[Some(47.0), Some(46.0), Some(48.0)]);
    let panel = Panel {
        steps: true,
        ..panel(PanelKind::Line)
    };
    let text = drawn(&panel, &rows);
    let line = line_of(&text);
    assert_eq!(line.len(), 5, "{line:?}");
    for pair in line.windows(2) {
        let [from, to] = pair else { continue };
        assert!(from.0 == to.0 || from.1 == to.1, "a slope: {pair:?}");
    }
    assert!(words(&text).contains(&"0".to_owned()), "{text}");
}

#[test]
fn nothing_happened_in_a_week_without_a_row() {
    let rows = [(0, 3.0), (21, 5.0)];
    let rows = rows.map(|(at, value)| (day(at), Value::from("main"), Value::Float(value)));
    let rows = batch(ColumnType::Date, rows.into());
    let mut panel = Panel {
        every: Some(Every::Week),
        ..panel(PanelKind::Tile)
    };
    let told = words(&drawn(&panel, &rows));
    assert!(
        told.iter().any(|it| it.contains("+5 since 15 Jun")),
        "{told:?}"
    );
    panel.kind = PanelKind::Line;
    assert_eq!(line_of(&drawn(&panel, &rows)).len(), 4);
    // Of the last two weeks one is without a row.
    panel.last = Some(2);
    assert_eq!(line_of(&drawn(&panel, &rows)).len(), 2);
}
