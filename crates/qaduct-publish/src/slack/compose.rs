//! From the rows of items to the posts of a message: what is told, and that it fits.
//!
//! What is left out is counted: rows beyond the limit, parts beyond what Slack takes. A bot
//! puts parts that do not fit into the thread.

use std::collections::BTreeMap;

use qaduct_records::Value;
use qaduct_records::digest::digest;
use unicode_width::UnicodeWidthStr as _;

use super::block::{BLOCKS, BUTTONS, Block, FIELDS, Run, SECTION, TOGETHER};
use super::format::{NO_DATA, written};
use super::message::{Item, Message, Show};
use super::rows::Rows;
use super::text::{cut, escaped, filled, in_address, is_address, line as one_line};

/// Rows that are shown where an item does not say how many.
const LIMIT: u32 = 10;
/// Warnings of a part; the others are counted.
const WARNINGS: usize = 10;
/// Letters of the blocks of a part, so that a message has room for several.
const PART: usize = 9_000;
/// Letters of a cell where its format does not say.
const CELL: usize = 200;
/// Letters for those who do not see blocks.
const SUMMARY: usize = 700;

/// One message of Slack.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Post {
    /// Its blocks.
    pub blocks: Vec<Block>,
    /// Of when it is. It changes without anything being new.
    pub as_of: Option<String>,
}

/// A message, and replies to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// What the channel sees.
    pub main: Post,
    /// What the thread holds.
    pub replies: Vec<Post>,
}

impl Post {
    /// The digest of what it tells; of when it is does not count.
    #[must_use]
    pub fn digest(&self) -> String {
        let blocks: Vec<_> = self.blocks.iter().map(|it| it.json().to_string()).collect();
        digest(blocks.iter().map(|it| Some(it.as_str())))
    }

    /// All of its blocks.
    fn whole(&self) -> Vec<Block> {
        let as_of = self.as_of.clone().map(Block::Small);
        self.blocks.iter().cloned().chain(as_of).collect()
    }

    /// Its blocks as the API takes them.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        self.whole().iter().map(Block::json).collect()
    }

    /// As people see it.
    #[must_use]
    pub fn seen(&self) -> String {
        let blocks: Vec<_> = self.whole().iter().map(Block::seen).collect();
        blocks.join("\n")
    }

    /// What a notification tells, and those who do not see blocks: escaped.
    #[must_use]
    pub fn summary(&self) -> String {
        let blocks: Vec<_> = self.blocks.iter().map(Block::seen).collect();
        let text = blocks.join("\n");
        escaped(&cut(text.trim_start_matches("# "), SUMMARY))
    }

    fn size(&self) -> usize {
        self.blocks.iter().map(Block::size).sum()
    }

    /// Whether these fit behind what it has; two blocks are kept for what is said last.
    fn has_room(&self, blocks: &[Block]) -> bool {
        let size: usize = blocks.iter().map(Block::size).sum();
        self.blocks.len() + blocks.len() <= BLOCKS - 2 && self.size() + size <= TOGETHER
    }
}

impl Draft {
    /// The digest of what it tells.
    #[must_use]
    pub fn digest(&self) -> String {
        let posts = std::iter::once(&self.main).chain(&self.replies);
        let posts: Vec<_> = posts.map(Post::digest).collect();
        digest(posts.iter().map(|it| Some(it.as_str())))
    }

    /// Its messages as the API takes them, the blocks of each.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let posts = std::iter::once(&self.main).chain(&self.replies);
        posts
            .map(|it| serde_json::json!({ "text": it.summary(), "blocks": it.json() }))
            .collect()
    }

    /// As people see it, replies below a line.
    #[must_use]
    pub fn seen(&self) -> String {
        let posts = std::iter::once(&self.main).chain(&self.replies);
        let posts: Vec<_> = posts.map(Post::seen).collect();
        posts.join("\n--- reply\n")
    }
}

/// An item and its rows, where it has any.
pub struct Told {
    /// The item, with what its preset says.
    pub item: Item,
    /// Its rows; none of a text.
    pub rows: Option<Rows>,
}

/// What a part is.
enum Part {
    Blocks(Vec<Block>),
    Tile(String, String),
}

/// The posts of a message; `None` where there is nothing to tell.
///
/// # Errors
/// When a number would be the sum of shares.
pub fn compose(
    message: &Message,
    items: &[Told],
    threads: bool,
    as_of: Option<String>,
) -> Result<Option<Draft>, String> {
    links(&message.links)?;
    let mut main: Vec<Vec<Block>> = Vec::new();
    let mut rest: Vec<Vec<Block>> = Vec::new();
    let mut told = items.iter().all(|it| it.rows.is_none());
    let mut tiles: Vec<(String, String)> = Vec::new();
    for Told { item, rows } in items {
        let Some(rows) = rows else {
            flush(&mut tiles, &mut main);
            let text = item.text.clone().unwrap_or_default();
            if !text.trim().is_empty() {
                main.push(vec![Block::Marked(text)]);
            }
            continue;
        };
        for part in parts(item, rows)? {
            told = true;
            match part {
                Part::Tile(name, number) => tiles.push((name, number)),
                Part::Blocks(blocks) if message.thread => rest.push(blocks),
                Part::Blocks(blocks) => {
                    flush(&mut tiles, &mut main);
                    main.push(blocks);
                }
            }
        }
    }
    flush(&mut tiles, &mut main);
    if !told {
        return Ok(None);
    }
    let mut draft = Draft::default();
    draft.main.as_of = as_of;
    let title = message.title.as_deref().map(one_line).unwrap_or_default();
    if !title.trim().is_empty() {
        draft.main.blocks.push(Block::Header(title));
    }
    let buttons: Vec<_> = message.links.clone().into_iter().collect();
    let links = buttons
        .chunks(BUTTONS)
        .map(|it| Block::Buttons(it.to_vec()));
    let links: Vec<_> = links.collect();
    let mut left = Vec::new();
    for blocks in main {
        let with_links: Vec<_> = blocks.iter().chain(&links).cloned().collect();
        if left.is_empty() && draft.main.has_room(&with_links) {
            draft.main.blocks.extend(blocks);
        } else {
            left.push(blocks);
        }
    }
    match (left.len(), threads) {
        (0, _) => {}
        (count, true) => {
            let text = format!("… and {count} more {} in the thread", noun(count));
            draft.main.blocks.push(Block::Small(text));
        }
        (count, false) => {
            let text = format!("… and {count} more {} that do not fit", noun(count));
            draft.main.blocks.push(Block::Small(text));
            left.clear();
        }
    }
    draft.main.blocks.extend(links);
    for blocks in left.into_iter().chain(rest) {
        draft.replies.push(Post {
            blocks,
            as_of: None,
        });
    }
    Ok(Some(draft))
}

/// Whether all buttons lead somewhere.
pub(super) fn links(links: &BTreeMap<String, String>) -> Result<(), String> {
    let Some((text, url)) = links.iter().find(|(_, url)| !is_address(url)) else {
        return Ok(());
    };
    Err(format!(
        "`links`: `{}` of `{}` is no address of at most 3000 letters",
        cut(url, 100),
        cut(text, 100)
    ))
}

fn noun(count: usize) -> &'static str {
    if count == 1 { "part" } else { "parts" }
}

fn flush(tiles: &mut Vec<(String, String)>, parts: &mut Vec<Vec<Block>>) {
    for tiles in std::mem::take(tiles).chunks(FIELDS) {
        parts.push(vec![Block::Tiles(tiles.to_vec())]);
    }
}

/// What an item tells.
fn parts(item: &Item, rows: &Rows) -> Result<Vec<Part>, String> {
    if item.show == Some(Show::Number) {
        let name = item.title.clone().unwrap_or_default();
        return Ok(vec![Part::Tile(name, number(item, rows)?)]);
    }
    let value_of = |_: &str| None;
    if rows.rows.is_empty() {
        if item.empty.is_none() && rows.open.is_empty() {
            return Ok(Vec::new());
        }
        let mut blocks = heading(item, rows, value_of);
        let text = item
            .empty
            .as_ref()
            .map(|empty| match rows.is_without_day(item) {
                true => format!(
                    "{NO_DATA}: {} has no day that is over",
                    item.view.as_deref().unwrap_or_default()
                ),
                false => empty.clone(),
            });
        // A title with the value of a part has none here.
        if item.each.is_some() {
            blocks.clear();
        }
        blocks.extend(text.map(|it| Block::Line(vec![Run::Text(it)])));
        blocks.extend(unknown(rows, item));
        return Ok(vec![Part::Blocks(blocks)]);
    }
    let groups = rows.parts(item.each.as_deref());
    let shown = item.parts.map_or(groups.len(), |it| it as usize);
    let more = groups.len().saturating_sub(shown);
    let mut parts = Vec::new();
    for (value, of_part) in groups.into_iter().take(shown) {
        let value_of = |name: &str| {
            let value = value
                .as_ref()
                .filter(|_| item.each.as_deref() == Some(name))?;
            Some(written(value, item.formats.get(name).copied()))
        };
        let mut blocks = heading(item, rows, value_of);
        blocks.extend(warnings(item, rows, &of_part));
        let room = PART.saturating_sub(blocks.iter().map(Block::size).sum());
        blocks.extend(body(item, rows, &of_part, room));
        parts.push(blocks);
    }
    if let Some(last) = parts.last_mut() {
        if more > 0 && item.parts.is_none() {
            last.push(Block::Small(format!("… and {more} more")));
        }
        last.extend(unknown(rows, item));
    }
    Ok(parts.into_iter().map(Part::Blocks).collect())
}

/// The title of a part.
fn heading(item: &Item, rows: &Rows, value: impl Fn(&str) -> Option<String>) -> Vec<Block> {
    let Some(title) = &item.title else {
        return Vec::new();
    };
    let title = cut(&one_line(&filled(title, &value)), CELL);
    let mut runs = match &item.url {
        Some(url) => {
            let url = filled(url, |name| value(name).map(|it| in_address(&it)));
            vec![Run::Link(title, url)]
        }
        None => vec![Run::Bold(title)],
    };
    if let Some(day) = rows.day {
        runs.push(Run::Text(format!(" – {day} (UTC)")));
    }
    vec![Block::Line(runs)]
}

/// That nobody knows of some rows whether they belong here.
fn unknown(rows: &Rows, item: &Item) -> Option<Block> {
    let when = item.when.as_ref().filter(|_| !rows.open.is_empty())?;
    let (rows, are) = match rows.open.len() {
        1 => ("1 row".to_owned(), "is"),
        count => (format!("{count} rows"), "are"),
    };
    Some(Block::Small(format!(
        "{rows} {are} left out, as a value is missing: {when}"
    )))
}

/// What a column is called.
pub(super) fn name(item: &Item, column: &str) -> String {
    let name = item.names.get(column).cloned();
    name.unwrap_or_else(|| column.replace('_', " "))
}

/// A cell of a row.
pub(super) fn cell(item: &Item, rows: &Rows, row: &[Value], at: usize, column: &str) -> String {
    let value = rows.value(row, column);
    let mut text = match value {
        // The first column tells which row it is: a number there counts nothing.
        Value::Int(it) if at == 0 => it.to_string(),
        Value::Null if !rows.is_number(column) => "–".to_owned(),
        value => {
            let format = item.formats.get(column).copied();
            match format {
                Some(_) => written(&value, format),
                None => cut(&written(&value, None), CELL),
            }
        }
    };
    if at == 0 {
        for (flag, word) in &item.marks {
            if rows.value(row, flag) == Value::Bool(true) {
                text.extend([" ", word]);
            }
        }
    }
    text
}

fn warnings(item: &Item, rows: &Rows, of_part: &[&Vec<Value>]) -> Vec<Block> {
    let Some(warn) = &item.warn else {
        return Vec::new();
    };
    let first = item.columns.first().map_or("", String::as_str);
    let mut lines = Vec::new();
    for row in of_part {
        let subject = cell(item, rows, row, 0, first);
        for comparison in warn.comparisons() {
            let column = comparison.column.as_str();
            let value = rows.value(row, column);
            let called = name(item, column);
            match comparison.holds(rows.today, &value) {
                Some(false) => {}
                Some(true) => {
                    let value = written(&value, item.formats.get(column).copied());
                    lines.push(format!(
                        "{subject}: {called} {value} is {}",
                        comparison.words()
                    ));
                }
                None => lines.push(format!("{subject}: {NO_DATA} for {called}")),
            }
        }
    }
    let more = lines.len().saturating_sub(WARNINGS);
    lines.truncate(WARNINGS);
    if more > 0 {
        lines.push(format!("… and {more} more warnings"));
    }
    let line = |text| Block::Line(vec![Run::Emoji("warning"), Run::Text(format!(" {text}"))]);
    lines.into_iter().map(line).collect()
}

/// The rows of a part, as many as its limit and the room allow.
fn body(item: &Item, rows: &Rows, of_part: &[&Vec<Value>], room: usize) -> Vec<Block> {
    let limit = item.limit.unwrap_or(LIMIT) as usize;
    let shown: Vec<&Vec<Value>> = of_part.iter().copied().take(limit).collect();
    let is_table = match item.show {
        Some(show) => show == Show::Table,
        None => item.link.is_none(),
    };
    let (mut blocks, fit) = match is_table {
        true => table(item, rows, &shown, room),
        false => list(item, rows, &shown, room),
    };
    let more = of_part.len() - fit;
    if more > 0 {
        blocks.push(Block::Small(format!("… and {more} more")));
    }
    blocks
}

/// Lines with bullets, and how many there was room for.
fn list(item: &Item, rows: &Rows, shown: &[&Vec<Value>], room: usize) -> (Vec<Block>, usize) {
    let (mut blocks, mut lines, mut used, mut fit) = (Vec::new(), Vec::new(), 0, 0);
    let mut letters = 0;
    for row in shown {
        let line = line(item, rows, row);
        let size = Block::List(vec![line.clone()]).size();
        if used + size > room {
            break;
        }
        if letters + size > SECTION {
            blocks.push(Block::List(std::mem::take(&mut lines)));
            letters = 0;
        }
        letters += size;
        used += size;
        fit += 1;
        lines.push(line);
    }
    if !lines.is_empty() {
        blocks.push(Block::List(lines));
    }
    (blocks, fit)
}

fn line(item: &Item, rows: &Rows, row: &[Value]) -> Vec<Run> {
    let mut runs = Vec::new();
    for (at, column) in item.columns.iter().enumerate() {
        let text = cell(item, rows, row, at, column);
        let called = || name(item, column).to_lowercase();
        let text = match rows.value(row, column) {
            _ if at == 0 => text,
            Value::Null if rows.is_number(column) => format!("{NO_DATA} for {}", called()),
            Value::Null => format!("no {}", called()),
            Value::Int(_) | Value::Float(_) => format!("{text} {}", called()),
            _ => text,
        };
        match (at, &item.link) {
            (0, Some(link)) => match rows.value(row, link) {
                Value::Text(url) => runs.push(Run::Link(text, url)),
                _ => runs.push(Run::Bold(text)),
            },
            (0, None) => runs.push(Run::Bold(text)),
            _ => runs.push(Run::Text(format!(" · {text}"))),
        }
    }
    runs
}

/// Columns below each other, numbers to the right, and how many rows there was room for.
fn table(item: &Item, rows: &Rows, shown: &[&Vec<Value>], room: usize) -> (Vec<Block>, usize) {
    let mut lines = vec![
        item.columns
            .iter()
            .map(|it| name(item, it))
            .collect::<Vec<_>>(),
    ];
    for row in shown {
        let columns = item.columns.iter().enumerate();
        lines.push(
            columns
                .map(|(at, it)| cell(item, rows, row, at, it))
                .collect(),
        );
    }
    let widths: Vec<usize> = (0..item.columns.len())
        .map(|at| lines.iter().map(|it| it[at].width()).max().unwrap_or(0))
        .collect();
    let mut text: Vec<String> = Vec::new();
    let mut used = 0;
    for cells in &lines {
        let mut line = String::new();
        for (at, cell) in cells.iter().enumerate() {
            let gap = " ".repeat(widths[at] - cell.width());
            if at > 0 {
                line.push_str("  ");
            }
            match at > 0 && rows.is_number(&item.columns[at]) {
                true => line.extend([gap.as_str(), cell]),
                false => line.extend([cell, gap.as_str()]),
            }
        }
        let line = line.trim_end().to_owned();
        used += line.chars().count() + 1;
        if used > room.min(SECTION) {
            break;
        }
        text.push(line);
    }
    let fit = text.len().saturating_sub(1);
    (vec![Block::Code(text.join("\n"))], fit)
}

/// How many rows there are, or the sum of a column.
fn number(item: &Item, rows: &Rows) -> Result<String, String> {
    let Some(column) = item.columns.first() else {
        let count = i64::try_from(rows.rows.len()).unwrap_or(i64::MAX);
        return Ok(written(&Value::Int(count), None));
    };
    let values = rows.rows.iter().map(|row| rows.value(row, column));
    let values: Vec<_> = values.filter(|it| *it != Value::Null).collect();
    let value = match values.as_slice() {
        [] => Value::Null,
        [one] => one.clone(),
        many => {
            let sum = many.iter().try_fold(0_i64, |sum, it| match it {
                Value::Int(it) => Some(sum.saturating_add(*it)),
                _ => None,
            });
            Value::Int(sum.ok_or_else(|| {
                format!(
                    "{} rows stand for one number, and `{column}` cannot be summed; set `where` or `when`",
                    many.len()
                )
            })?)
        }
    };
    Ok(written(&value, item.formats.get(column).copied()))
}
