//! `qaduct chart`: a panel as a picture, or what a source draws itself.

mod drawn;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;
use qaduct_models::panel::built_in;
use qaduct_models::{Panel, PanelKind};
use qaduct_publish::chart::{ChartError, Size, Theme, draw};
use qaduct_publish::{PublishError, file};
use qaduct_records::nearest;

use drawn::Drawn;

use crate::config::Config;
use crate::context::Context;
use crate::error::CommandError;
use crate::report::{Code, Report};
use crate::wire::{self, StoreArgs, StoreSettings};

/// Draw a panel: what is stored as SVG or PNG; or let Looker draw
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct chart mutes-weekly -o weekly.svg
  qaduct chart mutes-total -o total.png --theme dark --size 800x450
  qaduct chart --view v_tickets --kind bar --x ticket --y mutes -o tickets.svg
  qaduct chart looker:look:2898 -o trends.png
  qaduct chart looker:folder:1820 -o charts --size 400x400")]
pub struct Args {
    /// Panel, or what a source draws: SOURCE:look:ID
    ///
    /// A panel of the settings or one that ships; or SOURCE:look:ID, SOURCE:dashboard:ID, or
    /// SOURCE:folder:ID for all looks in a folder, which a source of the kind `looker` draws.
    #[arg(
        value_name = "PANEL",
        conflicts_with = "view",
        required_unless_present = "view"
    )]
    panel: Option<String>,

    /// File: `.svg` or `.png`; else SVG to standard output
    ///
    /// For SOURCE:folder:ID the folder into which the pictures go.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Colours
    #[arg(long, value_enum, default_value_t, value_name = "THEME")]
    theme: ThemeName,

    /// Width and height
    #[arg(long, default_value = "400x300", value_name = "WxH", value_parser = size)]
    size: Size,

    /// Pixels of a PNG for each one of its size
    #[arg(
        long,
        default_value_t = 2.0,
        value_name = "NUMBER",
        hide_short_help = true
    )]
    scale: f32,

    /// Draw this view instead of a panel
    #[arg(long, value_name = "VIEW", requires = "kind")]
    view: Option<String>,

    /// line, bar, stacked, histogram, heatmap or tile
    #[arg(long, value_name = "KIND", requires = "view", value_parser = kind)]
    kind: Option<PanelKind>,

    /// Column along the axis
    #[arg(long, value_name = "COLUMN", requires = "view")]
    x: Option<String>,

    /// Columns whose numbers are drawn; none: count rows
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', requires = "view")]
    y: Vec<String>,

    /// Column whose values are drawn apart
    #[arg(long, value_name = "COLUMN", requires = "view", hide_short_help = true)]
    series: Option<String>,

    /// What stands above it
    #[arg(long, value_name = "TEXT", requires = "view", hide_short_help = true)]
    title: Option<String>,

    /// What the numbers are
    #[arg(long, value_name = "UNIT", requires = "view", hide_short_help = true)]
    unit: Option<String>,

    /// Only so many of the last values of the axis
    #[arg(long, value_name = "NUMBER", requires = "view", hide_short_help = true)]
    last: Option<u32>,

    #[command(flatten)]
    store: StoreArgs,
}

/// `--theme`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum ThemeName {
    /// On white
    #[default]
    Light,
    /// On nearly black
    Dark,
}

fn kind(word: &str) -> Result<PanelKind, String> {
    let kinds = [
        PanelKind::Line,
        PanelKind::Bar,
        PanelKind::Stacked,
        PanelKind::Histogram,
        PanelKind::Heatmap,
        PanelKind::Tile,
    ];
    let found = PanelKind::WORDS.into_iter().zip(kinds);
    let found = found.into_iter().find(|(name, _)| *name == word);
    found.map(|(_, kind)| kind).ok_or_else(|| {
        let words = &PanelKind::WORDS[..kinds.len()];
        format!("it is one of {}", words.join(", "))
    })
}

fn size(text: &str) -> Result<Size, String> {
    let parts = text.split_once('x');
    let parts = parts.and_then(|(width, height)| {
        Some(Size {
            width: u32::from_str(width).ok()?,
            height: u32::from_str(height).ok()?,
        })
    });
    parts.ok_or_else(|| "a size is written as 400x300".to_owned())
}

/// A folder that is misspelt is not made, and told before anything is drawn.
fn in_a_folder(path: &Path) -> Result<(), CommandError> {
    let folder = file::folder(path);
    if folder.exists() {
        return Ok(());
    }
    let (path, folder) = (path.display(), folder.display());
    let message = format!("cannot write {path}: there is no folder `{folder}`");
    Err(Report::new(Code::Output, message)
        .help(format!("make it: mkdir -p '{folder}'"))
        .into())
}

fn written(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    let place = path.display().to_string();
    file::replace(path, bytes).map_err(|error| CommandError::output(&place, &error))
}

impl Args {
    /// Draws it.
    ///
    /// # Errors
    /// When there is no such panel or view, or the file cannot be written.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        let settings = context.config(&self.store.flags())?.config;
        if let Some(drawn) = self.panel.as_deref().and_then(Drawn::of) {
            let size = (self.size.width, self.size.height);
            return drawn.write(context, &settings, self.output.as_deref(), size);
        }
        let is_png = self.is_png()?;
        self.output.as_deref().map_or(Ok(()), in_a_folder)?;
        let (place, panel) = self.panel(&settings)?;
        let of_panel = |source| PublishError::Panel {
            place: place.clone(),
            source,
        };
        let query = panel.query(&wire::views(&settings)).map_err(of_panel)?;
        let store = StoreSettings::new(context, &settings)?.open_existing_for_pulls()?;
        let rows = store.reader()?.query(&query)?;
        let of_chart = |source: ChartError| PublishError::Chart {
            place: place.clone(),
            source,
        };
        let theme = match self.theme {
            ThemeName::Light => Theme::Light,
            ThemeName::Dark => Theme::Dark,
        };
        let picture = draw(&panel, &rows, theme, self.size).map_err(of_chart)?;
        let bytes = match is_png {
            true => picture.png(self.scale).map_err(of_chart)?,
            false => picture.svg().into_bytes(),
        };
        match &self.output {
            Some(path) => written(path, &bytes),
            None => context.ui.data(|out| out.write_all(&bytes)),
        }
    }

    fn is_png(&self) -> Result<bool, CommandError> {
        let Some(path) = &self.output else {
            return Ok(false);
        };
        match path.extension().and_then(|it| it.to_str()) {
            Some("svg") => Ok(false),
            Some("png") => Ok(true),
            _ => Err(CommandError::usage(format!(
                "the ending of `{}` is neither `.svg` nor `.png`",
                path.display()
            ))),
        }
    }

    /// The panel and where it stands.
    fn panel(&self, settings: &Config) -> Result<(String, Panel), CommandError> {
        if let (Some(view), Some(kind)) = (&self.view, self.kind) {
            let panel = Panel {
                title: self.title.clone(),
                x: self.x.clone(),
                y: self.y.clone(),
                series: self.series.clone(),
                last: self.last,
                unit: self.unit.clone(),
                ..Panel::of(view.clone(), kind)
            };
            return Ok(("--view".to_owned(), panel));
        }
        let name = self.panel.as_deref().unwrap_or_default();
        let mut ships = built_in();
        let found = settings.panel.get(name).cloned();
        if let Some(panel) = found.or_else(|| ships.remove(name)) {
            return Ok((format!("[panel.{name}]"), panel));
        }
        let own = settings.panel.keys().map(String::as_str);
        let known: Vec<_> = own.chain(ships.into_keys()).collect();
        let error = CommandError::usage(format!("there is no panel `{name}`"));
        Err(match nearest(name, known.iter().copied()) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!("there are {}", known.join(", "))),
        })
    }
}
