//! What is wished for many assets at once, judged piece by piece.

mod certificates;

use roaring::RoaringBitmap;

pub use certificates::{CertificateWish, Certifying, Fate, certificate_of, status};

/// So many of the assets that are left, the first ones.
fn piece(rest: &RoaringBitmap, many: u32) -> RoaringBitmap {
    let mut rows = rest.clone();
    if let Some(end) = rest.select(many) {
        rows.remove_range(end..);
    }
    rows
}
