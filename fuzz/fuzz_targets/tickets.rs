#![no_main]
//! Tickets that a text names: each once, and no other than it names.

use libfuzzer_sys::fuzz_target;
use qaduct_fuzz::choice;
use qaduct_records::{MuteTicket, TicketSource};
use qaduct_scan::fuzzing::tickets;

const REPOSITORIES: [&str; 3] = ["github.com/acme/shop", "gitlab.com/acme/shop", "/srv/shop"];

fuzz_target!(|text: &str| {
    let repository = REPOSITORIES[usize::try_from(choice(text.as_bytes(), 3)).expect("small")];
    for source in [TicketSource::Argument, TicketSource::Reason] {
        let found = tickets(text, source, repository);
        let lower = text.to_lowercase();
        for ticket in &found {
            assert!(!ticket.key.trim().is_empty(), "{ticket:?}");
            // Its number, or all that is no number, stands in the text.
            let number = ticket
                .key
                .rsplit(['-', '#', '/', '!', ' '])
                .next()
                .unwrap_or_default();
            assert!(lower.contains(&number.to_lowercase()), "{ticket:?}");
            assert!(
                ticket.url.as_ref().is_none_or(|it| it.contains(':')),
                "{ticket:?}"
            );
        }
        let each = |found: &[MuteTicket]| format!("{found:?}");
        assert_eq!(each(&found), each(&tickets(text, source, repository)));
        let around = tickets(&format!("\n{text}\n"), source, repository);
        assert_eq!(each(&found), each(&around), "blanks around");
    }
});
