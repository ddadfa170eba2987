//! The contract of this framework: the committed snapshot, under the version that it was built as.

use alf_compat::Contract;

use crate::framework::FRAMEWORK_VERSION;

/// The snapshot; a test of the command line makes it anew and compares.
const SNAPSHOT: &str = include_str!("../../../../contract.json");

/// What this version promises.
#[expect(clippy::missing_panics_doc, reason = "a test reads the same text")]
pub fn own_contract() -> Contract {
    let mut contract = Contract::read(SNAPSHOT.as_bytes()).expect("because a test reads it too");
    contract.version = FRAMEWORK_VERSION
        .parse()
        .expect("because Cargo takes no other version");
    contract
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_snapshot_is_a_contract_and_has_this_version() {
        assert_eq!(own_contract().version.to_string(), FRAMEWORK_VERSION);
        assert!(
            alf_compat::Area::ALL
                .iter()
                .all(|area| own_contract().has(*area))
        );
    }
}
