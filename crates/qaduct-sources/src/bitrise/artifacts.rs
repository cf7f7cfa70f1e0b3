//! Files that builds left. The files themselves are not read.

use qaduct_http::Call;
use qaduct_records::source::{Reading, SourceError};
use qaduct_records::stream::{Again, Count, Deletes, Finality, Parts, Stream, gone};

use super::builds::ENDED;
use super::{APP, of_app, paged, reading};
use crate::listing::Listing;
use crate::rest::{How, Rest, RestStream};
use crate::spec;

spec! {
    /// A file that a build left; the file itself is not read.
    pub(super) static ARTIFACT in "bitrise_artifacts" key ["artifact_slug"]
    ignoring ["intermediate_file_info"]
    {
        /// Its id.
        artifact_slug: Text = "slug",
        /// The app.
        app_slug: Scope("app_slug") = "",
        /// The build.
        build_slug: Scope("build_slug") = "",
        /// Its name.
        title: Text = "title",
        /// What it is: `ios-ipa`, `android-apk`, `file`.
        artifact_type: Text = "artifact_type",
        /// Its size.
        bytes: Int = "file_size_bytes",
        /// Whether it has a page that everybody may see.
        is_public: Bool = "is_public_page_enabled",
        /// What is known of the app in it, as JSON.
        meta: Json = "artifact_meta",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    name: "artifacts",
    table: &ARTIFACT.table,
    nested: &[],
    parts: Parts::Each {
        parent: "builds",
        columns: &[APP, "build_slug"],
        // They come while a build runs.
        only: Some(("status", ENDED)),
        again: Again::Changed(&["status"]),
    },
    part_columns: &["build_slug"],
    cursor: None,
    finality: Finality::Mutable,
    deletes: Deletes::Listed(gone::EXPIRED),
    count: Count::Exact,
};
pub(super) static ARTIFACTS: RestStream = reading(&CONTRACT, &ARTIFACT, How::List(artifacts));

fn artifacts(_rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    let build = reading.scope.text("build_slug");
    let path = of_app(&reading.scope, &format!("builds/{build}/artifacts"));
    Ok(paged(Call::get(path)))
}
