//! The presets that ship: each is a file of `manifests/`. Of several that match a path, the
//! first counts.

/// The name of each file and its text.
pub(super) const SHIPPED: &[(&str, &str)] = &[
    ("puppeteer", include_str!("../../manifests/puppeteer.toml")),
    ("android", include_str!("../../manifests/android.toml")),
    (
        "azure-pipelines",
        include_str!("../../manifests/azure-pipelines.toml"),
    ),
    ("chromium", include_str!("../../manifests/chromium.toml")),
    (
        "chromium-never-fix",
        include_str!("../../manifests/chromium-never-fix.toml"),
    ),
    ("ci-others", include_str!("../../manifests/ci-others.toml")),
    ("commands", include_str!("../../manifests/commands.toml")),
    (
        "elasticsearch",
        include_str!("../../manifests/elasticsearch.toml"),
    ),
    (
        "expected-results",
        include_str!("../../manifests/expected-results.toml"),
    ),
    (
        "github-workflows",
        include_str!("../../manifests/github-workflows.toml"),
    ),
    ("gitlab-ci", include_str!("../../manifests/gitlab-ci.toml")),
    (
        "gitlab-fast-quarantine",
        include_str!("../../manifests/gitlab-fast-quarantine.toml"),
    ),
    ("gradle", include_str!("../../manifests/gradle.toml")),
    (
        "gtest-filter",
        include_str!("../../manifests/gtest-filter.toml"),
    ),
    ("gvisor", include_str!("../../manifests/gvisor.toml")),
    ("jenkins", include_str!("../../manifests/jenkins.toml")),
    ("jest", include_str!("../../manifests/jest.toml")),
    ("jtreg", include_str!("../../manifests/jtreg.toml")),
    (
        "list-known-failures",
        include_str!("../../manifests/list-known-failures.toml"),
    ),
    (
        "list-quarantine",
        include_str!("../../manifests/list-quarantine.toml"),
    ),
    (
        "list-skipped",
        include_str!("../../manifests/list-skipped.toml"),
    ),
    ("mocharc", include_str!("../../manifests/mocharc.toml")),
    (
        "mocharc-yaml",
        include_str!("../../manifests/mocharc-yaml.toml"),
    ),
    ("mspec", include_str!("../../manifests/mspec.toml")),
    ("nextest", include_str!("../../manifests/nextest.toml")),
    (
        "package-json",
        include_str!("../../manifests/package-json.toml"),
    ),
    ("phpunit", include_str!("../../manifests/phpunit.toml")),
    (
        "qt-blacklist",
        include_str!("../../manifests/qt-blacklist.toml"),
    ),
    ("reftest", include_str!("../../manifests/reftest.toml")),
    (
        "rspec-options",
        include_str!("../../manifests/rspec-options.toml"),
    ),
    (
        "runsettings",
        include_str!("../../manifests/runsettings.toml"),
    ),
    ("scripts", include_str!("../../manifests/scripts.toml")),
    ("sonic", include_str!("../../manifests/sonic.toml")),
    ("status", include_str!("../../manifests/status.toml")),
    ("surefire", include_str!("../../manifests/surefire.toml")),
    (
        "test-quarantine",
        include_str!("../../manifests/test-quarantine.toml"),
    ),
    ("testng", include_str!("../../manifests/testng.toml")),
    ("uutils", include_str!("../../manifests/uutils.toml")),
    (
        "uutils-unfixable",
        include_str!("../../manifests/uutils-unfixable.toml"),
    ),
    ("wpt", include_str!("../../manifests/wpt.toml")),
    ("xcscheme", include_str!("../../manifests/xcscheme.toml")),
    (
        "xctestplan",
        include_str!("../../manifests/xctestplan.toml"),
    ),
    ("ydb", include_str!("../../manifests/ydb.toml")),
    ("mozilla", include_str!("../../manifests/mozilla.toml")),
];
