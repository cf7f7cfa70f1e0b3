//! Stream `dashboards`: with what stands on them and the filters above, those in the trash and
//! those in code too.
//!
//! They cannot be sorted by when they were changed, and are read whole. Searches find none
//! that stand in the code of a model, `model::name`; a list of all has them, without their tiles.

use qaduct_http::Call;
use qaduct_records::source::{Reading, Scope, SourceError};
use qaduct_records::stream::{Deletes, Stream, gone};
use serde_json::Value as Json;

use super::{PLACE, looks, numbered, place, reading, search, single, whole};
use crate::field::Spec;
use crate::listing::Listing;
use crate::rest::{How, Inside, Rest, RestStream};
use crate::spec;

const FIELDS: &str = "id,title,description,folder,model,slug,hidden,readonly,user_id,user_name,\
    last_updater_id,query_timezone,refresh_interval,lookml_link_id,created_at,updated_at,deleted,\
    deleted_at,deleter_id,dashboard_elements,dashboard_filters";
/// Of the list of all.
const SHORT: &str = "id,title,description,folder,model,slug,hidden,readonly,user_id,\
    query_timezone,refresh_interval";

spec! {
    /// A dashboard.
    pub(super) static DASHBOARD in "looker_dashboards" key ["dashboard_id"]
    ignoring ["model", "folder", "dashboard_elements", "dashboard_filters"]
    {
        /// Its id; of one in code `model::name`.
        dashboard_id: Text = "id",
        /// Its title.
        title: Text = "title",
        /// What it is for.
        description: Text = "description",
        /// The folder that it is in, or was when it went into the trash; `lookml` is code.
        folder_id: Text = "folder.id",
        /// The model that it asks, where it is one.
        model: Text = "model.id",
        /// Its id in addresses that stay when it is copied to another Looker.
        slug: Text = "slug",
        /// Whether it is left out of lists.
        is_hidden: Bool = "hidden",
        /// Whether it cannot be changed in Looker.
        is_readonly: Bool = "readonly",
        /// Whose it is; NULL of one in code.
        user_id: Text = "user_id",
        /// The name of that user.
        person owner: Text = "user_name",
        /// Who changed it last.
        updated_by: Text = "last_updater_id",
        /// The time zone of its queries.
        time_zone: Text = "query_timezone",
        /// How often it is read again while somebody looks: `1 hour`.
        refresh_interval: Text = "refresh_interval",
        /// The one in code of which it is a copy.
        lookml_link_id: Text = "lookml_link_id",
        /// When it was made; NULL of one in code.
        created_at: Instant = "created_at",
        /// When it was changed last; NULL of one in code.
        updated_at: Instant = "updated_at",
        /// Whether it is in the trash; NULL of one in code, which is never.
        is_in_trash: Bool = "deleted",
        /// When it went there.
        trashed_at: Instant = "deleted_at",
        /// Who threw it away.
        trashed_by: Text = "deleter_id",
    }
}

spec! {
    /// A tile of a dashboard.
    static ELEMENT in "looker_dashboard_elements" key ["dashboard_id", "element_id"]
    // They hold the whole of what is shown.
    ignoring ["look", "query", "result_maker", "can", "dashboard_id", "edit_uri",
        "body_text_as_html", "note_text_as_html", "title_text_as_html", "subtitle_text_as_html"]
    {
        /// The dashboard.
        dashboard_id: ParentText = "id",
        /// Its id.
        element_id: Text = "id",
        /// Its number on the dashboard, from 0.
        nth: Ordinal = "",
        /// Its title.
        title: Text = "title",
        /// What it is: `vis`, `looker_line`, `text`.
        element_type: Text = "type",
        /// The look that it shows.
        look_id: Text = "look_id",
        /// The query that it shows.
        query_id: Text = "query_id",
        /// The merged queries that it shows.
        merge_id: Text = "merge_result_id",
        /// Text on it.
        body: Text = "body_text",
        /// What is noted at it.
        note: Text = "note_text",
    }
}

spec! {
    /// A filter of a dashboard.
    static FILTER in "looker_dashboard_filters" key ["dashboard_id", "filter_id"]
    ignoring ["can", "dashboard_id", "field", "ui_config"]
    {
        /// The dashboard.
        dashboard_id: ParentText = "id",
        /// Its id.
        filter_id: Text = "id",
        /// Its number, from 0.
        nth: Int = "row",
        /// Its name.
        name: Text = "name",
        /// Its title.
        title: Text = "title",
        /// `date_filter`, `number_filter`, `string_filter` or `field_filter`.
        filter_type: Text = "type",
        /// What it is set to at first.
        default_value: Text = "default_value",
        /// The model of its field.
        model: Text = "model",
        /// The explore of its field.
        explore: Text = "explore",
        /// Its field.
        dimension: Text = "dimension",
        /// Whether it has to be set.
        is_required: Bool = "required",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    nested: &[&ELEMENT.table, &FILTER.table],
    deletes: Deletes::Census(gone::LEFT),
    ..whole("dashboards", &DASHBOARD.table)
};
pub(super) static DASHBOARDS: RestStream = RestStream {
    nested: &[
        inside(&ELEMENT, "dashboard_elements"),
        inside(&FILTER, "dashboard_filters"),
    ],
    one: Some(|_, _, key| looks::one("dashboards", key, FIELDS)),
    census: Some(|rest, scope| match is_code(scope) {
        false => looks::census(rest, "dashboards", scope),
        true => {
            let mut keys = looks::keys(rest, "dashboards", scope, &short("id"))?;
            keys.retain(|key| is_of_code(&key[0].to_string()));
            Ok(keys)
        }
    }),
    ..reading(&CONTRACT, &DASHBOARD, How::Shaped(list, only_code))
};

const fn inside(spec: &'static Spec, path: &'static str) -> Inside {
    Inside {
        spec,
        path,
        parent: ("dashboard_id", "id"),
    }
}

fn is_code(scope: &Scope) -> bool {
    scope.text(PLACE) == place::CODE
}

/// Ids of what stands in code are told from others by this alone.
fn is_of_code(id: &str) -> bool {
    id.contains("::")
}

fn short(fields: &str) -> Listing {
    single(Call::get("dashboards").with("fields", fields))
}

#[expect(clippy::unnecessary_wraps, reason = "lists may need to ask for more")]
fn list(_rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    if is_code(&reading.scope) {
        return Ok(short(SHORT));
    }
    let call = search("dashboards/search", &reading.scope, FIELDS);
    Ok(numbered(call.with("sorts", "id")))
}

/// Of the list of all only those that searches do not find.
fn only_code(_rest: &Rest, scope: &Scope, mut items: Vec<Json>) -> Vec<Json> {
    if is_code(scope) {
        items.retain(|it| it["id"].as_str().is_some_and(is_of_code));
    }
    items
}
