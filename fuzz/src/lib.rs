//! What a fuzz target asks of what it calls, beside that it ends.
//!
//! * [`archive`]: several files in one input; [`language`]: what is read of them.

pub mod archive;
pub mod language;

pub use libfuzzer_sys;

/// A number of this input, below `end`: what is tried with it.
#[must_use]
pub fn choice(data: &[u8], end: u64) -> u64 {
    let hash = data.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, it| {
        (hash ^ u64::from(*it)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash >> 32) % end
}

/// The same text with line ends of Windows, unless it has some.
#[must_use]
pub fn windows(text: &[u8]) -> Option<Vec<u8>> {
    let lines: Vec<&[u8]> = text.split(|it| *it == b'\n').collect();
    (!text.contains(&b'\r')).then(|| lines.join(&b"\r\n"[..]))
}

/// A target that reads files of a language; what has no name gets this one.
#[macro_export]
macro_rules! language {
    ($path:literal) => {
        $crate::libfuzzer_sys::fuzz_target!(|data: &[u8]| $crate::language::check($path, data));
    };
}
