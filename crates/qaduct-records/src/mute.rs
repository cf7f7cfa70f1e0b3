//! Mutes: what silences a test, as declared in the code, and since when we see it.
//!
//! Three tables. [`Declaration`] is what a file says: immutable, named by its
//! content, shared by all branches that hold it. [`MuteTicket`] are the tickets
//! it names. [`Mute`] is one unbroken time during which a branch carried it.

use jiff::{Timestamp, civil::Date};

use crate::digest::digest;
use crate::{table, words};

words! {
    /// How a declaration mutes.
    pub enum Kind {
        /// The test does not run.
        Skip = "skip",
        /// The test does not run where a condition holds.
        CondSkip = "cond_skip",
        /// The test runs; its failure does not count, and neither does its success.
        Xfail = "xfail",
        /// The test must fail; a success is a failure.
        XfailStrict = "xfail_strict",
        /// Expected to fail and therefore not run, or not run to the end.
        XfailNorun = "xfail_norun",
        /// The test is repeated until it passes.
        FlakyRetry = "flaky_retry",
        /// The test runs apart from the others, or its result is not counted.
        Quarantine = "quarantine",
        /// A test that is still to be written.
        Todo = "todo",
        /// Renamed so that the framework does not find it.
        DisabledByName = "disabled_by_name",
        /// Left out by a configuration file or a command line.
        ExcludedByConfig = "excluded_by_config",
        /// All other tests are silenced by the focus on this one.
        Focus = "focus",
        /// Runs only when somebody asks for it by name.
        Explicit = "explicit",
        /// A known issue inside a test that goes on.
        KnownIssue = "known_issue",
    }
}

words! {
    /// How much a declaration mutes.
    pub enum Scope {
        /// One test, with all of its parameters.
        Test = "test",
        /// One parameter of a test.
        ParamCase = "param_case",
        /// A class or suite and what is inside.
        Class = "class",
        /// A module or file.
        Module = "module",
        /// Every test that uses a fixture.
        Fixture = "fixture",
        /// Whatever a hook of the framework selects at run time.
        Hook = "hook",
        /// A folder.
        Dir = "dir",
        /// A build target or assembly.
        Target = "target",
        /// Everything.
        Global = "global",
    }
}

words! {
    /// What a mute is for.
    pub enum Intent {
        /// A test that should run and does not: flaky, broken, not finished.
        Debt = "debt",
        /// A test that has no meaning on this system, architecture or version.
        Platform = "platform",
        /// A test that needs what is not there: a service, a variable, a package.
        Environment = "environment",
        /// A test that is kept out on purpose: slow, by hand, by design.
        Intentional = "intentional",
        /// Neither the condition nor the reason tells.
        Unknown = "unknown",
    }
}

words! {
    /// How sure we are that the declaration is what we say.
    pub enum Confidence {
        /// Written out in full.
        Exact = "exact",
        /// Named by an alias or constant that was followed to its definition.
        ResolvedAlias = "resolved_alias",
        /// Recognised by its name alone.
        Heuristic = "heuristic",
    }
}

words! {
    /// Where a ticket was found.
    pub enum TicketSource {
        /// In an argument that carries a ticket.
        Argument = "argument",
        /// In the text of the reason.
        Reason = "reason",
        /// In the name of the test.
        Name = "name",
        /// In a comment directly above the declaration.
        CommentAbove = "comment_above",
        /// In a comment at the end of a line of the declaration.
        CommentTrailing = "comment_trailing",
        /// In a comment that heads a section of a list.
        SectionComment = "section_comment",
        /// In another annotation of the same test.
        Annotation = "annotation",
        /// In the documentation of the test.
        Docstring = "docstring",
        /// In the body of the test.
        Body = "body",
    }
}

words! {
    /// Why an interval began or ended.
    pub enum Cause {
        /// The branch was scanned for the first time: nobody knows when the mute came.
        Baseline = "baseline",
        /// The code of the branch changed.
        Commit = "commit",
        /// The code did not decide it: the rules of the scan had changed.
        Rules = "rules",
        /// The branch disappeared.
        Branch = "branch",
    }
}

table! {
    /// A mute as a file declares it: what is silenced, how, why, and under which ticket.
    ///
    /// Rows are immutable and named by their content; every branch that holds
    /// the same declaration shares the row.
    pub struct Declaration in "mute_declarations" key ["declaration_id"] {
        /// Digest of all other columns and of the tickets.
        pub declaration_id: String,
        /// Repository, as `host/owner/name` or as a path.
        pub repository: String,
        /// File, from the root of the repository, with forward slashes.
        pub path: String,
        /// Classes or suites around the test, outermost first, joined by `::`; empty where there is none.
        pub container: String,
        /// Name of the test; empty where the declaration mutes a whole class or file.
        pub test: String,
        /// Id or index of the parameter, where only one parameter is muted.
        pub param: Option<String>,
        /// The test as its framework writes it: `path::container::test[param]`.
        pub test_id: String,
        /// First line of the declaration, counted from 1.
        pub line_start: i64,
        /// Last line of the declaration.
        pub line_end: i64,
        /// Programming language.
        pub language: String,
        /// Test framework.
        pub framework: String,
        /// The form of the declaration, such as `pytest.mark.skipif`.
        pub form: String,
        /// The name under which the code uses the form, where that is an alias such as `common.xfailflake`.
        pub alias: Option<String>,
        /// How it mutes: `skip`, `cond_skip`, `xfail`, `xfail_strict`, `xfail_norun` and others.
        pub kind: Kind,
        /// How much it mutes: `test`, `param_case`, `class`, `module`, `fixture`, `hook` and others.
        pub scope: Scope,
        /// The condition as written, where there is one.
        pub condition: Option<String>,
        /// Operating systems that the condition names: `windows`, `!linux`, joined by a comma and a space.
        pub condition_os: Option<String>,
        /// Processor architectures that the condition names.
        pub condition_arch: Option<String>,
        /// Versions that the condition compares: `python < 3.8`.
        pub condition_version: Option<String>,
        /// Environment variables that the condition asks for.
        pub condition_env: Option<String>,
        /// Features, packages and build settings that the condition asks for.
        pub condition_feature: Option<String>,
        /// What the mute is for: `debt`, `platform`, `environment`, `intentional` or `unknown`; NULL where an older version scanned.
        pub intent: Option<Intent>,
        /// Whether the body of the test still runs.
        pub runs: bool,
        /// Whether a success of an expected failure fails the run; NULL where that has no meaning.
        pub strict: Option<bool>,
        /// What decided `strict`: `mark`, `config` or `default`.
        pub strict_source: Option<String>,
        /// Why, in the words of the code.
        pub reason: Option<String>,
        /// The first ticket, in the order of where tickets are looked for.
        pub ticket: Option<String>,
        /// All tickets, joined by a comma and a space.
        pub tickets: Option<String>,
        /// The day since when, where the declaration names one.
        pub since_declared: Option<Date>,
        /// The text of that day as written, also where it is no date.
        pub since_text: Option<String>,
        /// The day until when, where the declaration names one.
        pub until_declared: Option<Date>,
        /// The text of that day as written, also where it is no date.
        pub until_text: Option<String>,
        /// Who answers for it, where the declaration names somebody.
        pub owner_declared: Option<String>,
        /// Whether the name of what is muted is only known at run time.
        pub dynamic: bool,
        /// Whether it silences anything at all.
        pub effective: bool,
        /// Why it silences nothing, where it does not.
        pub ineffective_because: Option<String>,
        /// How it was recognised: `exact`, `resolved_alias` or `heuristic`.
        pub confidence: Confidence,
        /// Whether the parser found errors in the file.
        pub partly_parsed: bool,
    }
}

table! {
    /// A ticket that a declaration names.
    pub struct MuteTicket in "mute_tickets" key ["declaration_id", "position"] {
        /// The declaration.
        pub declaration_id: String,
        /// Rank among the tickets of the declaration, from 0.
        pub position: i64,
        /// Kind of tracker: `jira`, `github`, `gitlab`, `bugzilla` and others.
        pub tracker: String,
        /// The ticket as people write it: `DCOS-1234`, `#12`, `owner/repo#12`, `bug 1444703`.
        pub key: String,
        /// Its address, where the code gives one.
        pub url: Option<String>,
        /// Where it was found.
        pub source: TicketSource,
        /// Whether it looks like a stand-in, such as `JIRA-0000`.
        pub placeholder: bool,
    }
}

table! {
    /// One unbroken time during which a branch carried a mute, as our scans saw it.
    pub struct Mute in "mutes" key ["repository", "branch", "group_id", "nth"] {
        /// Repository.
        pub repository: String,
        /// Branch.
        pub branch: String,
        /// Digest of what is muted and how: path, container, test, parameter, scope and form.
        pub group_id: String,
        /// Number of this time among all times of the same group on this branch, from 1.
        pub nth: i64,
        /// The declaration as it stood last.
        pub declaration_id: String,
        /// Why it began: `commit` is a test newly muted; `baseline` and `rules` are not.
        pub opened_by: Cause,
        /// When a scan saw it first.
        pub first_seen_at: Timestamp,
        /// The commit of that scan.
        pub first_seen_commit: String,
        /// When the newest state of the branch that carried it was scanned; NULL while it is there, see `v_mutes`.
        pub last_seen_at: Option<Timestamp>,
        /// The commit at which it was seen last; NULL while it is there.
        pub last_seen_commit: Option<String>,
        /// Why it ended, `commit`, `rules` or `branch`; NULL while it is there.
        pub closed_by: Option<Cause>,
        /// When a scan saw that it is gone; NULL while it is there.
        pub gone_at: Option<Timestamp>,
        /// The commit at which it was gone; NULL where the branch itself disappeared.
        pub gone_commit: Option<String>,
    }
}

impl Kind {
    /// Whether the body of a test runs that is muted so, where nothing else is said.
    #[must_use]
    pub fn runs(self) -> bool {
        matches!(
            self,
            Self::Xfail
                | Self::XfailStrict
                | Self::FlakyRetry
                | Self::Quarantine
                | Self::Focus
                | Self::KnownIssue
        )
    }
}

impl Declaration {
    /// A test that pytest skips, and nothing else said of it.
    #[must_use]
    pub fn skip(repository: &str, path: &str, test: &str) -> Self {
        Self {
            declaration_id: String::new(),
            repository: repository.to_owned(),
            path: path.to_owned(),
            container: String::new(),
            test: test.to_owned(),
            param: None,
            test_id: String::new(),
            line_start: 1,
            line_end: 1,
            language: "python".to_owned(),
            framework: "pytest".to_owned(),
            form: "pytest.mark.skip".to_owned(),
            alias: None,
            kind: Kind::Skip,
            scope: Scope::Test,
            condition: None,
            condition_os: None,
            condition_arch: None,
            condition_version: None,
            condition_env: None,
            condition_feature: None,
            intent: None,
            runs: false,
            strict: None,
            strict_source: None,
            reason: None,
            ticket: None,
            tickets: None,
            since_declared: None,
            since_text: None,
            until_declared: None,
            until_text: None,
            owner_declared: None,
            dynamic: false,
            effective: true,
            ineffective_because: None,
            confidence: Confidence::Exact,
            partly_parsed: false,
        }
    }

    /// The test in pytest's manner: `path::container::test[param]`, without the parts it has not.
    #[must_use]
    pub fn node_id(path: &str, container: &str, test: &str, param: Option<&str>) -> String {
        let mut id = path.to_owned();
        for part in [container, test] {
            if !part.is_empty() {
                id.push_str("::");
                id.push_str(part);
            }
        }
        if let Some(param) = param {
            id.push('[');
            id.push_str(param);
            id.push(']');
        }
        id
    }

    /// Names the declaration by its content and that of its tickets, and fills
    /// `ticket`, `tickets` and `test_id`; the tickets get the name and their rank.
    pub fn seal(&mut self, tickets: &mut [MuteTicket]) {
        self.test_id = Self::node_id(
            &self.path,
            &self.container,
            &self.test,
            self.param.as_deref(),
        );
        let mut keys: Vec<&str> = Vec::new();
        for ticket in tickets.iter() {
            if !keys.contains(&ticket.key.as_str()) {
                keys.push(&ticket.key);
            }
        }
        self.ticket = keys.first().map(|&key| key.to_owned());
        self.tickets = (!keys.is_empty()).then(|| keys.join(", "));

        let (start, end) = (self.line_start.to_string(), self.line_end.to_string());
        let flags = format!(
            "{}{}{}{}{:?}",
            self.runs, self.dynamic, self.effective, self.partly_parsed, self.strict
        );
        let since = self.since_declared.map(|day| day.to_string());
        let until = self.until_declared.map(|day| day.to_string());
        let mut parts = vec![
            Some(self.repository.as_str()),
            Some(&self.test_id),
            Some(&self.path),
            Some(&self.container),
            Some(&self.test),
            self.param.as_deref(),
            Some(&start),
            Some(&end),
            Some(&self.language),
            Some(&self.framework),
            Some(&self.form),
            self.alias.as_deref(),
            Some(self.kind.as_str()),
            Some(self.scope.as_str()),
            self.condition.as_deref(),
            self.condition_os.as_deref(),
            self.condition_arch.as_deref(),
            self.condition_version.as_deref(),
            self.condition_env.as_deref(),
            self.condition_feature.as_deref(),
            self.intent.map(Intent::as_str),
            Some(&flags),
            self.strict_source.as_deref(),
            self.reason.as_deref(),
            since.as_deref(),
            self.since_text.as_deref(),
            until.as_deref(),
            self.until_text.as_deref(),
            self.owner_declared.as_deref(),
            self.ineffective_because.as_deref(),
            Some(self.confidence.as_str()),
        ];
        for ticket in tickets.iter() {
            parts.extend([
                Some(ticket.tracker.as_str()),
                Some(&ticket.key),
                ticket.url.as_deref(),
                Some(ticket.source.as_str()),
                Some(if ticket.placeholder {
                    "placeholder"
                } else {
                    ""
                }),
            ]);
        }
        self.declaration_id = digest(parts);
        for (position, ticket) in (0..).zip(tickets) {
            ticket.declaration_id.clone_from(&self.declaration_id);
            ticket.position = position;
        }
    }

    /// What is muted and how, whatever the words: see [`Mute::group_id`].
    #[must_use]
    pub fn group_id(&self) -> String {
        digest([
            Some(self.path.as_str()),
            Some(&self.container),
            Some(&self.test),
            self.param.as_deref(),
            Some(self.scope.as_str()),
            Some(&self.form),
        ])
    }
}
