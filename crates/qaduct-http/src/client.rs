//! Sends calls: waits for the limit, sends again what may work later.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use qaduct_records::Clock;
use qaduct_records::source::Exchange;
use url::Url;

use crate::budget::{Budget, Leave};
use crate::call::is_kept;
use crate::error::Kind;
use crate::governor::{Quota, Refusal};
use crate::hawk::Hawk;
use crate::instant::{between, http_date, later, millis};
use crate::message::cut;
use crate::moves::Moves;
use crate::redact::Redactor;
use crate::redirect::{Way, is_for_good, is_redirect};
use crate::retry::{Again, Jitter, Trouble};
use crate::session::Session;
use crate::transport::{self, Broken, Received, Transport};
use crate::{
    Answer, Auth, Call, HttpError, Limit, Method, Resource, Settings, Sleep, target, verdict,
};

/// Words of a message to a 400, and what they mean.
pub type Refusals = &'static [(&'static str, Kind)];

/// A client of one service with one credential. Threads may share it: all of them keep
/// to the limit together.
pub struct Client {
    settings: Settings,
    base: Url,
    credential: Option<(&'static str, String)>,
    hawk: Option<Hawk>,
    session: Option<Session>,
    transport: Transport,
    budget: Budget,
    moves: Moves,
    redactor: Redactor,
    refusals: Refusals,
    jitter: Jitter,
    clock: Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
}

/// What is on its way.
struct Trip {
    began: Timestamp,
    deadline: Timestamp,
    waited: Duration,
    /// What is left for this attempt.
    timeout: Duration,
    exchange: Exchange,
    /// What the service counts the last request as.
    resource: Option<&'static str>,
    /// Another origin to which the service has sent us.
    strayed: Option<Url>,
    /// Whether the last attempt came as far as the service.
    reached: bool,
    /// Whether a session that had ended was given up on the way.
    renewed: bool,
}

impl Client {
    /// A client; connects nowhere yet.
    ///
    /// # Errors
    /// When the base URL or the credential cannot be used.
    pub fn new(
        settings: Settings,
        clock: Arc<dyn Clock>,
        sleep: Arc<dyn Sleep>,
    ) -> Result<Self, HttpError> {
        let proxy = ureq::Proxy::try_from_env();
        let password = proxy.as_ref().and_then(|it| it.password());
        let redactor = Redactor::new(&settings.auth, password);
        let refused =
            |why: &str| HttpError::new(Kind::Refused, why.to_owned(), Exchange::default());
        let base =
            target::base(&settings.base).map_err(|why| refused(&format!("the base URL {why}")))?;
        let credential = settings.auth.header();
        if let Some((_, value)) = &credential
            && !transport::can_be_sent(value)
        {
            return Err(refused(
                "the credential holds a line break or another letter that no header can carry",
            ));
        }
        let budget = Budget::new(&settings, &base, &clock, &sleep);
        // The lower bits change from start to start, which is all that is needed.
        let seed = clock.now().as_nanosecond() as u64;
        let hawk = Hawk::of(&settings.auth, seed);
        if hawk.as_ref().is_some_and(|it| !it.is_sound()) {
            return Err(refused(
                "the user holds a quotation mark or another letter that Hawk cannot carry",
            ));
        }
        Ok(Self {
            base,
            credential,
            hawk,
            session: Session::of(&settings.auth),
            transport: Transport::new(proxy),
            budget,
            moves: Moves::default(),
            redactor,
            refusals: &[],
            jitter: Jitter::new(seed),
            clock,
            sleep,
            settings,
        })
    }

    /// The same client, which lets its messages and the URLs that are kept go through this
    /// first; answers stay as they are.
    #[must_use]
    pub fn concealing(mut self, conceal: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        self.redactor.conceal(Box::new(conceal));
        self
    }

    /// The same client for a service that says 400 to more than what is asked wrongly: what a
    /// message with these words means.
    #[must_use]
    pub fn with_refusals(mut self, refusals: Refusals) -> Self {
        self.refusals = refusals;
        self
    }

    /// Sends a call and gives its answer.
    ///
    /// # Errors
    /// When there is no answer that the call accepts.
    pub fn send(&self, call: &Call) -> Result<Answer, HttpError> {
        let began = self.clock.now();
        let mut trip = Trip {
            began,
            deadline: later(began, self.settings.deadline),
            waited: Duration::ZERO,
            timeout: self.settings.timeout,
            exchange: Exchange {
                method: call.method.name(),
                ..Exchange::default()
            },
            resource: None,
            strayed: None,
            reached: false,
            renewed: false,
        };
        let url = target::target(&self.base, call).map_err(|why| {
            let path = match Url::parse(&call.path) {
                Ok(url) => self.redactor.url(&url),
                Err(_) => self.redactor.text(&call.path),
            };
            let path = cut(&path, 300);
            HttpError::new(
                Kind::Refused,
                format!("`{path}` {why}"),
                trip.exchange.clone(),
            )
        })?;
        trip.exchange.url = self.redactor.url(&url);
        loop {
            let trouble = match self.attempt(call, &url, &mut trip) {
                Ok(answer) => return Ok(answer),
                Err(trouble) => trouble,
            };
            if call.once && trip.reached && trouble.leaves_in_doubt() {
                let mut error = self.failure(trouble, trip);
                error.in_doubt = true;
                return Err(error);
            }
            if let Err(trouble) = self.wait(trouble, &trip) {
                return Err(self.failure(trouble, trip));
            }
        }
    }

    /// Tells that other processes have sent so many requests with this credential in the
    /// last minute: the declared limit leaves room for them for a minute from now.
    /// Without the name of a resource it is the number of all.
    pub fn others_sent(&self, resource: &str, requests: u32) {
        self.budget.others_sent(resource, requests);
    }

    /// What the service has said last about its limit, or that of one of its resources.
    #[must_use]
    pub fn quota(&self, resource: &str) -> Quota {
        self.budget.quota(resource)
    }

    /// What the service counts apart.
    #[must_use]
    pub const fn resources(&self) -> &'static [Resource] {
        self.settings.quota.resources
    }

    /// Requests a minute that the declared limits leave us, of a resource or in all.
    #[must_use]
    pub fn pace(&self, resource: &str) -> Option<f64> {
        let resources = self.resources().iter();
        let mut named = resources.filter(|it| it.name == resource);
        let limits = [self.settings.limit, named.next().and_then(|it| it.limit)];
        let minutes = |it: Limit| it.per.as_secs_f64() / 60.0;
        let paces = limits.into_iter().flatten();
        let paces = paces.map(|it| f64::from(it.requests) / minutes(it));
        let slowest = paces.min_by(f64::total_cmp)?;
        Some(slowest * (1.0 - self.settings.reserve))
    }

    /// Sends once, and follows where the service leads.
    fn attempt(&self, call: &Call, start: &Url, trip: &mut Trip) -> Result<Answer, Trouble> {
        trip.exchange.attempts += 1;
        trip.exchange.bytes = 0;
        trip.strayed = None;
        trip.reached = false;
        trip.timeout = self.settings.timeout;
        let mut url = self.moves.now(start);
        let mut way = Way::from(&url);
        let mut moved = Vec::new();
        loop {
            let received = self.hop(call, &url, trip)?;
            if !is_redirect(received.status) || call.accept.contains(&received.status) {
                trip.strayed = way.strayed().cloned();
                let answer = self.answer(call, received, trip)?;
                for (from, to) in moved {
                    self.moves.learn(&from, &to);
                }
                return Ok(answer);
            }
            let next = if call.method == Method::Get {
                way.follow(received.header("location"))
            } else {
                Err("redirects a question that has a body".to_owned())
            };
            let next = next.map_err(|why| {
                let place = received.header("location").and_then(|it| url.join(it).ok());
                let place = place.map(|it| format!(" to {}", self.redactor.url(&it)));
                let what = format!(
                    "status {}: {why}{}",
                    received.status,
                    place.unwrap_or_default()
                );
                Trouble::new(Kind::Answer, what, Again::No)
            })?;
            if is_for_good(received.status) {
                moved.push((url, next.clone()));
            }
            url = next;
            if let Auth::Parameter { name, .. } = &self.settings.auth {
                // Who redirects repeats what was asked.
                url = target::without(url, name);
            }
        }
    }

    /// Sends one request. Strangers get neither the credential nor our headers, and do
    /// not count against the limit.
    fn hop(&self, call: &Call, url: &Url, trip: &mut Trip) -> Result<Received, Trouble> {
        let ours = url.origin() == self.base.origin();
        let session = match &self.session {
            Some(session) if ours => Some((session, self.logged_in(session, trip)?)),
            _ => None,
        };
        let on_the_wire = match &self.settings.auth {
            Auth::Parameter { name, value } if ours => target::with(url, name, value.expose()),
            _ => url.clone(),
        };
        let mut headers = match ours {
            true => self.headers(call, url),
            false => Vec::new(),
        };
        let token = session.as_ref().map(|(_, token)| token.clone());
        headers.extend(token.map(|it| ("authorization", it)));
        let received = self.exchange(call, &on_the_wire, headers, trip)?;
        if ours && received.status == 401 {
            let at_once = Again::After(Duration::ZERO);
            let again = |what: &str| Err(Trouble::new(Kind::Credential, what, at_once));
            let theirs = trip.exchange.server_time;
            let now = self.clock.now();
            let corrected = |it: &Hawk| it.corrects(theirs, now);
            if self.hawk.as_ref().is_some_and(corrected) {
                return again("status 401, and the clock of the service shows another time");
            }
            if let Some((session, token)) = &session {
                session.end(token);
                if !std::mem::replace(&mut trip.renewed, true) {
                    return again("status 401, and the session has ended");
                }
            }
        }
        Ok(received)
    }

    /// The header of a session that is open; logs in where there is none.
    fn logged_in(&self, session: &Session, trip: &mut Trip) -> Result<String, Trouble> {
        let log_in = || {
            let (call, url) = (session.call(), session.url());
            let received = self.exchange(call, url, Vec::new(), trip);
            // Of what is to be done with the session nothing has reached the service.
            trip.reached = false;
            let (quota, now) = (&self.settings.quota, self.clock.now());
            let received = received?;
            verdict::judge(&received, call, quota, &self.redactor, now)?;
            Ok((received.body.unwrap_or_default(), now))
        };
        session.header(self.clock.now(), log_in, |token| self.redactor.learn(token))
    }

    /// Sends one request as soon as the limit allows it, and learns what its answer says of
    /// the quota.
    fn exchange(
        &self,
        call: &Call,
        url: &Url,
        headers: Vec<(&str, String)>,
        trip: &mut Trip,
    ) -> Result<Received, Trouble> {
        let ours = url.origin() == self.base.origin();
        trip.resource = ours.then(|| self.budget.resource(url)).flatten();
        // Held until the quota is learnt, so that nobody counts on what this one takes.
        let _leave = if ours { Some(self.leave(trip)?) } else { None };
        let left = between(self.clock.now(), trip.deadline);
        if left.is_zero() {
            return Err(Trouble::new(
                Kind::Unavailable,
                "no time is left before the deadline",
                Again::No,
            ));
        }
        let request = transport::Request {
            method: call.method,
            url,
            headers,
            body: call.body.as_ref(),
            timeout: trip.timeout.min(left),
            max_bytes: self.settings.max_bytes,
        };
        let sent = self.clock.now();
        let received = self.transport.send(request);
        let now = self.clock.now();
        trip.timeout = trip.timeout.saturating_sub(between(sent, now));
        trip.reached = !received.as_ref().is_err_and(Broken::is_before_sending);
        let received = received.map_err(|broken| verdict::broken_trouble(&broken))?;
        trip.exchange.status = received.status;
        if ours {
            let quota = verdict::quota(&received, &self.settings.quota, now);
            let named = self.settings.quota.resource;
            let named = named.and_then(|name| received.header(name));
            self.budget.learn(named, trip.resource, quota);
            trip.exchange.resource = named.or(trip.resource).map(str::to_owned);
            trip.exchange.quota_limit = quota.limit.or(trip.exchange.quota_limit);
            trip.exchange.quota_left = quota.left.or(trip.exchange.quota_left);
            trip.exchange.server_time = received.header("date").and_then(http_date);
        }
        Ok(received)
    }

    /// What is said beside the question: a header of the call replaces one of the
    /// settings.
    fn headers<'a>(&'a self, call: &'a Call, url: &Url) -> Vec<(&'a str, String)> {
        let replaced = |name: &str| {
            call.headers
                .iter()
                .any(|(it, _)| it.eq_ignore_ascii_case(name))
        };
        let settings = self
            .settings
            .headers
            .iter()
            .filter(|(name, _)| !replaced(name));
        let given = settings.chain(&call.headers).chain(&self.credential);
        let given = given.map(|(name, value)| (*name, value.clone()));
        let of_any_kind = ("accept", "*/*".to_owned());
        let given = given.chain((call.raw && !replaced("accept")).then_some(of_any_kind));
        let signed = self.hawk.as_ref();
        let signed = signed.map(|it| it.header(call.method, url, self.clock.now()));
        given
            .chain(signed.map(|it| ("authorization", it)))
            .collect()
    }

    fn leave(&self, trip: &mut Trip) -> Result<Leave<'_>, Trouble> {
        match self.budget.acquire(trip.resource, trip.deadline) {
            Ok(leave) => {
                trip.waited += leave.waited;
                Ok(leave)
            }
            Err(refusal) => {
                // Nothing was sent this time.
                trip.exchange.attempts -= 1;
                Err(match refusal {
                    Refusal::Stopped => stopped(),
                    Refusal::Until(until) => Trouble::new(
                        Kind::Quota,
                        format!("the limit is used up until {}", second(until)),
                        Again::No,
                    ),
                })
            }
        }
    }

    fn answer(&self, call: &Call, received: Received, trip: &mut Trip) -> Result<Answer, Trouble> {
        trip.exchange.bytes = received.body.as_ref().map_or(0, |it| it.len() as u64);
        let now = self.clock.now();
        let json = verdict::judge(&received, call, &self.settings.quota, &self.redactor, now)?;
        let mut exchange = trip.exchange.clone();
        exchange.duration_ms = millis(between(trip.began, now));
        exchange.waited_ms = millis(trip.waited);
        // Those of an answer that is none were an error just now.
        let bytes = received.body.ok().filter(|_| call.raw).unwrap_or_default();
        let mut headers = received.headers;
        headers.retain(|(name, _)| is_kept(name));
        for (_, value) in &mut headers {
            *value = self.redactor.kept(value);
        }
        Ok(Answer {
            status: received.status,
            headers,
            json,
            bytes,
            exchange,
        })
    }

    /// Waits for the next attempt, or tells why there is none.
    fn wait(&self, mut trouble: Trouble, trip: &Trip) -> Result<(), Trouble> {
        if trouble.again == Again::No {
            return Err(trouble);
        }
        let attempts = trip.exchange.attempts;
        let time = trouble.again.wait(attempts, &self.jitter);
        let until = later(self.clock.now(), time);
        let is_limit = trouble.again.is_limit();
        if is_limit {
            // Everybody waits, whether or not this call is sent again; where the quota of
            // a resource is spent, everybody who asks that.
            let spent = matches!(trouble.again, Again::Spent(_));
            let resource = trip.resource.filter(|_| spent);
            self.budget.hold(resource, until);
        }
        let what = trouble.what.clone();
        if attempts >= self.settings.attempts {
            if attempts > 1 {
                trouble.what = format!("{what} (sent {attempts} times)");
            }
            return Err(trouble);
        }
        if until > trip.deadline {
            let until = second(until);
            trouble.what = if is_limit {
                format!("{what}: the limit is used up until {until}")
            } else {
                format!("{what}: the next attempt would be at {until}, after the deadline")
            };
            return Err(trouble);
        }
        if is_limit {
            // The next attempt waits for leave, as everybody else does.
            return Ok(());
        }
        if time.is_zero() || self.sleep.sleep(time) {
            return Ok(());
        }
        Err(stopped())
    }

    fn failure(&self, trouble: Trouble, trip: Trip) -> HttpError {
        let mut exchange = trip.exchange;
        exchange.duration_ms = millis(between(trip.began, self.clock.now()));
        exchange.waited_ms = millis(trip.waited);
        let what = self.redactor.text(&trouble.what);
        let mut text = format!("{} {}: {what}", exchange.method, exchange.url);
        if let Some(strayed) = trip.strayed {
            let place = strayed.origin().ascii_serialization();
            text = format!(
                "{text} from {place}, to where the service redirects; it gets no credential"
            );
        }
        let said = trouble.message.as_deref().unwrap_or_default();
        let meant = self.refusals.iter().find(|(words, _)| said.contains(words));
        let kind = match (trouble.kind, meant) {
            (Kind::Refused, Some((_, kind))) => *kind,
            (kind, _) => kind,
        };
        let mut error = HttpError::new(kind, text, exchange);
        error.message = trouble.message;
        error
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client")
            .field("name", &self.settings.name)
            .field("base", &self.base.as_str())
            .finish_non_exhaustive()
    }
}

fn stopped() -> Trouble {
    Trouble::new(Kind::Stopped, "stopped while waiting", Again::No)
}

/// For people: nobody needs to know it finer.
fn second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

impl Auth {
    /// Its header.
    fn header(&self) -> Option<(&'static str, String)> {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD;
        match self {
            Self::Anonymous | Self::Hawk { .. } | Self::Parameter { .. } | Self::Session(_) => None,
            Self::Basic { user, password } => {
                let pair = STANDARD.encode(format!("{user}:{}", password.expose()));
                Some(("authorization", format!("Basic {pair}")))
            }
            Self::Bearer(token) => Some(("authorization", format!("Bearer {}", token.expose()))),
            Self::Header { name, value } => Some((name, value.expose().to_owned())),
        }
    }
}
