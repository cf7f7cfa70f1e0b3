//! What a request carries.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use qaduct_records::Secret;
use serde_json::Value as Json;

/// The body of a request.
#[derive(Clone, PartialEq)]
pub enum Body {
    /// A document.
    Json(Json),
    /// Names and values, as a form of a page sends them; the values may be secret.
    Form(Vec<(&'static str, Secret)>),
    /// Bytes of any kind, such as a picture or the parts of an upload.
    Bytes {
        /// Their `Content-Type`.
        content_type: String,
        /// The bytes.
        bytes: Arc<[u8]>,
    },
}

impl Body {
    /// The document, where it is one.
    pub fn json_mut(&mut self) -> Option<&mut Json> {
        match self {
            Self::Json(json) => Some(json),
            Self::Form(_) | Self::Bytes { .. } => None,
        }
    }

    /// The document, where it is one.
    #[must_use]
    pub const fn json(&self) -> Option<&Json> {
        match self {
            Self::Json(json) => Some(json),
            Self::Form(_) | Self::Bytes { .. } => None,
        }
    }

    /// Its `Content-Type`.
    pub(crate) fn content_type(&self) -> &str {
        match self {
            Self::Json(_) => "application/json",
            Self::Form(_) => "application/x-www-form-urlencoded",
            Self::Bytes { content_type, .. } => content_type,
        }
    }

    /// As it goes over the wire.
    pub(crate) fn on_the_wire(&self) -> Arc<[u8]> {
        match self {
            Self::Json(json) => json.to_string().into_bytes().into(),
            Self::Form(fields) => {
                let fields = fields.iter().map(|(name, value)| (name, value.expose()));
                let mut form = url::form_urlencoded::Serializer::new(String::new());
                form.extend_pairs(fields).finish().into_bytes().into()
            }
            Self::Bytes { bytes, .. } => Arc::clone(bytes),
        }
    }
}

impl From<Json> for Body {
    fn from(json: Json) -> Self {
        Self::Json(json)
    }
}

impl Hash for Body {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.content_type().hash(state);
        self.on_the_wire().hash(state);
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(json) => out.debug_tuple("Json").field(json).finish(),
            Self::Form(fields) => out.debug_tuple("Form").field(fields).finish(),
            // Nobody reads them, and there are many.
            Self::Bytes {
                content_type,
                bytes,
            } => write!(out, "Bytes({content_type}, {} bytes)", bytes.len()),
        }
    }
}
