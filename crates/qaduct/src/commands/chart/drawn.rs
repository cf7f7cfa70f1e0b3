//! Pictures that a source draws itself: `SOURCE:look:ID`, `SOURCE:dashboard:ID`, and all looks of
//! `SOURCE:folder:ID`.
//!
//! Files of a folder are named by the ids of the looks, which stay when somebody gives one another
//! title.

use std::path::Path;
use std::sync::Mutex;
use std::thread;

use qaduct_sources::looker::{Picture, Renderer, Subject};

use super::{in_a_folder, written};
use crate::config::Config;
use crate::context::Context;
use crate::error::{CommandError, Kind as Status};
use crate::sources;
use crate::stop::Stop;

/// Pictures that are drawn at a time.
const AT_ONCE: usize = 10;

/// What a source is to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Drawn {
    source: String,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    One(Subject),
    Folder(String),
}

impl Drawn {
    /// Where a text means that; else it is the name of a panel.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        let (source, kind, id) = (parts.next()?, parts.next()?, parts.next()?);
        let what = match kind {
            "look" => What::One(Subject::Look(id.to_owned())),
            "dashboard" => What::One(Subject::Dashboard(id.to_owned())),
            "folder" => What::Folder(id.to_owned()),
            _ => return None,
        };
        let is_whole = !source.is_empty() && !id.is_empty();
        is_whole.then(|| Self {
            source: source.to_owned(),
            what,
        })
    }

    /// Lets it be drawn, and writes the file, or the files into a folder.
    pub(super) fn write(
        &self,
        context: &Context,
        settings: &Config,
        output: Option<&Path>,
        (width, height): (u32, u32),
    ) -> Result<(), CommandError> {
        let source = sources::named(settings, &self.source)?;
        let output = output.ok_or_else(|| {
            CommandError::usage(format!(
                "`-o` says where the pictures of {} go",
                source.name
            ))
        })?;
        let (clock, stop) = (context.clock()?, context.stop()?);
        let renderer = source.renderer(context, &clock, &stop)?;
        let draw = |subject: Subject, path: &Path| {
            let picture = Picture {
                subject,
                width,
                height,
            };
            let bytes = renderer.render(&picture)?;
            written(path, &bytes)
        };
        match &self.what {
            What::One(subject) => {
                if output.extension().is_none_or(|it| it != "png") {
                    let name = output.display();
                    let message = format!("the ending of `{name}` is not `.png`");
                    return Err(CommandError::usage(message));
                }
                in_a_folder(output)?;
                draw(subject.clone(), output).or_else(|error| {
                    // Whoever asked it to stop knows why it failed.
                    stop.check()?;
                    Err(error)
                })
            }
            What::Folder(id) => folder(context, &renderer, id, output, &draw, &stop),
        }
    }
}

/// Draws all looks of a folder, some at a time. What fails stops no other.
fn folder(
    context: &Context,
    renderer: &Renderer,
    id: &str,
    output: &Path,
    draw: &(impl Fn(Subject, &Path) -> Result<(), CommandError> + Sync),
    stop: &Stop,
) -> Result<(), CommandError> {
    let looks = renderer.looks_in(id).or_else(|error| {
        stop.check()?;
        Err(CommandError::from(error))
    })?;
    let name = |id: &str| {
        let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '-';
        format!("look-{}.png", id.replace(|it| !is_plain(it), "_"))
    };
    let failed = |error| CommandError::output(&output.display().to_string(), &error);
    std::fs::create_dir_all(output).map_err(failed)?;
    let todo = Mutex::new(looks.iter());
    let next = || {
        let mut todo = todo
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        todo.next()
    };
    let drawn = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(looks.len()) {
            scope.spawn(|| {
                while let Some((id, title)) = next() {
                    let ended = draw(Subject::Look(id.clone()), &output.join(name(id)));
                    let mut drawn = drawn
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner);
                    drawn.push((id, title, ended));
                }
            });
        }
    });
    let drawn = drawn.into_inner();
    let mut drawn = drawn.unwrap_or_else(std::sync::PoisonError::into_inner);
    drawn.sort_by_key(|(id, ..)| looks.iter().position(|it| it.0 == **id));
    let mut failed = Vec::new();
    for (id, title, ended) in drawn {
        match ended {
            Ok(()) => context.ui.text(&format!("{}  {title}\n", name(id)))?,
            Err(error) => failed.push(error),
        }
    }
    let Some(first) = failed.first().map(CommandError::kind) else {
        return Ok(());
    };
    stop.check()?;
    failed.iter().for_each(|it| context.ui.error(it));
    let some = failed.len() < looks.len();
    Err(CommandError::silent(if some {
        Status::Partial
    } else {
        first
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_source_draws_is_told_from_the_name_of_a_panel() {
        let one = |subject| {
            Some(Drawn {
                source: "looker".to_owned(),
                what: What::One(subject),
            })
        };
        assert_eq!(
            Drawn::of("looker:look:2898"),
            one(Subject::Look("2898".to_owned()))
        );
        assert_eq!(
            Drawn::of("looker:dashboard:test::health"),
            one(Subject::Dashboard("test::health".to_owned()))
        );
        assert!(matches!(
            Drawn::of("looker:folder:1820").unwrap().what,
            What::Folder(_)
        ));
        for text in [
            "mutes-weekly",
            "looker:look",
            "looker:look:",
            ":look:1",
            "a:b:c",
        ] {
            assert_eq!(Drawn::of(text), None, "{text}");
        }
    }
}
