//! Stream `scheduled_plans`: what Looker sends by itself. To whom is not asked for: the
//! addresses are those of people, and what goes with them may be secret.

use qaduct_http::Call;
use qaduct_records::stream::Stream;

use super::{reading, single, whole};
use crate::rest::{How, RestStream};
use crate::spec;

const FIELDS: &str = "id,name,title,user_id,enabled,run_once,crontab,datagroup,timezone,look_id,\
    dashboard_id,lookml_dashboard_id,query_id,require_change,require_results,require_no_results,\
    created_at,updated_at,next_run_at,last_run_at";

spec! {
    /// A schedule of Looker: what it sends by itself, and when.
    pub(super) static PLAN in "looker_scheduled_plans" key ["plan_id"] {
        /// Its id.
        plan_id: Text = "id",
        /// Its name.
        name: Text = "name",
        /// The title of what is sent.
        title: Text = "title",
        /// Whose it is.
        user_id: Text = "user_id",
        /// Whether it is on.
        is_enabled: Bool = "enabled",
        /// Whether it was run once, when it was made.
        is_once: Bool = "run_once",
        /// When it runs, as cron writes it.
        crontab: Text = "crontab",
        /// What it waits for instead.
        datagroup: Text = "datagroup",
        /// The time zone of the cron.
        time_zone: Text = "timezone",
        /// The look that is sent.
        look_id: Text = "look_id",
        /// The dashboard that is sent.
        dashboard_id: Text = "dashboard_id",
        /// The dashboard in code that is sent.
        lookml_dashboard_id: Text = "lookml_dashboard_id",
        /// The query that is sent.
        query_id: Text = "query_id",
        /// Whether it is sent only where something changed.
        requires_change: Bool = "require_change",
        /// Whether it is sent only where there are rows.
        requires_rows: Bool = "require_results",
        /// Whether it is sent only where there are none.
        requires_no_rows: Bool = "require_no_results",
        /// When it was made.
        created_at: Instant = "created_at",
        /// When it was changed.
        updated_at: Instant = "updated_at",
        /// When it runs next.
        next_run_at: Instant = "next_run_at",
        /// When it ran last.
        last_run_at: Instant = "last_run_at",
    }
}

pub(super) static CONTRACT: Stream = whole("scheduled_plans", &PLAN.table);
pub(super) static PLANS: RestStream = reading(
    &CONTRACT,
    &PLAN,
    How::List(|_, _| {
        let call = Call::get("scheduled_plans").with("fields", FIELDS);
        Ok(single(call.with("all_users", true)))
    }),
);
