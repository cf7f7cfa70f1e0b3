//! The data that ships: one line for each file of `frameworks/` and `manifests/`. A test
//! compares the lists with the folders.

/// The name of a file and its text.
pub(crate) type Shipped = (&'static str, &'static str);

macro_rules! shipped {
    ($folder:literal: $($name:literal,)*) => {
        &[$(($name, include_str!(concat!("../", $folder, "/", $name, ".toml")))),*]
    };
}

/// Frameworks. Where two have a form of the same name, the first counts that fits the imports.
pub(crate) const FRAMEWORKS: &[Shipped] = shipped!("frameworks":
    "junit",
    "testng",
    "junit-pioneer",
    "jvm-quarantine",
    "ginkgo",
    "go",
    "jest",
    "vitest",
    "mocha",
    "jasmine",
    "playwright",
    "cypress",
    "node-test",
    "ava",
    "tap",
    "tape",
    "qunit",
    "testcafe",
    "kotest",
    "spock",
    "scalatest",
    "specs2",
    "munit",
    "nunit",
    "xunit",
    "mstest",
    "dotnet",
    "bats",
    "boost_test",
    "c_tests",
    "catch2",
    "ctest",
    "doctest",
    "gherkin",
    "googletest",
    "lit",
    "qttest",
    "phpt",
    "robot",
    "rust",
    "rspec",
    "minitest",
    "test-unit",
    "phpunit",
    "pest",
);

/// Frameworks of Python, whose marks have rules of their own.
pub(crate) const PYTHON: &[Shipped] = shipped!("frameworks/python":
    "pytest",
    "unittest",
    "nose",
    "django",
    "xfailflake",
);

/// Lists of mutes and settings of runners. Of several that match a path, the first counts.
pub(crate) const MANIFESTS: &[Shipped] = shipped!("manifests":
    "puppeteer",
    "android",
    "azure-pipelines",
    "chromium",
    "chromium-never-fix",
    "ci-others",
    "commands",
    "elasticsearch",
    "expected-results",
    "github-workflows",
    "gitlab-ci",
    "gitlab-fast-quarantine",
    "gradle",
    "gtest-filter",
    "gvisor",
    "jenkins",
    "jest",
    "jtreg",
    "list-known-failures",
    "list-quarantine",
    "list-skipped",
    "mocharc",
    "mocharc-yaml",
    "mspec",
    "nextest",
    "package-json",
    "phpunit",
    "qt-blacklist",
    "reftest",
    "rspec-options",
    "runsettings",
    "scripts",
    "sonic",
    "status",
    "surefire",
    "test-quarantine",
    "testng",
    "uutils",
    "uutils-unfixable",
    "wpt",
    "xcscheme",
    "xctestplan",
    "ydb",
    "mozilla",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_listed() {
        for (folder, listed) in [
            ("frameworks", FRAMEWORKS),
            ("frameworks/python", PYTHON),
            ("manifests", MANIFESTS),
        ] {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            for file in std::fs::read_dir(path).unwrap() {
                let path = file.unwrap().path();
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                let is_listed = listed.iter().any(|(it, _)| *it == name);
                assert!(path.is_dir() || is_listed, "{folder}/{name} is not listed");
            }
        }
    }
}
