//! A desk from which messages are sent: a database whose views say what a test wants, a clock
//! that only moves while somebody waits, and a server that stands in for Slack.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use qaduct_http::Sleep;
use qaduct_publish::slack::alert::{Alert, Fact};
use qaduct_publish::slack::api::{By, Destination};
use qaduct_publish::slack::{self, Office};
use qaduct_publish::{Change, Mode, PublishError};
use qaduct_records::{Clock, ColumnType, Secret, Store, TABLES, View};
use qaduct_replay::{Options, Server, World};
use serde_json::Value as Json;
use tempfile::TempDir;

/// What opens the stand-in.
pub(crate) const SECRET: &str = "pl4nted-slack-s3cret";
/// A channel that takes all.
pub(crate) const BOT: &str = "C0DASHBOARD";
/// The webhook instead of a channel.
pub(crate) const HOOK: &str = "hook";

/// A clock that only moves while somebody sleeps.
pub(crate) struct Time {
    now: Mutex<Timestamp>,
    slept: Mutex<Duration>,
    /// What happens while somebody sleeps first.
    meanwhile: Mutex<Option<Happening>>,
}

type Happening = Box<dyn FnOnce() + Send>;

impl Clock for Time {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }
}

impl Sleep for Time {
    fn sleep(&self, time: Duration) -> bool {
        *self.now.lock().unwrap() += time;
        *self.slept.lock().unwrap() += time;
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(happens) = meanwhile {
            happens();
        }
        true
    }
}

pub(crate) struct Desk {
    pub(crate) server: Server,
    pub(crate) store: Box<dyn Store>,
    /// The time of a job that messages are sent for.
    pub(crate) slot: Option<&'static str>,
    folder: TempDir,
    time: Arc<Time>,
    views: Vec<View>,
}

impl Desk {
    /// A desk with a view that has these rows.
    pub(crate) fn with(view: &str, rows: &[&str]) -> Self {
        let time = Arc::new(Time {
            // The clock of a machine is finer than what a database keeps.
            now: Mutex::new("2026-11-21T08:00:00.123456789Z".parse().unwrap()),
            slept: Mutex::default(),
            meanwhile: Mutex::default(),
        });
        let clock = Arc::clone(&time);
        let options = Options {
            credentials: vec![SECRET.to_owned()],
            limits: true,
            clock: Some(Arc::new(move || clock.now())),
            ..Options::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db").display().to_string();
        let mut desk = Self {
            server: Server::start(World::empty(), options).unwrap(),
            store: qaduct_stores::open(&path, None).unwrap(),
            slot: None,
            folder,
            time,
            views: Vec::new(),
        };
        for name in [
            "v_mutes_changes",
            "v_mutes_current",
            "v_release_issues",
            "v_release_health",
        ] {
            desk.view(name, &[]);
        }
        desk.view(view, rows);
        desk
    }

    /// Lets a view have these rows: `column=value`, a text with blanks in quotes, else NULL.
    pub(crate) fn view(&mut self, name: &str, rows: &[&str]) {
        let mut known = qaduct_models::views();
        known.extend(qaduct_models::reports());
        let mut view = known.into_iter().find(|it| it.name == name).unwrap();
        let columns = view.columns.clone();
        // What must be there is there.
        let missing = |name: &str| {
            let column = columns.iter().find(|it| it.name == name).unwrap();
            let value = match column.kind {
                _ if column.nullable => "NULL",
                ColumnType::Text => "''",
                ColumnType::Timestamp => "'2026-11-01T00:00:00.000000Z'",
                ColumnType::Date => "'2026-11-01'",
                _ => "0",
            };
            value.to_owned()
        };
        let mut selects: Vec<String> = Vec::new();
        for row in rows {
            let value = |column: &str| {
                let start = format!(" {column}=");
                let row = format!(" {row}");
                let Some(at) = row.find(&start) else {
                    return missing(column);
                };
                let rest = &row[at + start.len()..];
                if let Some(quoted) = rest.strip_prefix('\'') {
                    return format!("'{}'", quoted.split('\'').next().unwrap());
                }
                match rest.split(' ').next().unwrap() {
                    word if word == "NULL" || word.parse::<i64>().is_ok() => word.to_owned(),
                    word if word.matches('.').count() == 1
                        && word.parse::<f64>().is_ok()
                        && column.ends_with("percent") =>
                    {
                        word.to_owned()
                    }
                    word => format!("'{word}'"),
                }
            };
            let columns = view.columns.iter().map(|it| match it.kind {
                ColumnType::Float => {
                    format!("CAST({} AS REAL) AS {}", value(&it.name), it.name)
                }
                ColumnType::Text => {
                    format!("CAST({} AS TEXT) AS {}", value(&it.name), it.name)
                }
                _ => format!("{} AS {}", value(&it.name), it.name),
            });
            selects.push(format!("SELECT {}", columns.collect::<Vec<_>>().join(", ")));
        }
        if selects.is_empty() {
            let columns = view.columns.iter().map(|it| format!("NULL AS {}", it.name));
            selects.push(format!(
                "SELECT {} WHERE 1 = 0",
                columns.collect::<Vec<_>>().join(", ")
            ));
        }
        view.sql = selects.join(" UNION ALL ");
        self.views.retain(|it| it.name != name);
        self.views.push(view);
        self.store.migrate(TABLES, &self.views).unwrap();
    }

    /// Lets a view have what a SELECT says; columns that it lacks are NULL.
    pub(crate) fn rows(&mut self, name: &str, select: &str) {
        let mut known = qaduct_models::views();
        known.extend(qaduct_models::reports());
        let mut view = known.into_iter().find(|it| it.name == name).unwrap();
        let columns =
            view.columns
                .iter()
                .map(|it| match select.contains(&format!(" AS {}", it.name)) {
                    true => format!("r.{}", it.name),
                    false => format!("NULL AS {}", it.name),
                });
        view.sql = format!(
            "SELECT {} FROM ({select}) AS r",
            columns.collect::<Vec<_>>().join(", ")
        );
        self.views.retain(|it| it.name != name);
        self.views.push(view);
        self.store.migrate(TABLES, &self.views).unwrap();
    }

    pub(crate) fn destination(&self, to: &str) -> Destination {
        let (secret, channel) = match to {
            "wrong token" | "wrong hook" => ("not-the-s3cret", BOT),
            to => (SECRET, to),
        };
        let by = match to {
            HOOK | "wrong hook" => {
                let url = self
                    .server
                    .url(&format!("slack/services/T0000/B0000/{secret}"));
                By::Webhook(Secret::new(url))
            }
            _ => By::Bot {
                token: Secret::new(secret),
                channel: channel.to_owned(),
                api: self.server.url("slack/api/").parse().unwrap(),
            },
        };
        Destination {
            name: "team".to_owned(),
            by,
            requests_per_minute: 60,
        }
    }

    fn office<'d>(
        store: &'d mut dyn Store,
        views: &'d [View],
        time: &Arc<Time>,
        mode: Mode,
    ) -> Office<'d> {
        Office {
            store,
            views,
            clock: Arc::clone(time) as Arc<dyn Clock>,
            sleep: Arc::clone(time) as Arc<dyn Sleep>,
            slot: None,
            mode,
        }
    }

    fn message(
        &mut self,
        to: &str,
        name: &str,
        settings: &str,
        mode: Mode,
    ) -> Result<Change, PublishError> {
        let message = toml::from_str(settings).unwrap();
        let to = self.destination(to);
        let mut office = Self::office(self.store.as_mut(), &self.views, &self.time, mode);
        office.slot = self.slot;
        slack::message(name, &message, &to, &mut office)
    }

    /// Another process that sends the same message, and what comes of it.
    pub(crate) fn other(
        &self,
        to: &str,
        name: &'static str,
        settings: &str,
    ) -> impl FnOnce() -> Result<Change, PublishError> + Send + use<> {
        let path = self.folder.path().join("store.db").display().to_string();
        let (views, time, to) = (
            self.views.clone(),
            Arc::clone(&self.time),
            self.destination(to),
        );
        let message = toml::from_str(settings).unwrap();
        move || {
            let mut store = qaduct_stores::open(&path, None).unwrap();
            let mut office = Self::office(store.as_mut(), &views, &time, Mode::Write);
            slack::message(name, &message, &to, &mut office)
        }
    }

    /// Lets something happen while somebody sleeps next.
    pub(crate) fn meanwhile(&self, happens: impl FnOnce() + Send + 'static) {
        *self.time.meanwhile.lock().unwrap() = Some(Box::new(happens));
    }

    /// The message as people see it, without sending it.
    pub(crate) fn show(&mut self, name: &str, settings: &str) -> String {
        self.message(BOT, name, settings, Mode::DryRun)
            .unwrap()
            .detail
    }

    /// The same after it was sent, as another message.
    pub(crate) fn show_again(&mut self, name: &str, settings: &str) -> String {
        self.show(&format!("{name}-again"), settings)
    }

    pub(crate) fn send(&mut self, name: &str, settings: &str) -> Result<Change, PublishError> {
        self.send_to(BOT, name, settings)
    }

    pub(crate) fn send_to(
        &mut self,
        to: &str,
        name: &str,
        settings: &str,
    ) -> Result<Change, PublishError> {
        self.message(to, name, settings, Mode::Write)
    }

    pub(crate) fn alert(
        &mut self,
        to: &str,
        settings: &str,
        facts: Option<Vec<Fact>>,
    ) -> Result<Change, PublishError> {
        self.alert_as(to, settings, facts, Mode::Write)
    }

    pub(crate) fn alert_as(
        &mut self,
        to: &str,
        settings: &str,
        facts: Option<Vec<Fact>>,
        mode: Mode,
    ) -> Result<Change, PublishError> {
        let alert: Alert = toml::from_str(settings).unwrap();
        let to = self.destination(to);
        let mut office = Self::office(self.store.as_mut(), &self.views, &self.time, mode);
        slack::alert("crash-free", &alert, facts, &to, &mut office)
    }

    /// What was posted, oldest first.
    pub(crate) fn posted(&self) -> Vec<Json> {
        let world = self.server.world();
        world.collection("slack.messages").all().cloned().collect()
    }

    pub(crate) fn violations(&self) -> Vec<String> {
        self.server.violations()
    }

    pub(crate) fn fault(&self, fault: &str) {
        self.server.set_faults(&[fault.parse().unwrap()]);
    }

    pub(crate) fn pass_hours(&self, hours: i64) {
        *self.time.now.lock().unwrap() += SignedDuration::from_hours(hours);
    }

    /// Seconds that were waited.
    pub(crate) fn slept(&self) -> u64 {
        self.time.slept.lock().unwrap().as_secs()
    }

    /// A text without what differs from run to run.
    pub(crate) fn clean(&self, text: &str) -> String {
        text.replace(&self.server.address().to_string(), "HOST")
    }

    /// Puts another store in place of its own, made of it.
    pub(crate) fn wrap(&mut self, wrap: impl FnOnce(Box<dyn Store>) -> Box<dyn Store>) {
        let path = self.folder.path().join("other.db").display().to_string();
        let other = qaduct_stores::open(&path, None).unwrap();
        self.store = wrap(std::mem::replace(&mut self.store, other));
    }

    /// All bytes of the database.
    pub(crate) fn database(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files
            .flat_map(|it| std::fs::read(it.unwrap().path()).unwrap())
            .collect()
    }
}
