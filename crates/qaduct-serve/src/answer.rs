//! From a document to an answer: entity tag, cache, coding, streaming.
//!
//! A document that is done within a few megabytes is kept and sent whole.
//! A longer one is sent piece by piece while it is read, each piece made when
//! the caller has taken the one before, so that neither a long answer nor a
//! slow caller holds memory, a thread or a reader.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use qaduct_records::Reader;

use crate::app::App;
use crate::cache::{self, Stamp};
use crate::encoding::{Encoder, Encoding};
use crate::error::Failure;
use crate::etag;

/// How often a document is begun anew because the data changed under it.
const ATTEMPTS: usize = 3;

/// Something that is written piece by piece, from the store to bytes.
pub(crate) trait Document: Clone + Send + 'static {
    /// Its media type.
    fn media_type(&self) -> &'static str;

    /// The name under which a browser should save it, if it should.
    fn file_name(&self) -> Option<String> {
        None
    }

    /// Appends the next piece and tells whether it was the last.
    fn write(&mut self, reader: &mut dyn Reader, out: &mut Vec<u8>) -> Result<bool, Failure>;
}

pub(crate) async fn answer<D: Document>(
    app: Arc<App>,
    uri: &Uri,
    headers: &HeaderMap,
    document: D,
) -> Result<Response, Failure> {
    let encoding = Encoding::accepted(headers);
    let stamp = Stamp {
        version: app.pool.version().await?,
        day: app.today(),
    };
    let address = format!(
        "{}{}",
        encoding.word(),
        uri.path_and_query().map_or("/", |it| it.as_str())
    );
    let etag = etag::of(&stamp, app.version, &address);
    let (mut response, etag) = if etag::is_known(headers, &etag) {
        (StatusCode::NOT_MODIFIED.into_response(), Some(etag))
    } else if let Some(bytes) = app.cache.get(&stamp, &address) {
        (whole(&document, bytes), Some(etag))
    } else {
        let (response, read) = fresh(&app, stamp, &address, encoding, document).await?;
        (
            response,
            read.map(|it| etag::of(&it, app.version, &address)),
        )
    };
    let headers = response.headers_mut();
    headers.extend(etag.map(|it| (header::ETAG, etag::header(&it))));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    Ok(response)
}

/// What a first visit to the store gives.
struct Beginning<D> {
    bytes: Vec<u8>,
    encoder: Encoder,
    /// The version of the data that was read, unless it changed all the time.
    version: Option<String>,
    /// What is still to be written, if anything.
    rest: Option<D>,
}

/// An answer and what it was made from, where that is one state of the data.
async fn fresh<D: Document>(
    app: &Arc<App>,
    stamp: Stamp,
    address: &str,
    encoding: Encoding,
    document: D,
) -> Result<(Response, Option<Stamp>), Failure> {
    let Stamp { version, day } = stamp;
    let unwritten = document.clone();
    let Beginning {
        bytes,
        encoder,
        version,
        rest,
    } = app
        .pool
        .run(move |reader| begin(&unwritten, reader, &version, encoding))
        .await?;
    let stamp = version.map(|version| Stamp { version, day });
    let bytes = Bytes::from(bytes);
    let Some(rest) = rest else {
        if let Some(stamp) = &stamp {
            app.cache.put(stamp, address, &bytes);
        }
        return Ok((whole(&document, bytes), stamp));
    };
    let is_gzip = encoder.is_gzip();
    let pieces = stream::try_unfold(Some((Some(bytes), rest, encoder)), {
        let app = Arc::clone(app);
        move |state| piece(Arc::clone(&app), state)
    });
    let response = dressed(&document, Body::from_stream(pieces), is_gzip);
    Ok((response, stamp))
}

/// Writes a document as far as it fits into memory.
fn begin<D: Document>(
    document: &D,
    reader: &mut dyn Reader,
    version: &str,
    encoding: Encoding,
) -> Result<Beginning<D>, Failure> {
    let mut version = version.to_owned();
    let mut attempt = 1;
    loop {
        let mut rest = document.clone();
        let mut bytes = Vec::new();
        let mut is_whole = false;
        while !is_whole && bytes.len() <= cache::LONGEST {
            is_whole = rest.write(reader, &mut bytes)?;
        }
        // Rows and their number come from two questions; between them a scan
        // may have ended.
        let now = reader.version()?;
        let is_of_one_state = now == version;
        if !is_of_one_state && attempt < ATTEMPTS {
            version = now;
            attempt += 1;
            continue;
        }
        let mut encoder = Encoder::new(encoding, &bytes, is_whole);
        let bytes = encoder.piece(bytes, is_whole);
        return Ok(Beginning {
            bytes,
            encoder,
            version: is_of_one_state.then_some(version),
            rest: (!is_whole).then_some(rest),
        });
    }
}

/// What is left of a stream: bytes that are ready, then a document to go on with.
type Left<D> = Option<(Option<Bytes>, D, Encoder)>;

async fn piece<D: Document>(
    app: Arc<App>,
    left: Left<D>,
) -> Result<Option<(Bytes, Left<D>)>, Failure> {
    match left {
        None => Ok(None),
        Some((Some(ready), document, encoder)) => {
            Ok(Some((ready, Some((None, document, encoder)))))
        }
        Some((None, mut document, mut encoder)) => {
            app.pool
                .run(move |reader| {
                    let mut bytes = Vec::new();
                    let is_last = document.write(reader, &mut bytes)?;
                    let bytes = encoder.piece(bytes, is_last);
                    Ok(Some((
                        bytes.into(),
                        (!is_last).then_some((None, document, encoder)),
                    )))
                })
                .await
        }
    }
}

/// The answer that holds a document as a whole.
fn whole(document: &impl Document, bytes: Bytes) -> Response {
    let is_gzip = bytes.starts_with(&[0x1f, 0x8b]);
    dressed(document, Body::from(bytes), is_gzip)
}

fn dressed(document: &impl Document, body: Body, is_gzip: bool) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(document.media_type()),
    );
    if is_gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Some(name) = document.file_name() {
        let value = format!("attachment; filename=\"{name}\"");
        headers.extend(HeaderValue::from_str(&value).map(|it| (header::CONTENT_DISPOSITION, it)));
    }
    response
}
