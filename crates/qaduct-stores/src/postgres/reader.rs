//! Reading from PostgreSQL.

use postgres::fallible_iterator::FallibleIterator as _;
use postgres::{Client, Column as Answered, GenericClient, RowIter};
use qaduct_records::{Column, Query, Reader, RecordBatch, StoreError};

use crate::READ_TIMEOUT;
use crate::columns;
use crate::dialect::POSTGRES;
use crate::query::{self, Statement};

use super::address::Address;
use super::connection::Connection;
use super::transaction::parameters;
use super::values::{Raw, type_of};

/// Connects for reading only.
pub(super) fn open(address: &Address) -> Result<Box<dyn Reader>, StoreError> {
    let reader = PostgresReader {
        client: connect(address)?,
        address: address.clone(),
    };
    Ok(Box::new(reader))
}

fn connect(address: &Address) -> Result<Connection, StoreError> {
    let mut client = super::connect(address)?;
    let timeout = READ_TIMEOUT.as_millis();
    client
        .batch_execute(&format!(
            "SET default_transaction_read_only = on; SET statement_timeout = {timeout}"
        ))
        .map_err(|error| address.failure("connecting", error))?;
    Ok(client)
}

struct PostgresReader {
    client: Connection,
    address: Address,
}

impl PostgresReader {
    /// Reads; where it turns out that the connection was lost, once more over another.
    fn run<T>(
        &mut self,
        read: impl Fn(&mut Client) -> Result<T, postgres::Error>,
    ) -> Result<T, StoreError> {
        let mut answer = read(&mut self.client);
        if answer.is_err() && self.client.is_closed() {
            self.client = connect(&self.address)?;
            answer = read(&mut self.client);
        }
        answer.map_err(|error| self.address.asking(error))
    }
}

impl Reader for PostgresReader {
    fn query(&mut self, query: &Query) -> Result<RecordBatch, StoreError> {
        let statement = query::select(&POSTGRES, query)?;
        self.run(|client| read(client, &statement, query))?
            .map_err(|cause| self.address.unreadable(query, &cause))
    }

    fn count(&mut self, query: &Query) -> Result<u64, StoreError> {
        let statement = query::count(&POSTGRES, query)?;
        let count = self.run(|client| {
            let row = client.query_one(&statement.sql, &parameters(&statement.parameters))?;
            row.try_get::<_, i64>(0)
        })?;
        Ok(count.cast_unsigned())
    }

    fn version(&mut self) -> Result<String, StoreError> {
        let sql = "SELECT value FROM qaduct_meta WHERE key = 'data'";
        self.run(|client| client.query_one(sql, &[])?.try_get(0))
    }
}

/// Asks and reads the whole answer; says so where it does not have the declared types.
pub(super) fn read(
    client: &mut impl GenericClient,
    statement: &Statement<'_>,
    query: &Query,
) -> Result<Result<RecordBatch, String>, postgres::Error> {
    let prepared = client.prepare(&statement.sql)?;
    let rows = client.query_raw(&prepared, parameters(&statement.parameters))?;
    gather(prepared.columns(), rows, &query.columns)
}

/// Reads all rows of an answer whose columns have the declared types.
fn gather(
    answered: &[Answered],
    mut rows: RowIter<'_>,
    columns: &[Column],
) -> Result<Result<RecordBatch, String>, postgres::Error> {
    for (column, answered) in columns.iter().zip(answered) {
        let (wanted, found) = (type_of(column.kind), answered.type_());
        if *found != wanted {
            return Ok(Err(format!(
                "column `{}` is {found} and not {wanted}",
                column.name
            )));
        }
    }
    let mut growing = columns::growing(columns);
    while let Some(row) = rows.next()? {
        for (n, (growing, column)) in growing.iter_mut().zip(columns).enumerate() {
            match row.try_get::<_, Option<Raw<'_>>>(n)? {
                None => growing.push_null(),
                Some(value) if value.push(growing) => {}
                Some(_) => {
                    let (name, kind) = (&column.name, column.kind.name());
                    return Ok(Err(format!(
                        "column `{name}` holds a value that is no {kind}"
                    )));
                }
            }
        }
    }
    Ok(columns::finish(columns, growing))
}
