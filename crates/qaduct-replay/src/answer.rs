//! An answer before it becomes bytes, and what a fault needs to know about it.

use serde_json::Value;

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
    /// Which records it lists: collection and ids.
    pub(crate) listed: Option<(&'static str, Vec<String>)>,
    /// Which records stand inside those.
    pub(crate) nested: Vec<(&'static str, Vec<String>)>,
    /// Where its next link stands, and the value that would bring this page again.
    pub(crate) here: Option<(Place, Value)>,
}

#[derive(Debug, Clone)]
pub(crate) enum Body {
    Json(Value),
    Text(&'static str, String),
    Bytes(&'static str, Vec<u8>),
}

/// Where a page says what comes next.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// The header `Link`.
    Link,
    /// A place in the body, as a JSON pointer to an object and a field of it.
    Field(&'static str, &'static str),
}

impl Answer {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Body::Json(body),
            listed: None,
            nested: Vec::new(),
            here: None,
        }
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::json(200, body)
    }

    pub(crate) fn text(status: u16, kind: &'static str, text: impl Into<String>) -> Self {
        Self {
            body: Body::Text(kind, text.into()),
            ..Self::json(status, Value::Null)
        }
    }

    /// A picture, or another thing that is no text.
    pub(crate) fn bytes_of(kind: &'static str, bytes: Vec<u8>) -> Self {
        Self {
            body: Body::Bytes(kind, bytes),
            ..Self::json(200, Value::Null)
        }
    }

    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    /// Says which records it lists.
    pub(crate) fn listing(mut self, collection: &'static str, ids: Vec<String>) -> Self {
        self.listed = Some((collection, ids));
        self
    }

    /// Says which records stand inside those that it lists.
    pub(crate) fn nesting(mut self, collection: &'static str, ids: Vec<String>) -> Self {
        if !ids.is_empty() {
            self.nested.push((collection, ids));
        }
        self
    }

    /// Says where the next link stands and what would bring this page again.
    pub(crate) fn here(mut self, place: Place, again: impl Into<Value>) -> Self {
        self.here = Some((place, again.into()));
        self
    }

    /// Lets the next link lead to this page itself.
    pub(crate) fn looping(mut self) -> Self {
        match self.here.take() {
            Some((Place::Link, again)) => {
                self.headers.retain(|(name, _)| name != "Link");
                let url = again.as_str().unwrap_or_default();
                self = self.with("Link", format!("<{url}>; rel=\"next\""));
            }
            Some((Place::Field(object, field), again)) => {
                if let Body::Json(body) = &mut self.body
                    && let Some(Value::Object(object)) = body.pointer_mut(object)
                {
                    object.insert(field.to_owned(), again);
                    if object.contains_key("isLast") {
                        object.insert("isLast".to_owned(), false.into());
                    }
                    if object.contains_key("lastPage") {
                        object.insert("lastPage".to_owned(), false.into());
                    }
                }
            }
            None => {}
        }
        self
    }

    /// Kind and bytes of the body.
    pub(crate) fn bytes(&self) -> (&'static str, Vec<u8>) {
        match &self.body {
            Body::Json(value) => (
                "application/json; charset=utf-8",
                value.to_string().into_bytes(),
            ),
            Body::Text(kind, text) => (kind, text.clone().into_bytes()),
            Body::Bytes(kind, bytes) => (kind, bytes.clone()),
        }
    }
}
