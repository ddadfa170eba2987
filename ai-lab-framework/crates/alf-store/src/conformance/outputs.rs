//! Facts about kept outputs.

use ai_lab_contract::Profile;

use crate::output::{OutputError, OutputRef};
use crate::store::Store;

const WORKS: &str = "because the store works";

pub(super) fn what_is_kept_is_read_back_by_its_digest(store: &dyn Store) {
    let big = "{\"text\":\"Küche\"}".repeat(30_000);
    let kept = store
        .keep_output(big.as_bytes(), Profile::Standard)
        .expect(WORKS);
    assert_eq!(kept.bytes(), big.len() as u64);
    // The same again is the same file.
    let again = store
        .keep_output(big.as_bytes(), Profile::Production)
        .expect(WORKS);
    assert_eq!(again, kept);
    assert_eq!(store.read_output(&kept).expect(WORKS), big.as_bytes());
    assert_eq!(store.whole_text(&kept.to_string()).expect(WORKS), big);
    for text in ["{}", "", "@", "@sha256:x:1"] {
        assert_eq!(store.whole_text(text).expect(WORKS), text);
    }
    let other = OutputRef::new("0".repeat(64), 1);
    assert!(matches!(
        store.read_output(&other),
        Err(OutputError::Gone(_))
    ));
    let bytes = store.keep_output(&[0xFF], Profile::Standard).expect(WORKS);
    assert!(matches!(
        store.whole_text(&bytes.to_string()),
        Err(OutputError::NoText(_))
    ));
    assert_eq!(store.collect_outputs(0).expect(WORKS).files, 0);
}
