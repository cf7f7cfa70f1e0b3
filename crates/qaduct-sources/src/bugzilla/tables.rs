//! The tables of bugs: their own fields, and one table for each list in them.

use crate::rest::Inside;
use crate::spec;

spec! {
    /// A bug. Its custom fields (`cf_…`) stand in `_extra` under their own names.
    pub(super) static BUG in "bugzilla_bugs" key ["bug_id"]
    ignoring [
        "alias", "blocks", "cc", "cc_detail", "depends_on", "duplicates", "flags", "groups",
        "keywords", "mentors", "mentors_detail", "regressed_by", "regressions", "regresses",
        "see_also", "update_token",
    ]
    {
        /// Its number.
        bug_id: Int = "id",
        /// Its title.
        summary: Text = "summary",
        /// Classification of its product.
        classification: Text = "classification",
        /// Its product.
        product: Text = "product",
        /// Its component.
        component: Text = "component",
        /// The version that it was found in.
        version: Text = "version",
        /// The milestone for which it is to be fixed; `---` is none.
        target_milestone: Text = "target_milestone",
        /// `defect`, `enhancement` or `task`; only at Mozilla.
        bug_type: Text = "type",
        /// Its severity.
        severity: Text = "severity",
        /// Its priority.
        priority: Text = "priority",
        /// Its status.
        status: Text = "status",
        /// How it was resolved; empty while it is open.
        resolution: Text = "resolution",
        /// Whether it is open.
        is_open: Bool = "is_open",
        /// Whether it was confirmed.
        is_confirmed: Bool = "is_confirmed",
        /// When it was filed.
        creation_time: Instant = "creation_time",
        /// When it was changed last, to the second.
        last_change_time: Instant = "last_change_time",
        /// The day until which it is to be done.
        deadline: Day = "deadline",
        /// The bug that it is a duplicate of.
        dupe_of: Int = "dupe_of",
        /// Free text with marks of teams.
        whiteboard: Text = "whiteboard",
        /// An address that has to do with it.
        url: Text = "url",
        /// Hardware.
        platform: Text = "platform",
        /// Operating system.
        op_sys: Text = "op_sys",
        /// Number of its comments; only at Mozilla.
        comment_count: Int = "comment_count",
        /// Number of its votes; only at Mozilla.
        votes: Int = "votes",
        /// Who filed it: login.
        person creator: Text = "creator",
        /// Number of that user.
        creator_id: Int = "creator_detail.id",
        /// Name of that user.
        person creator_real_name: Text = "creator_detail.real_name",
        /// Nickname of that user.
        person creator_nick: Text = "creator_detail.nick",
        /// To whom it is assigned: login.
        person assigned_to: Text = "assigned_to",
        /// Number of that user.
        assigned_to_id: Int = "assigned_to_detail.id",
        /// Name of that user.
        person assigned_to_real_name: Text = "assigned_to_detail.real_name",
        /// Nickname of that user.
        person assigned_to_nick: Text = "assigned_to_detail.nick",
        /// Who verifies it: login; empty if nobody.
        person qa_contact: Text = "qa_contact",
        /// Number of that user.
        qa_contact_id: Int = "qa_contact_detail.id",
        /// Name of that user.
        person qa_contact_real_name: Text = "qa_contact_detail.real_name",
        /// Nickname of that user.
        person qa_contact_nick: Text = "qa_contact_detail.nick",
        /// Who triages its component: login; only at Mozilla.
        person triage_owner: Text = "triage_owner",
        /// Number of that user.
        triage_owner_id: Int = "triage_owner_detail.id",
        /// Name of that user.
        person triage_owner_real_name: Text = "triage_owner_detail.real_name",
        /// Nickname of that user.
        person triage_owner_nick: Text = "triage_owner_detail.nick",
        /// Hours that it has taken; only for those who may see times.
        actual_time: Float = "actual_time",
        /// Hours that it should take.
        estimated_time: Float = "estimated_time",
        /// Hours that are left.
        remaining_time: Float = "remaining_time",
        /// Whether those in copy may see it although it is restricted.
        is_cc_accessible: Bool = "is_cc_accessible",
        /// Whether who filed it may see it although it is restricted.
        is_creator_accessible: Bool = "is_creator_accessible",
    }
}

spec! {
    /// A flag of a bug, such as `qe-verify+`.
    pub(super) static FLAG in "bugzilla_flags" key ["bug_id", "flag_id"] {
        /// The bug.
        bug_id: ParentInt = "id",
        /// Its number.
        flag_id: Int = "id",
        /// Its name.
        name: Text = "name",
        /// Number of its kind.
        type_id: Int = "type_id",
        /// `?` asked for, `+` granted, `-` denied.
        status: Text = "status",
        /// Who has set it: login.
        person setter: Text = "setter",
        /// Who is asked: login.
        person requestee: Text = "requestee",
        /// When it was made.
        creation_date: Instant = "creation_date",
        /// When it was changed last.
        modification_date: Instant = "modification_date",
    }
}

spec! {
    /// That a bug depends on another.
    pub(super) static DEPENDS_ON in "bugzilla_depends_on" key ["bug_id", "depends_on_id"] {
        /// The bug.
        bug_id: ParentInt = "id",
        /// What has to be done before.
        depends_on_id: Int = "",
    }
}

spec! {
    /// That a bug blocks another.
    pub(super) static BLOCKS in "bugzilla_blocks" key ["bug_id", "blocks_id"] {
        /// The bug.
        bug_id: ParentInt = "id",
        /// What waits for it.
        blocks_id: Int = "",
    }
}

spec! {
    /// That a bug has a duplicate.
    pub(super) static DUPLICATE in "bugzilla_duplicates" key ["bug_id", "duplicate_id"] {
        /// The bug.
        bug_id: ParentInt = "id",
        /// Its duplicate.
        duplicate_id: Int = "",
    }
}

spec! {
    /// That a bug was caused by another.
    pub(super) static REGRESSED_BY in "bugzilla_regressed_by" key ["bug_id", "regressed_by_id"] {
        /// The bug.
        bug_id: ParentInt = "id",
        /// What has caused it.
        regressed_by_id: Int = "",
    }
}

spec! {
    /// A keyword of a bug.
    pub(super) static KEYWORD in "bugzilla_bug_keywords" key ["bug_id", "keyword"] {
        /// The bug.
        bug_id: ParentInt = "id",
        /// The keyword.
        keyword: Text = "",
    }
}

spec! {
    /// Something else to read about a bug.
    pub(super) static SEE_ALSO in "bugzilla_see_also" key ["bug_id", "url"] {
        /// The bug.
        bug_id: ParentInt = "id",
        /// Its address.
        url: Text = "",
    }
}

spec! {
    /// A user in copy of a bug.
    pub(super) static CC in "bugzilla_cc" key ["bug_id", "ordinal"] {
        /// The bug.
        bug_id: ParentInt = "id",
        /// Place in the list, from 0.
        ordinal: Ordinal = "",
        /// The user: login.
        person login: Text = "",
    }
}

spec! {
    /// A mentor of a bug; only at Mozilla.
    pub(super) static MENTOR in "bugzilla_mentors" key ["bug_id", "ordinal"] {
        /// The bug.
        bug_id: ParentInt = "id",
        /// Place in the list, from 0.
        ordinal: Ordinal = "",
        /// The mentor: login.
        person login: Text = "",
    }
}

spec! {
    /// A group to which a bug is restricted.
    pub(super) static GROUP in "bugzilla_bug_groups" key ["bug_id", "group_name"] {
        /// The bug.
        bug_id: ParentInt = "id",
        /// Name of the group.
        group_name: Text = "",
    }
}

spec! {
    /// Another name of a bug.
    pub(super) static ALIAS in "bugzilla_aliases" key ["bug_id", "alias"] {
        /// The bug.
        bug_id: ParentInt = "id",
        /// The name.
        alias: Text = "",
    }
}

spec! {
    /// A bug that is reached from a meta bug by what it depends on.
    pub(super) static META in "bugzilla_meta" key ["root_id", "bug_id"] {
        /// The meta bug.
        root_id: Int = "root",
        /// The bug; the meta bug itself is among them.
        bug_id: Int = "bug",
        /// Steps from the meta bug, by the shortest way.
        depth: Int = "depth",
    }
}

macro_rules! inside {
    ($($spec:ident at $path:literal),* $(,)?) => {
        &[$(Inside {
            spec: &$spec,
            path: $path,
            parent: ("bug_id", "id"),
        }),*]
    };
}

/// The lists inside a bug.
pub(super) static INSIDE: &[Inside] = inside![
    FLAG at "flags",
    DEPENDS_ON at "depends_on",
    BLOCKS at "blocks",
    DUPLICATE at "duplicates",
    REGRESSED_BY at "regressed_by",
    KEYWORD at "keywords",
    SEE_ALSO at "see_also",
    CC at "cc",
    MENTOR at "mentors",
    GROUP at "groups",
    ALIAS at "alias",
];
