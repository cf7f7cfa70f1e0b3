//! Reading from MySQL.

use mysql::prelude::Queryable as _;
use mysql::{Conn, Error, Params};
use qaduct_records::{Query, Reader, RecordBatch, StoreError};

use crate::READ_TIMEOUT;
use crate::columns;
use crate::query::{self, Statement};

use super::address::Address;
use super::{Session, values};

/// Connects for reading only.
pub(super) fn open(address: &Address) -> Result<Box<dyn Reader>, StoreError> {
    let reader = MysqlReader {
        session: connect(address)?,
        address: address.clone(),
    };
    Ok(Box::new(reader))
}

fn connect(address: &Address) -> Result<Session, StoreError> {
    let mut session = Session::connect(address)?;
    let timeout = session.server.read_timeout(READ_TIMEOUT);
    for sql in [
        "SET SESSION TRANSACTION READ ONLY".to_owned(),
        format!("SET SESSION {timeout}"),
    ] {
        session
            .connection
            .query_drop(sql)
            .map_err(|error| address.failure("connecting", &error))?;
    }
    Ok(session)
}

struct MysqlReader {
    session: Session,
    address: Address,
}

impl MysqlReader {
    /// Reads; where it turns out that the connection was lost, once more over another.
    fn run<T>(&mut self, read: impl Fn(&mut Session) -> Result<T, Error>) -> Result<T, StoreError> {
        let mut answer = read(&mut self.session);
        if answer.is_err() && self.session.connection.ping().is_err() {
            self.session = connect(&self.address)?;
            answer = read(&mut self.session);
        }
        answer.map_err(|error| self.address.asking(&error))
    }
}

impl Reader for MysqlReader {
    fn query(&mut self, query: &Query) -> Result<RecordBatch, StoreError> {
        let statement = query::select(self.session.dialect, query)?;
        self.run(|session| read(&mut session.connection, &statement, query))?
            .map_err(|cause| self.address.unreadable(query, &cause))
    }

    fn count(&mut self, query: &Query) -> Result<u64, StoreError> {
        let statement = query::count(self.session.dialect, query)?;
        let count: Option<u64> = self.run(|session| {
            session
                .connection
                .exec_first(&statement.sql, parameters(&statement))
        })?;
        Ok(count.unwrap_or_default())
    }

    fn version(&mut self) -> Result<String, StoreError> {
        let version = self.run(|session| session.meta("data"))?;
        version.ok_or_else(|| {
            let cause = "`qaduct_meta` says nothing about it".to_owned();
            self.address
                .failed("reading the version of the data", cause)
        })
    }
}

/// The parameters as the driver takes them.
pub(super) fn parameters(statement: &Statement<'_>) -> Params {
    let cells = statement.parameters.iter();
    match statement.parameters.is_empty() {
        true => Params::Empty,
        false => Params::Positional(cells.map(|cell| values::parameter(*cell)).collect()),
    }
}

/// Asks and reads the whole answer; says so where it does not have the declared types.
pub(super) fn read(
    connection: &mut Conn,
    statement: &Statement<'_>,
    query: &Query,
) -> Result<Result<RecordBatch, String>, Error> {
    let mut growing = columns::growing(&query.columns);
    for row in connection.exec_iter(&statement.sql, parameters(statement))? {
        let cells = row?.unwrap();
        for ((growing, column), value) in growing.iter_mut().zip(&query.columns).zip(cells) {
            if !values::push(growing, value) {
                return Ok(Err(values::misfit(column)));
            }
        }
    }
    Ok(columns::finish(&query.columns, growing))
}
