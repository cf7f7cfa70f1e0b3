//! Parquet: typed columns for whoever computes with them.
//!
//! Columns keep their types and their NULLs; instants are UTC to the microsecond. Pages
//! are compressed with Snappy, which every reader knows. The same rows are the same bytes.

use std::io::{self, Write};

use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use qaduct_records::RecordBatch;

/// Writes rows as a Parquet file.
///
/// # Errors
/// When they cannot be written.
pub fn parquet(out: &mut (dyn Write + Send), rows: &RecordBatch) -> io::Result<()> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .build();
    let options = ArrowWriterOptions::new()
        .with_properties(properties)
        // The types of Parquet say all that these columns are.
        .with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(out, rows.schema(), options)?;
    writer.write(rows)?;
    writer.close()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use qaduct_records::values::{batch_of_values, values_of};
    use qaduct_records::{Column, ColumnType, Value};

    use super::*;

    const KINDS: [(&str, ColumnType); 6] = [
        ("test", ColumnType::Text),
        ("runs", ColumnType::Int),
        ("share", ColumnType::Float),
        ("muted", ColumnType::Bool),
        ("seen_at", ColumnType::Timestamp),
        ("day", ColumnType::Date),
    ];

    fn rows() -> (RecordBatch, Vec<Vec<Value>>) {
        let columns = KINDS.map(|(name, kind)| Column {
            name: name.into(),
            kind,
            nullable: true,
            description: "".into(),
        });
        let at = |it: &str| Value::Timestamp(it.parse().unwrap());
        let values = vec![
            vec!["🦀, \"said\"\nhe".into(), Value::from(""), Value::Null],
            vec![
                Value::Int(9_007_199_254_740_993),
                Value::Int(i64::MIN),
                Value::Null,
            ],
            vec![Value::Float(0.1), Value::Float(-0.5), Value::Null],
            vec![Value::Bool(true), Value::Bool(false), Value::Null],
            vec![
                at("2026-11-21T07:00:00.000001Z"),
                at("1969-12-31T23:59:59.999999Z"),
                Value::Null,
            ],
            vec![
                Value::Date("2026-11-21".parse().unwrap()),
                Value::Date("0001-01-01".parse().unwrap()),
                Value::Null,
            ],
        ];
        (batch_of_values(&columns, values.clone()).unwrap(), values)
    }

    fn file(rows: &RecordBatch) -> Vec<u8> {
        let mut out = Vec::new();
        parquet(&mut out, rows).unwrap();
        out
    }

    #[test]
    fn what_is_read_is_what_was_written_to_the_last_digit_and_the_last_null() {
        let (rows, values) = rows();
        let file = file(&rows);
        assert_eq!(
            (&file[..4], &file[file.len() - 4..]),
            (&b"PAR1"[..], &b"PAR1"[..])
        );
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(file)).unwrap();
        let read: Vec<_> = reader.build().unwrap().map(|it| it.unwrap()).collect();
        assert_eq!(read.len(), 1);
        for ((name, _), expected) in KINDS.iter().zip(values) {
            assert_eq!(values_of(&read[0], name).unwrap(), expected, "{name}");
        }
    }

    #[test]
    fn the_same_rows_are_the_same_bytes() {
        assert_eq!(file(&rows().0), file(&rows().0));
    }

    #[test]
    fn a_file_without_rows_still_has_its_columns() {
        let file = file(&rows().0.slice(0, 0));
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(file)).unwrap();
        assert_eq!(reader.schema().fields().len(), KINDS.len());
    }
}
