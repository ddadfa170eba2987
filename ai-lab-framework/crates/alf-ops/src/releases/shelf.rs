//! What every operation on releases begins with: the store of this home, whose signatures it believes, the time.

use std::path::Path;

use ai_lab_contract::ErrorClass;
use alf_release::{Keyring, Offer, Seen, Staleness, Store, Trust};

use super::refusal::{of_keys, of_offer, of_place, of_seen};
use crate::failure::Failure;
use crate::framework::Framework;

/// The store of one home.
pub(super) struct Shelf {
    pub(super) store: Store,
    pub(super) keyring: Keyring,
    pub(super) trust: Trust,
    pub(super) now_ms: i64,
}

impl Shelf {
    pub(super) fn of(framework: &Framework) -> Result<Self, Failure> {
        let root = framework.surroundings.release_store();
        let keyring = Keyring::load(&root).map_err(of_keys)?;
        let trust = keyring
            .trust()
            .map_err(|error| Failure::caused(ErrorClass::Config, "the trusted keys", error))?;
        Ok(Self {
            store: Store::at(root),
            keyring,
            trust,
            now_ms: framework.surroundings.clock.now_ms(),
        })
    }

    /// Opens an offer and remembers its number: no older index of its key is believed from here on.
    pub(super) fn offer(&self, from: &Path, staleness: Staleness) -> Result<Offer, Failure> {
        let _held = self.store.hold().map_err(of_place)?;
        let seen = Seen::load(self.store.root()).map_err(of_seen)?;
        let offer = Offer::open(from, &self.trust, &seen, self.now_ms, staleness)
            .map_err(|error| of_offer(error, from))?;
        Seen::note(self.store.root(), offer.signer(), offer.index().counter).map_err(of_seen)?;
        Ok(offer)
    }
}
