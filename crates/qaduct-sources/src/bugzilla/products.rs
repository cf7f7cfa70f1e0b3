//! Stream `products`: with their components, versions and milestones.

use qaduct_http::Call;
use qaduct_records::stream::{Count, Deletes, Finality, Parts, Stream, gone};

use super::connect;
use crate::listing::{Listing, Paging};
use crate::rest::{How, Inside, RestStream};
use crate::spec;

spec! {
    /// A product.
    pub(super) static PRODUCT in "bugzilla_products" key ["product_id"]
    ignoring ["components", "versions", "milestones"]
    {
        /// Its number.
        product_id: Int = "id",
        /// Its name, by which bugs name it.
        name: Text = "name",
        /// What it is, perhaps with HTML.
        description: Text = "description",
        /// Its classification.
        classification: Text = "classification",
        /// Whether bugs can be filed for it.
        is_active: Bool = "is_active",
        /// Whether its bugs can be unconfirmed.
        has_unconfirmed: Bool = "has_unconfirmed",
        /// Type of new bugs; only at Mozilla.
        default_bug_type: Text = "default_bug_type",
        /// Milestone of new bugs.
        default_milestone: Text = "default_milestone",
        /// Version of new bugs; only at Mozilla.
        default_version: Text = "default_version",
    }
}

spec! {
    /// A component of a product.
    pub(super) static COMPONENT in "bugzilla_components" key ["component_id"] {
        /// Its number.
        component_id: Int = "id",
        /// The product.
        product_id: ParentInt = "id",
        /// Its name, by which bugs name it.
        name: Text = "name",
        /// What it is, perhaps with HTML.
        description: Text = "description",
        /// Whether bugs can be filed for it.
        is_active: Bool = "is_active",
        /// Place among the components.
        sort_key: Int = "sort_key",
        /// The team that owns it; only at Mozilla.
        team_name: Text = "team_name",
        /// Type of new bugs; only at Mozilla.
        default_bug_type: Text = "default_bug_type",
        /// To whom new bugs are assigned: login.
        person default_assigned_to: Text = "default_assigned_to",
        /// Who verifies new bugs: login.
        person default_qa_contact: Text = "default_qa_contact",
        /// Who triages: login; only at Mozilla.
        person triage_owner: Text = "triage_owner",
        /// Flags of its bugs and attachments, as JSON.
        flag_types: Json = "flag_types",
    }
}

spec! {
    /// A version of a product.
    pub(super) static VERSION in "bugzilla_versions" key ["product_id", "name"] {
        /// The product.
        product_id: ParentInt = "id",
        /// Its name, by which bugs name it.
        name: Text = "name",
        /// Its number.
        version_id: Int = "id",
        /// Whether bugs can be filed for it.
        is_active: Bool = "is_active",
        /// Place among the versions.
        sort_key: Int = "sort_key",
    }
}

spec! {
    /// A milestone of a product.
    pub(super) static MILESTONE in "bugzilla_milestones" key ["product_id", "name"] {
        /// The product.
        product_id: ParentInt = "id",
        /// Its name, by which bugs name it.
        name: Text = "name",
        /// Its number.
        milestone_id: Int = "id",
        /// Whether bugs can be set to it.
        is_active: Bool = "is_active",
        /// Place among the milestones.
        sort_key: Int = "sort_key",
    }
}

/// What is inside of a product.
const fn inside(spec: &'static crate::field::Spec, path: &'static str) -> Inside {
    Inside {
        spec,
        path,
        parent: ("product_id", "id"),
    }
}

pub(super) static PRODUCTS: RestStream = RestStream {
    contract: &Stream {
        name: "products",
        table: &PRODUCT.table,
        nested: &[&COMPONENT.table, &VERSION.table, &MILESTONE.table],
        parts: Parts::Scopes,
        part_columns: &[],
        cursor: None,
        finality: Finality::Mutable,
        deletes: Deletes::Listed(gone::HIDDEN),
        count: Count::None,
    },
    spec: &PRODUCT,
    nested: &[
        inside(&COMPONENT, "components"),
        inside(&VERSION, "versions"),
        inside(&MILESTONE, "milestones"),
    ],
    read: How::List(|_, reading| {
        let first = Call::get("rest/product");
        Ok(Listing {
            first: match connect::product(&reading.scope) {
                Some(name) => first.with("names", name),
                None => first.with("type", "accessible"),
            },
            items: &["products"],
            paging: Paging::Single,
            total: None,
        })
    }),
    one: None,
    census: None,
    count: None,
    page: u64::MAX,
    flagged: None,
};
