//! What a page is published with: a wiki, rows, a clock.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::date;
use qaduct_http::{Auth, Client, QuotaHeaders, Settings, Sleep};
use qaduct_models::Panel;
use qaduct_publish::chart::Size;
use qaduct_publish::confluence::{
    Edition, Materials, Page, Pictures, Rendered, Site, Subject, publish, render,
};
use qaduct_publish::{Change, Mode, PublishError};
use qaduct_records::values::batch_of_values;
use qaduct_records::{
    Clock, Column, ColumnType, Query, Reader, RecordBatch, Secret, StoreError, Value, View,
};
use qaduct_replay::{Options, Server, World};

/// A clock that somebody may turn while a publication is under way.
type Turn = Box<dyn FnMut() + Send>;

/// What a page is published with.
pub(crate) struct Desk {
    pub(crate) server: Arc<Server>,
    edition: Edition,
    pub(crate) rows: Vec<Vec<Value>>,
    pub(crate) today: jiff::civil::Date,
    /// What happens each time that somebody looks at the clock, which every request does.
    pub(crate) meanwhile: Arc<Mutex<Option<Turn>>>,
}

struct Still(Arc<Mutex<Option<Turn>>>);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        if let Some(turn) = self.0.lock().unwrap().as_mut() {
            turn();
        }
        "2026-11-21T07:00:00Z".parse().unwrap()
    }
}

impl Sleep for Still {
    fn sleep(&self, _: Duration) -> bool {
        true
    }
}

pub(crate) fn column(name: &'static str, kind: ColumnType) -> Column {
    Column {
        name: name.into(),
        kind,
        nullable: true,
        description: "".into(),
    }
}

pub(crate) fn views() -> Vec<View> {
    vec![View {
        name: "v_tests".to_owned(),
        description: String::new(),
        columns: vec![
            column("test", ColumnType::Text),
            column("runs", ColumnType::Int),
            column("pass_percent", ColumnType::Float),
            column("status", ColumnType::Text),
            column("url", ColumnType::Text),
        ],
        sql: String::new(),
    }]
}

struct Rows<'r>(&'r [Vec<Value>]);

impl Reader for Rows<'_> {
    fn query(&mut self, query: &Query) -> Result<RecordBatch, StoreError> {
        let view = &views()[0];
        let most = query
            .limit
            .map_or(usize::MAX, |it| usize::try_from(it).unwrap());
        let of = |column: &Column| {
            let at = view
                .columns
                .iter()
                .position(|it| it.name == column.name)
                .unwrap();
            self.0
                .iter()
                .take(most)
                .map(|row| row[at].clone())
                .collect()
        };
        let values = query.columns.iter().map(of).collect();
        Ok(batch_of_values(&query.columns, values).unwrap())
    }

    fn count(&mut self, _: &Query) -> Result<u64, StoreError> {
        Ok(self.0.len() as u64)
    }

    fn version(&mut self) -> Result<String, StoreError> {
        Ok(String::new())
    }
}

/// Draws looks that show their number.
struct Looker;

impl Pictures for Looker {
    fn picture(&self, subject: Subject<'_>, _: Size) -> Result<Vec<u8>, PublishError> {
        Ok(format!("{subject:?}").into_bytes())
    }
}

fn panel(name: &str) -> Option<Panel> {
    let text = match name {
        "runs" => "title = 'Runs'\nview = 'v_tests'\nkind = 'bar'\nx = 'test'\ny = ['runs']",
        "passed" => {
            "title = 'Passed'\nview = 'v_tests'\nkind = 'tile'\nx = 'test'\ny = ['runs']\nunit = 'runs'"
        }
        "tests" => "view = 'v_tests'\nkind = 'table'\ny = ['test']",
        _ => return None,
    };
    Some(toml::from_str(text).unwrap())
}

pub(crate) fn row(test: &str, runs: i64) -> Vec<Value> {
    vec![
        test.into(),
        Value::Int(runs),
        Value::Float(66.666_666),
        "Failed".into(),
        "https://example.org/1?a=1&b=2".into(),
    ]
}

impl Desk {
    /// One of each edition, whose pages are the same.
    pub(crate) fn both() -> [Self; 2] {
        [Edition::Cloud, Edition::DataCenter].map(Self::of)
    }

    pub(crate) fn new() -> Self {
        Self::of(Edition::Cloud)
    }

    fn of(edition: Edition) -> Self {
        let world = World::of("confluence", 1, 60);
        let server = Server::start(world, Options::default()).unwrap();
        Self {
            server: Arc::new(server),
            edition,
            rows: vec![row("opens & <closes> \u{1F600}", 3), row("waits", 12)],
            today: date(2026, 11, 21),
            meanwhile: Arc::default(),
        }
    }

    /// A page that people have written, by its number.
    pub(crate) fn page_of_people(&self) -> String {
        let world = self.server.world();
        let mut pages = world.collection("confluence.pages").all();
        let page = pages.find(|it| it["status"] == "current" && it["parentId"].is_string());
        page.unwrap()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn client(&self) -> Client {
        let clock = Arc::new(Still(Arc::clone(&self.meanwhile)));
        let password = Secret::new("hunter2");
        let (base, auth) = match self.edition {
            Edition::Cloud => (
                format!("{}/wiki/", self.server.url("confluence")),
                Auth::Basic {
                    user: "qa@example.org".to_owned(),
                    password,
                },
            ),
            Edition::DataCenter => (
                format!("{}/", self.server.url("confluence-dc")),
                Auth::Bearer(password),
            ),
        };
        let settings = Settings {
            name: "confluence".to_owned(),
            base: base.parse().unwrap(),
            auth,
            headers: vec![("Accept", "application/json".to_owned())],
            limit: None,
            reserve: 0.0,
            quota: QuotaHeaders::default(),
            attempts: 3,
            timeout: Duration::from_secs(20),
            deadline: Duration::from_secs(60),
            max_bytes: 32 << 20,
        };
        Client::new(settings, clock.clone(), clock).unwrap()
    }

    pub(crate) fn render(&self, page: &Page) -> Result<Rendered, PublishError> {
        let mut with = Materials {
            panel: &panel,
            views: &views(),
            reader: &mut Rows(&self.rows),
            pictures: Some(&Looker),
            today: self.today,
        };
        render("[page.health]", page, &mut with)
    }

    pub(crate) fn publish(&self, page: &Page, mode: Mode) -> Result<Vec<Change>, PublishError> {
        let rendered = self.render(page)?;
        let client = self.client();
        let site = Site::new(&client, self.edition);
        publish("[page.health]", page, &rendered, &site, mode)
    }

    /// Publishes, and gives each change as a line.
    pub(crate) fn told(&self, page: &Page) -> Vec<String> {
        let changes = self.publish(page, Mode::Write).unwrap();
        let line = |it: &Change| {
            let said = std::iter::once(&it.detail).chain(&it.notes);
            let said: Vec<&str> = said.map(String::as_str).collect();
            let effect = it.effect.word(Mode::Write);
            format!("{}: {effect}: {}", it.target, said.join("; "))
        };
        changes.iter().map(line).collect()
    }

    pub(crate) fn failed(&self, page: &Page) -> String {
        self.publish(page, Mode::Write).unwrap_err().to_string()
    }

    pub(crate) fn writes(&self) -> u64 {
        self.server.counters().writes
    }

    pub(crate) fn body(&self, page: &str) -> String {
        self.server.world().page_body(page).unwrap()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.server.violations(), [""; 0]);
        }
    }
}

/// A page of the settings.
pub(crate) fn page(text: &str) -> Page {
    toml::from_str(text).unwrap()
}

/// A page with everything that a page can have, as that one.
pub(crate) fn whole(id: &str) -> Page {
    page(&format!("target = 'confluence:{id}'\n{WHOLE}"))
}

pub(crate) const WHOLE: &str = r#"
text = "Numbers of *all* releases & betas: <b>"

[[section]]
name = "Health <1>"
text = "* one\n* two"
item = [
    { title = "Runs & more", text = "By test.", panel = "runs", status = "approved", link = "https://example.org/?a=1&b=2" },
    { title = "Figures", tiles = ["passed"], status = "pending" },
    { title = "Flaky", look = "2898", status = "informational" },
    { title = "Board", dashboard = "model::board" },
]

[[section]]
name = "Rows"
item = [
    { view = "v_tests", order = ["-runs"], lozenges = ["status"], links = { test = "url" } },
    { title = "Facts", view = "v_tests", columns = ["test", "pass_percent"], max_rows = 1, facts = true },
    { panel = "tests" },
]
"#;
