//! A store on disk, the time, and a pull of the made-up service into it.

use std::cell::Cell;
use std::sync::Arc;

use jiff::Timestamp;
use qaduct_pump::pull::{Progress, Pulled, Wanted, Watch, pull};
use qaduct_pump::{Ledger, PumpError};
use qaduct_records::stream::LINEAGE;
use qaduct_records::values::values_of;
use qaduct_records::{Clock, Direction, Query, Store, TABLES, Table, Value};

use crate::service::{ISSUES, LABELS, NOTES, RESULTS, RUNS, Service};

/// A store on disk and the time.
pub(crate) struct World {
    folder: Arc<tempfile::TempDir>,
    pub(crate) store: Box<dyn Store>,
    pub(crate) wanted: Wanted,
    salt: u64,
}

struct Still(Timestamp);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Stops after so many pages.
struct Patience(Cell<u64>);

impl Watch for Patience {
    fn progress(&self, _: &Progress<'_>) {}

    fn stopped(&self) -> bool {
        self.0.set(self.0.get().saturating_sub(1));
        self.0.get() == 0
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::in_folder(Arc::new(tempfile::tempdir().unwrap()))
    }

    /// Another process on the same store.
    pub(crate) fn beside(&self) -> Self {
        Self {
            salt: 1000,
            ..Self::opened(Arc::clone(&self.folder))
        }
    }

    /// The same on a store of its own: quicker than to make all of it again.
    pub(crate) fn copy(self) -> impl Fn() -> Self {
        let Self { folder, store, .. } = self;
        drop(store);
        move || {
            let copy = tempfile::tempdir().unwrap();
            let path = |it: &tempfile::TempDir| it.path().join("qaduct.db");
            std::fs::copy(path(&folder), path(&copy)).unwrap();
            Self {
                salt: 100,
                ..Self::opened(Arc::new(copy))
            }
        }
    }

    fn opened(folder: Arc<tempfile::TempDir>) -> Self {
        let path = folder.path().join("qaduct.db");
        let store = qaduct_stores::open(path.to_str().unwrap(), None).unwrap();
        Self {
            folder,
            store,
            wanted: Wanted::default(),
            salt: 0,
        }
    }

    fn in_folder(folder: Arc<tempfile::TempDir>) -> Self {
        let mut world = Self::opened(folder);
        let mut tables = TABLES.to_vec();
        tables.extend([&RUNS, &LABELS, &RESULTS, &ISSUES, &NOTES]);
        world.store.migrate(&tables, &[]).unwrap();
        world
    }

    pub(crate) fn pull(&mut self, service: &mut Service) -> Pulled {
        self.try_pull(service, u64::MAX).unwrap()
    }

    pub(crate) fn try_pull(
        &mut self,
        service: &mut Service,
        pages: u64,
    ) -> Result<Pulled, PumpError> {
        self.salt += 1;
        service.requests.set(0);
        service.asked.borrow_mut().clear();
        let ledger = Ledger {
            command: "pull",
            subject: "made-up".to_owned(),
            started_at: service.now,
            version: "0",
            salt: self.salt,
        };
        let clock = Still(service.now);
        let watch = Patience(Cell::new(pages));
        pull(
            self.store.as_mut(),
            service,
            &self.wanted,
            &ledger,
            &clock,
            &watch,
        )
    }

    /// The rows of a table as text, lineage left out.
    pub(crate) fn rows(&self, table: &'static Table) -> Vec<String> {
        let mut query = Query::of(table.name, table.columns);
        query.columns.retain(|it| {
            let name = it.name.as_ref();
            name != "source" && !LINEAGE.contains(&name) && name != "request_id"
        });
        for name in table.key {
            query = query.order_by(*name, Direction::Up);
        }
        let batch = self.store.reader().unwrap().query(&query).unwrap();
        let columns: Vec<_> = query
            .columns
            .iter()
            .map(|it| values_of(&batch, &it.name).unwrap())
            .collect();
        (0..batch.num_rows())
            .map(|row| {
                let cells = columns.iter().map(|it| match &it[row] {
                    Value::Null => "-".to_owned(),
                    Value::Timestamp(at) => at.strftime("%H:%M").to_string(),
                    other => other.to_string(),
                });
                cells.collect::<Vec<_>>().join(" | ")
            })
            .collect()
    }

    /// Everything but lineage, ledger and requests.
    pub(crate) fn dump(&self) -> Vec<String> {
        use qaduct_records::Row;
        use qaduct_records::pull::{Member, Part, Problem, Seen};
        let tables: [&'static Table; 9] = [
            &RUNS,
            &LABELS,
            &RESULTS,
            &ISSUES,
            &NOTES,
            Part::TABLE,
            Member::TABLE,
            Seen::TABLE,
            Problem::TABLE,
        ];
        tables
            .iter()
            .flat_map(|table| {
                let rows = self.rows(table);
                rows.into_iter().map(|row| format!("{}: {row}", table.name))
            })
            .collect()
    }
}
