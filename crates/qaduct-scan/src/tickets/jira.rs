//! Which words before a number are project keys of a Jira.
//!
//! `UTF-8` and `DCOS-8` have the same shape. What decides: where the word
//! stands, a list of words that are none, and what the repository says elsewhere.

use crate::TicketRules;

/// What a word with a number is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worth {
    /// A ticket.
    Sure,
    /// A ticket where something else says that the project exists.
    Doubtful,
    /// No ticket.
    None,
}

/// Words that stand before a hyphen and a number and are no project: encodings,
/// standards, proposals, algorithms, hardware, versions, test-case ids.
const NEVER: &[&str] = &[
    "AARCH", "AES", "AIX", "ANSI", "ARM", "ASCII", "AVX", "BASE", "BIG", "BIP", "BLAKE", "BOM",
    "C", "CENTOS", "CIE", "COVID", "CP", "CPU", "CRC", "CUDA", "CVE", "CWE", "DAY", "DEBIAN",
    "DEP", "DES", "DO", "DSA", "ECDSA", "ECMA", "ED", "EIP", "EL", "EN", "ERROR", "FEDORA", "FIPS",
    "FLIP", "FP", "GB", "GCC", "GEP", "GHSA", "GMT", "GPT", "GPU", "HMAC", "HTML", "HTTP", "IBM",
    "IEC", "IEEE", "INT", "IP", "IPV", "ISO", "JDK", "JEP", "JLS", "JSR", "KECCAK", "KEP", "KIP",
    "KOI", "LATIN", "LEVEL", "LLAMA", "LWG", "MD", "MI", "MPEG", "NEP", "NIST", "NULL", "NUMPY",
    "OPENSSL", "P", "PBKDF", "PEP", "PHP", "PI", "PKCS", "POSIX", "PY", "PYTEST", "PYTHON", "RC",
    "RFC", "RHEL", "RIPEMD", "RSA", "RTX", "SCRYPT", "SECP", "SHA", "SHIFT", "SIP", "SLES", "SM",
    "SPIP", "SQL", "SSE", "SSL", "STEP", "TC", "TEST", "TLS", "TOP", "UBUNTU", "UCS", "UNICODE",
    "UTC", "UTF", "UUID", "V", "VERSION", "WIN", "WINDOWS", "X", "XEP", "XP",
];

/// Words that stand before a hyphen and one digit and are no project: what has versions, and what
/// is counted.
const NUMBERED: &[&str] = &[
    "ANDROID", "API", "AS", "CASE", "CLANG", "CSS", "DB", "DX", "ES", "GL", "GLES", "GO", "GTK",
    "H", "IE", "IOS", "JAVA", "JS", "KOTLIN", "LINUX", "LLVM", "LUA", "MACOS", "MSVC", "NODE",
    "OS", "PART", "PERL", "PG", "PHASE", "POSTGRES", "POWER", "PPC", "PRIO", "PRIORITY", "QT",
    "REDIS", "ROUND", "RUBY", "RUST", "SCALA", "SPARK", "STAGE", "TIER", "TYPE", "USB", "VC", "VK",
    "VM", "VS", "WAVE", "XML",
];

/// Words for a ticket: what follows one of them is one.
const LEADS: &[&str] = &[
    "blocked by",
    "blocked on",
    "bug",
    "closes",
    "defect",
    "due to",
    "fixed by",
    "fixed in",
    "fixes",
    "fixme",
    "issue",
    "jira",
    "reported as",
    "reported in",
    "see",
    "see also",
    "story",
    "ticket",
    "todo",
    "tracked as",
    "tracked by",
    "tracked in",
    "tracked under",
    "tracker",
];

/// Words for a test case: what follows one of them is its id, and no ticket.
const CASES: &[&str] = &[
    "case",
    "case id",
    "polarion",
    "qtest",
    "test case",
    "test-case",
    "testcase",
    "testrail",
    "xray",
    "zephyr",
];

/// What the key is worth that stands in a text between two positions.
pub(super) fn worth(text: &str, start: usize, end: usize, rules: &TicketRules) -> Worth {
    let (before, after) = (&text[..start], &text[end..]);
    let Some((project, number)) = text[start..end].split_once('-') else {
        return Worth::None;
    };
    if cut_short(before, after) || follows(before, CASES) {
        return Worth::None;
    }
    let listed = |list: &[String]| list.iter().any(|it| it == project);
    if listed(&rules.projects) {
        return Worth::Sure;
    }
    if listed(&rules.not_projects) || is_never(project) {
        return Worth::None;
    }
    let letters = project
        .bytes()
        .all(|it| it.is_ascii_uppercase() || it == b'_');
    let long = number.len() >= 3 && letters;
    // One digit is the number of a version or of a part as well.
    let alone = match heads(before, after) {
        true => number.len() >= 2 || !is_numbered(project),
        false => number.len() >= 2 && enclosed(before, after),
    };
    match long || alone || follows(before, LEADS) || is_placeholder(project, number) {
        true => Worth::Sure,
        false => Worth::Doubtful,
    }
}

/// Whether a word is on the list of those that are no project.
pub(super) fn is_never(project: &str) -> bool {
    NEVER.binary_search(&project).is_ok()
}

/// Whether a word may stand before one digit without being a project.
pub(super) fn is_numbered(project: &str) -> bool {
    NUMBERED.binary_search(&project).is_ok()
}

/// Whether a key stands in for one that somebody was to fill in.
pub(super) fn is_placeholder(project: &str, number: &str) -> bool {
    const STAND_INS: &[&str] = &[
        "ABC", "BUG", "FIXME", "FOO", "ISSUE", "JIRA", "TBD", "TICKET", "TODO", "XXX", "XXXX",
    ];
    let zeros = number.bytes().all(|it| it == b'0');
    let counted = ["123", "1234", "12345", "999", "9999"].contains(&number);
    let never_real = ["FIXME", "TBD", "TODO", "XXX", "XXXX"].contains(&project);
    zeros || never_real || (counted && STAND_INS.contains(&project))
}

/// Whether the match is a part of something longer: `CVE-2021-1234`, `PY-3.8`, `x-ABC-1`.
fn cut_short(before: &str, after: &str) -> bool {
    let part = |it: char| it.is_alphanumeric() || it == '_';
    let joined = before
        .chars()
        .next_back()
        .is_some_and(|it| part(it) || "-./\\$%&".contains(it));
    let mut next = after.chars();
    let goes_on = match next.next() {
        Some('-' | '.') => next.next().is_some_and(|it| it.is_ascii_digit()),
        Some(it) => part(it),
        None => false,
    };
    joined || goes_on
}

/// Whether a text begins with the key and goes on after a break: `ABC-12: flaky`.
fn heads(before: &str, after: &str) -> bool {
    let breaks = after.trim_start();
    before.trim().is_empty()
        && (breaks.is_empty()
            || breaks.starts_with([':', ',', ';', '|', '/', '(', '\u{2013}', '\u{2014}', '.'])
            || breaks.starts_with("- ")
            || breaks.starts_with("-- "))
}

/// Whether the key stands alone in brackets.
fn enclosed(before: &str, after: &str) -> bool {
    let pair = before.chars().next_back().zip(after.chars().next());
    matches!(
        pair,
        Some(('(', ')' | ',' | ':') | ('[', ']' | ',' | ':') | ('<', '>') | ('`', '`'))
    )
}

/// Whether one of the words stands directly before, with `: # ( [` or the like between.
pub(super) fn follows(before: &str, words: &[&str]) -> bool {
    let before = before.trim_end_matches([' ', ':', '#', '(', '[', '=', '\t']);
    words.iter().any(|word| {
        let Some(start) = before.len().checked_sub(word.len()) else {
            return false;
        };
        let apart = !before.as_bytes()[..start]
            .last()
            .is_some_and(u8::is_ascii_alphanumeric);
        apart && before.as_bytes()[start..].eq_ignore_ascii_case(word.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(NEVER.is_sorted() && NUMBERED.is_sorted());
        assert!(LEADS.is_sorted() && CASES.is_sorted());
    }
}
