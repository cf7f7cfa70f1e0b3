//! Why a page is not what it should be. Never holds a secret.

use qaduct_http::HttpError;
use qaduct_http::error::Kind;

use super::region::RegionError;

/// A page that was left as it was, or files of which were written before it failed.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Confluence does not do what it is asked.
    #[error("{0}")]
    Site(#[from] HttpError),
    /// It is not clear what on the page is ours.
    #[error("{0}; nothing was written")]
    Region(#[from] RegionError),
    /// A file has a name of ours and is none of ours.
    #[error("`{title}` has a file `{file}` that qaduct has not written; nothing was written")]
    Foreign {
        /// The page.
        title: String,
        /// The file.
        file: String,
    },
    /// Others write the page all the time.
    #[error("`{title}` was changed by somebody else {attempts} times in a row")]
    Busy {
        /// The page.
        title: String,
        /// How often it was tried.
        attempts: usize,
    },
    /// There is no such space, or it may not be seen.
    #[error("there is no space `{0}`, or the credential may not see it")]
    NoSpace(String),
    /// The page is gone, in the trash, or may not be seen.
    #[error("there is no page {0}, or the credential may not see it")]
    NoPage(String),
    /// The page is too long for Confluence.
    #[error("the page is too long for Confluence: {bytes} bytes; {source}")]
    TooLong {
        /// How long it is.
        bytes: usize,
        /// What Confluence says.
        source: HttpError,
    },
}

impl PageError {
    /// What to do, where it is more than to publish it again.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Region(RegionError::Unreadable(_)) => {
                "open the page in the editor of Confluence and save it"
            }
            Self::Region(_) => {
                "restore an earlier version of the page, or delete what is left of both marks and of what stood between them: it is written anew at the end"
            }
            Self::Foreign { .. } => {
                "rename or delete the file; only qaduct writes files of such names"
            }
            Self::Busy { .. } => return None,
            Self::NoSpace(_) => "compare `space` with the key in the address of the space",
            Self::NoPage(_) => {
                "compare the number with the address of the page, restore it from the trash, or lift its restriction"
            }
            Self::TooLong { .. } => "set `max_rows` of its tables, or make two pages of it",
            Self::Site(error) => match error.kind {
                Kind::Credential => "set `token` of the source to a token that is valid",
                Kind::Forbidden => {
                    "the credential needs the permission to edit the page and to attach files"
                }
                _ => return None,
            },
        })
    }

    /// The failure of the service, where it is one.
    #[must_use]
    pub const fn kind(&self) -> Option<Kind> {
        match self {
            Self::Site(error) => Some(error.kind),
            _ => None,
        }
    }
}
