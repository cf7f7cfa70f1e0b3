//! What every handler can reach: the readers, the catalogue, the cache, the clock.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use qaduct_records::{Clock, View};

use crate::auth::Token;
use crate::cache::Cache;
use crate::catalogue::Catalogue;
use crate::openapi;
use crate::pool::Pool;
use crate::traffic::Traffic;
use crate::{Legacy, Service};

pub(crate) struct App {
    pub(crate) pool: Pool,
    pub(crate) catalogue: Catalogue,
    pub(crate) cache: Cache,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) token: Option<Token>,
    /// Where the server listens, as far as it does.
    pub(crate) bound: Option<IpAddr>,
    pub(crate) version: &'static str,
    pub(crate) legacy: Option<Legacy>,
    pub(crate) traffic: Traffic,
    /// Made when somebody asks for it: it describes every view.
    openapi: OnceLock<Bytes>,
}

impl App {
    pub(crate) fn new(service: Service, views: &[View], bound: Option<IpAddr>) -> Self {
        Self {
            pool: Pool::new(service.readers),
            openapi: OnceLock::new(),
            catalogue: Catalogue::of(views),
            cache: Cache::default(),
            clock: service.clock,
            token: service.token.as_ref().map(Token::new),
            bound,
            version: service.version,
            legacy: service.legacy,
            traffic: Traffic::default(),
        }
    }

    /// The API described for machines.
    pub(crate) fn openapi(&self) -> &Bytes {
        let document = || openapi::document(&self.catalogue, self.version).into();
        self.openapi.get_or_init(document)
    }

    /// The day it is in UTC: views may count days, so no answer outlives its day.
    pub(crate) fn today(&self) -> Date {
        self.clock.now().to_zoned(TimeZone::UTC).date()
    }
}
