//! What was published where: the memory of `qaduct publish`.

use jiff::Timestamp;

use crate::table;

table! {
    /// What stands at one target of a publication: a page, an attachment, a message, an alert.
    pub struct Publication in "publications" key ["publication", "target"] {
        /// Name of the publication: `message.health`.
        pub publication: String,
        /// The target in it: `thread`, `alert crash-free fenix`.
        pub target: String,
        /// What became of it: `published`, `begun` while it is sent, `doubtful` where no
        /// answer came, `refused` where it was not taken; `firing` or `quiet` of an alert.
        pub state: String,
        /// Digest of what was published.
        pub digest: String,
        /// What the service calls it: the number of a page, the time of a message.
        pub remote_id: Option<String>,
        /// When it came into this state.
        pub since: Timestamp,
        /// When it was published last.
        pub published_at: Option<Timestamp>,
    }
}
