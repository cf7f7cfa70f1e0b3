//! The few files that decide how others are read: `.gitattributes`, `CODEOWNERS`.

use rustc_hash::FxHashMap;

use super::blobs::Blobs;
use crate::ScanError;
use crate::git::objects::Answer;
use crate::language::BlobId;

/// Larger ones are read by nobody: GitHub's limit for `CODEOWNERS` is 3 MB.
const LARGEST: usize = 8 << 20;

/// The contents of some files; without those that are missing.
pub(super) type Small = FxHashMap<BlobId, Box<[u8]>>;

/// Reads files, and fetches what a partial clone lacks of them.
pub(super) fn read(
    ids: impl IntoIterator<Item = BlobId>,
    blobs: &mut Blobs<'_>,
) -> Result<Small, ScanError> {
    let mut found = Small::default();
    let missing = each(ids.into_iter().collect(), blobs, &mut found)?;
    if blobs.fetched(&missing) {
        each(missing, blobs, &mut found)?;
    }
    Ok(found)
}

/// Reads what is there and gives back what is not.
fn each(
    ids: Vec<BlobId>,
    blobs: &mut Blobs<'_>,
    found: &mut Small,
) -> Result<Vec<BlobId>, ScanError> {
    let mut missing = Vec::new();
    let mut ids = ids.into_iter();
    let objects = blobs.objects();
    loop {
        while objects.has_room()
            && let Some(id) = ids.next()
        {
            objects.ask(id);
        }
        let Some((id, answer)) = objects.answer()? else {
            return Ok(missing);
        };
        match answer {
            Answer::Found(bytes) if bytes.len() <= LARGEST => {
                found.insert(id, bytes.into());
            }
            Answer::Missing => missing.push(id),
            Answer::Found(_) | Answer::Damaged | Answer::TooLarge(_) => {}
        }
    }
}
