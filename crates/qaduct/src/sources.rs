//! The configured sources: which there are, which are wanted, how they are opened.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use qaduct_http::Client;
use qaduct_records::source::Source as Opened;
use qaduct_records::stream::Stream;
use qaduct_records::{Clock, nearest};
use qaduct_sources::looker::Renderer;
use qaduct_sources::{Kind, Patience, People, Setup};

use crate::config::Config;
use crate::config::source::{self, Source};
use crate::config::tree::path;
use crate::context::Context;
use crate::error::CommandError;
use crate::stop::Stop;

/// What stands before the name of a query among the ids of a project.
pub(crate) const QUERY: &str = "query=";

/// How long a source may take to draw a picture, where the settings name no deadline.
const DRAWN_IN: Duration = Duration::from_mins(2);

/// A source of the settings.
#[derive(Clone, Copy)]
pub struct Configured<'s> {
    /// How patient a pull is.
    patience: Patience,
    /// Its name.
    pub name: &'s str,
    /// What the settings say of it.
    pub settings: &'s Source,
    /// What it is.
    pub kind: &'static Kind,
}

/// A source that is wanted, and what of it.
pub struct Selected<'s> {
    /// The source.
    pub source: Configured<'s>,
    /// Names of streams; empty: all.
    pub streams: Vec<String>,
    /// What of the service; `None`: what the settings of the source say.
    only: Option<Only>,
}

/// What projects are called in a source.
#[derive(Default)]
struct Only {
    projects: BTreeSet<String>,
    queries: BTreeSet<String>,
}

/// `--project` and `--platform`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Narrow {
    /// Only this project: a [project.NAME] of the configuration
    #[arg(long, value_name = "NAME", env = "QADUCT_PROJECT")]
    project: Option<String>,

    /// Only the projects of this group
    #[arg(
        long,
        value_name = "GROUP",
        env = "QADUCT_PLATFORM",
        conflicts_with = "project",
        hide_short_help = true
    )]
    platform: Option<String>,
}

/// The sources of the settings, by name.
///
/// # Errors
/// When one is of no kind, which the check of the settings rules out.
pub fn configured(settings: &Config) -> Result<Vec<Configured<'_>>, CommandError> {
    let patience = Patience {
        attempts: settings.pull.attempts,
        timeout: settings.pull.timeout.map(|it| it.0),
        deadline: settings.pull.deadline.map(|it| it.0),
    };
    let sources = settings.source.iter();
    sources
        .map(|(name, source)| {
            let word = source.kind(name);
            let kind = qaduct_sources::kind(word, &source.options);
            kind.map(|kind| Configured {
                patience,
                name,
                settings: source,
                kind,
            })
            .ok_or_else(|| CommandError::usage(format!("there is no kind `{word}`")))
        })
        .collect()
}

/// The one of that name.
///
/// # Errors
/// When there is none.
pub fn named<'s>(settings: &'s Config, name: &str) -> Result<Configured<'s>, CommandError> {
    let all = configured(settings)?;
    let found = all.iter().find(|it| it.name == name).copied();
    found.ok_or_else(|| unknown(&all, name))
}

fn unknown(all: &[Configured<'_>], name: &str) -> CommandError {
    let error = CommandError::usage(format!("there is no source `{name}`"));
    if all.is_empty() {
        return error.help(format!(
            "write `[source.{name}]` into `qaduct.toml`; `qaduct config default` shows how"
        ));
    }
    let streams = all.iter().flat_map(|source| {
        let streams = source.kind.contracts.iter();
        streams.map(|it| (it.name, format!("`{}.{}`", source.name, it.name)))
    });
    let of_name = streams.filter(|(stream, _)| *stream == name);
    let meant: Vec<String> = of_name.map(|(_, whole)| whole).collect();
    if !meant.is_empty() {
        return error.help(format!("did you mean {}?", meant.join(" or ")));
    }
    match nearest(name, all.iter().map(|it| it.name)) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => {
            let names: Vec<_> = all.iter().map(|it| it.name).collect();
            error.help(format!("sources are {}", names.join(", ")))
        }
    }
}

/// The sources that are named, as `SOURCE` or `SOURCE.STREAM`; all where none is.
///
/// # Errors
/// When there is no such source, stream or project.
pub fn select<'s>(
    settings: &'s Config,
    names: &[String],
    narrow: &Narrow,
) -> Result<Vec<Selected<'s>>, CommandError> {
    let all = configured(settings)?;
    let mut wanted: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut whole = BTreeSet::new();
    for name in names {
        let (source, stream) = split(&all, name)?;
        let streams = wanted.entry(source.name).or_default();
        match stream {
            None => drop(whole.insert(source.name)),
            Some(stream) => streams.push(source.stream(stream)?.to_owned()),
        }
    }
    if names.is_empty() && all.is_empty() {
        return Err(CommandError::usage("no source is configured").help(
            "write a `[source.NAME]` into `qaduct.toml`; `qaduct config default` shows how, \
             `qaduct sources list` which kinds there are",
        ));
    }
    let projects = narrow.projects(settings)?;
    let mut selected = Vec::new();
    for source in all {
        let named = wanted.remove(source.name);
        if named.is_none() && !names.is_empty() {
            continue;
        }
        let only = match &projects {
            None => None,
            Some(projects) => match source.only(settings, projects) {
                None if named.is_some() => {
                    let message = format!("no project that is asked for is in `{}`", source.name);
                    let key = path(&[
                        "project",
                        projects.first().copied().unwrap_or(""),
                        "sources",
                        source.name,
                    ]);
                    return Err(CommandError::usage(message).help(format!("set `{key} = [\"…\"]`")));
                }
                None => continue,
                only => only,
            },
        };
        let streams = match named {
            Some(streams) if !whole.contains(source.name) => streams,
            _ => source.default_streams()?,
        };
        selected.push(Selected {
            source,
            streams,
            only,
        });
    }
    if selected.is_empty() {
        return Err(
            CommandError::usage("no source has a project that is asked for")
                .help("name its ids in `[project.NAME.sources]`"),
        );
    }
    Ok(selected)
}

/// Source and stream of `SOURCE.STREAM`; the name of a source may hold dots.
fn split<'a, 's, 'n>(
    all: &'a [Configured<'s>],
    name: &'n str,
) -> Result<(&'a Configured<'s>, Option<&'n str>), CommandError> {
    if let Some(source) = all.iter().find(|it| it.name == name) {
        return Ok((source, None));
    }
    let (of, stream) = name.rsplit_once('.').unwrap_or((name, ""));
    match all.iter().find(|it| it.name == of) {
        Some(source) => Ok((source, Some(stream))),
        None => Err(unknown(all, of)),
    }
}

impl Narrow {
    /// Whether it leaves anything out.
    #[must_use]
    pub fn is_some(&self) -> bool {
        self.project.is_some() || self.platform.is_some()
    }

    /// The names of the projects; `None` where all are wanted.
    fn projects<'s>(&self, settings: &'s Config) -> Result<Option<Vec<&'s str>>, CommandError> {
        let known = || settings.project.keys().map(String::as_str);
        let near = |error: CommandError, name: &str, known: Vec<&str>| match nearest(
            name,
            known.iter().copied(),
        ) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None if known.is_empty() => {
                error.help("`qaduct config default` shows how to write `[project.NAME]`")
            }
            None => error.help(format!("there are {}", known.join(", "))),
        };
        if let Some(name) = &self.project {
            return match settings.project.get_key_value(name) {
                Some((name, _)) => Ok(Some(vec![name])),
                None => {
                    let error = CommandError::usage(format!("there is no project `{name}`"));
                    Err(near(error, name, known().collect()))
                }
            };
        }
        let Some(group) = &self.platform else {
            return Ok(None);
        };
        let found: Vec<&str> = settings
            .project
            .iter()
            .filter(|(_, it)| it.groups.contains(group))
            .map(|(name, _)| name.as_str())
            .collect();
        if found.is_empty() {
            let groups = settings.project.values().flat_map(|it| &it.groups);
            let groups: BTreeSet<&str> = groups.map(String::as_str).collect();
            let error = CommandError::usage(format!("no project is of the group `{group}`"));
            return Err(near(error, group, groups.into_iter().collect()));
        }
        Ok(Some(found))
    }
}

impl<'s> Configured<'s> {
    /// The name of a stream, if there is one of that name.
    fn stream(&self, name: &str) -> Result<&'static str, CommandError> {
        let known = || self.kind.contracts.iter().map(|it| it.name);
        known().find(|it| *it == name).ok_or_else(|| {
            let error = CommandError::usage(format!("`{}` has no stream `{name}`", self.name));
            match nearest(name, known()) {
                Some(near) => error.help(format!("did you mean `{}.{near}`?", self.name)),
                None => error.help(format!(
                    "streams are {}",
                    known().collect::<Vec<_>>().join(", ")
                )),
            }
        })
    }

    /// The streams that are pulled where the command names none.
    pub fn streams(&self) -> impl Iterator<Item = &'static Stream> {
        let wanted = &self.settings.streams;
        let contracts = self.kind.contracts.iter().copied();
        contracts.filter(|it| wanted.is_empty() || wanted.iter().any(|name| name == it.name))
    }

    /// The streams of its settings.
    fn default_streams(&self) -> Result<Vec<String>, CommandError> {
        let streams = self.settings.streams.iter();
        streams
            .map(|it| self.stream(it).map(str::to_owned))
            .collect()
    }

    /// What these projects are called in it; `None` where none of them is in it.
    fn only(&self, settings: &Config, projects: &[&str]) -> Option<Only> {
        let mut only = None;
        for name in projects {
            let sources = &settings.project[*name].sources;
            let ids = [self.name, self.settings.kind(self.name), self.kind.name];
            let Some(ids) = ids.iter().find_map(|it| sources.get(*it)) else {
                continue;
            };
            let only: &mut Only = only.get_or_insert_with(Only::default);
            for id in ids {
                match id.strip_prefix(QUERY) {
                    Some(query) => only.queries.insert(query.to_owned()),
                    None => only.projects.insert(id.clone()),
                };
            }
        }
        only
    }

    /// Opens it as the settings say; asks nothing yet.
    ///
    /// # Errors
    /// When a secret cannot be read or a setting makes no sense.
    pub fn open(
        &self,
        context: &Context,
        clock: &Arc<dyn Clock>,
        stop: &Stop,
    ) -> Result<Box<dyn Opened>, CommandError> {
        self.connect(self.setup(context, clock.now())?, clock, stop)
    }

    /// What draws the pictures of the source.
    ///
    /// # Errors
    /// When a secret cannot be read, or the source draws nothing.
    pub fn renderer(
        &self,
        context: &Context,
        clock: &Arc<dyn Clock>,
        stop: &Stop,
    ) -> Result<Renderer, CommandError> {
        Ok(Renderer::open(
            self.setup(context, clock.now())?,
            self.patience.deadline.unwrap_or(DRAWN_IN),
            Arc::clone(clock),
            Arc::new(stop.clone()),
        )?)
    }

    /// The client of its service, for whoever writes to it; asks nothing yet.
    ///
    /// # Errors
    /// As [`Configured::open`].
    pub fn client(
        &self,
        context: &Context,
        clock: &Arc<dyn Clock>,
        stop: &Stop,
    ) -> Result<Client, CommandError> {
        let setup = self.setup(context, clock.now())?;
        let sleep = Arc::new(stop.clone());
        let (_, client) = qaduct_sources::connect(&setup, self.patience, Arc::clone(clock), sleep)?;
        Ok(client)
    }

    fn connect(
        &self,
        setup: Setup,
        clock: &Arc<dyn Clock>,
        stop: &Stop,
    ) -> Result<Box<dyn Opened>, CommandError> {
        Ok(qaduct_sources::open_patiently(
            setup,
            self.patience,
            Arc::clone(clock),
            Arc::new(stop.clone()),
        )?)
    }

    /// What becomes of people in it.
    ///
    /// # Errors
    /// When the salt cannot be read.
    pub fn people(&self, context: &Context) -> Result<People, CommandError> {
        Ok(match self.settings.people.unwrap_or_default() {
            source::People::Keep => People::Keep,
            source::People::Drop => People::Drop,
            source::People::Hash => {
                let key = path(&["source", self.name, "people_salt"]);
                let salt = context.secret(&key, self.settings.people_salt.as_ref())?;
                let salt = salt.ok_or_else(|| CommandError::usage(format!("`{key}` is not set")));
                People::Hash(salt?)
            }
        })
    }

    fn setup(&self, context: &Context, now: Timestamp) -> Result<Setup, CommandError> {
        let Source {
            url,
            user,
            token,
            projects,
            queries,
            fields,
            options,
            max_quota,
            requests_per_minute,
            ..
        } = self.settings;
        let key = |last| path(&["source", self.name, last]);
        Ok(Setup {
            name: self.name.to_owned(),
            kind: self.settings.kind(self.name).to_owned(),
            url: url.clone(),
            user: user.clone(),
            token: context.secret(&key("token"), token.as_ref())?,
            projects: projects.clone(),
            queries: queries.clone(),
            fields: fields.clone(),
            options: options.clone(),
            people: self.people(context)?,
            reserve: 1.0 - max_quota.map_or(1.0, |it| it.0),
            requests_per_minute: *requests_per_minute,
            now,
        })
    }
}

impl Selected<'_> {
    /// Whether less of it is wanted than the settings say.
    pub fn is_narrowed(&self) -> bool {
        self.only.is_some()
    }

    /// Opens it for what is wanted of it; asks nothing yet.
    ///
    /// # Errors
    /// As [`Configured::open`], and when a project names a query that there is not.
    pub fn open(
        &self,
        context: &Context,
        clock: &Arc<dyn Clock>,
        stop: &Stop,
    ) -> Result<Box<dyn Opened>, CommandError> {
        let mut setup = self.source.setup(context, clock.now())?;
        if let Some(only) = &self.only {
            if let Some(name) = only
                .queries
                .iter()
                .find(|it| !setup.queries.contains_key(*it))
            {
                let message = format!("`{}` has no query `{name}`", self.source.name);
                let key = path(&["source", self.source.name, "queries", name]);
                return Err(CommandError::usage(message).help(format!("set `{key} = \"…\"`")));
            }
            setup.projects = only.projects.iter().cloned().collect();
            setup.queries.retain(|name, _| only.queries.contains(name));
        }
        self.source.connect(setup, clock, stop)
    }
}
