//! A plain client, and the server it asks.

use std::time::Duration;

use qaduct_replay::{Fault, Options, Server, World};
use serde_json::Value;

/// An answer.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A server with faults over a world.
pub(crate) fn serve(world: World, faults: &[&str]) -> Server {
    let faults: Vec<Fault> = faults.iter().map(|it| it.parse().unwrap()).collect();
    let options = Options {
        faults,
        drip: Duration::from_millis(5),
        ..Options::default()
    };
    Server::start(world, options).unwrap()
}

/// Sends a request (`QUICK`: a GET that waits for 200 ms); an error where no whole answer came.
pub(crate) fn send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Result<Got, String> {
    let body = body.map(ToString::to_string).unwrap_or_default();
    send_bytes(method, url, headers, body.into_bytes())
}

/// Sends a request with a body that is no JSON.
pub(crate) fn send_bytes(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Result<Got, String> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_millis(200)).filter(|_| method == "QUICK"))
        .build()
        .into();
    let method = if method == "QUICK" { "GET" } else { method };
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(body).unwrap();
    let mut response = agent.run(request).map_err(|it| it.to_string())?;
    let bytes = response
        .body_mut()
        .with_config()
        .limit(1 << 30)
        .read_to_vec();
    let bytes = bytes.map_err(|it| it.to_string())?;
    let headers = response.headers().iter();
    Ok(Got {
        status: response.status().as_u16(),
        headers: headers
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect(),
        text: String::from_utf8(bytes).map_err(|it| it.to_string())?,
    })
}
