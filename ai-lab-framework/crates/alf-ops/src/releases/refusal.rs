//! What is told when a release is refused: each error with its class and the next command.

use std::path::Path;

use ai_lab_contract::ErrorClass;
use alf_release::{
    CollectError, IndexError, KeptError, KeyringError, OfferError, PlaceError, RepairError,
    SeenError, TrustError, UnpackError,
};

use crate::failure::Failure;

const KEYS: &str =
    "`ai-lab-framework release trust list` shows whose signatures are believed here.";
const REPAIR: &str = "`ai-lab-framework repair` unpacks it again from the kept archive.";
const ELSEWHERE: &str =
    "Get the release anew from where it is published; nothing of this one was used.";
const DISK: &str = "Look at that place: its owner, its mode, room on its disk.";

/// Why nothing of an offer is used.
pub(super) fn of_offer(error: OfferError, from: &Path) -> Failure {
    let from = from.display();
    let list = format!("`ai-lab-framework release list --from {from}` shows what there is.");
    let (class, what, hint) = match &error {
        OfferError::NoIndex(_) => (
            ErrorClass::NotFound,
            "there is nothing to choose from",
            "Name the folder that holds `index.json` with `--from`.".to_owned(),
        ),
        OfferError::Unreadable { .. } => (
            ErrorClass::Environment,
            "the releases cannot be read",
            "Is the folder whole? Copy or download it again.".to_owned(),
        ),
        OfferError::NoKeys => (
            ErrorClass::Integrity,
            "no release can be believed",
            "`ai-lab-framework release trust add NAME KEY` trusts the key of whoever makes them."
                .to_owned(),
        ),
        OfferError::Signature { source, .. } => (
            ErrorClass::Integrity,
            "not signed by whom it should be",
            of_signature(source).to_owned(),
        ),
        OfferError::Index { source, .. } => of_index(source),
        OfferError::NotListed(_) => (ErrorClass::NotFound, "there is no such release", list),
        OfferError::Withdrawn { .. } => (
            ErrorClass::Refused,
            "that release must not be used any more",
            list,
        ),
        OfferError::Digest { .. } | OfferError::Another { .. } => (
            ErrorClass::Integrity,
            "not the release that is wanted",
            ELSEWHERE.to_owned(),
        ),
        OfferError::Release { .. } => (
            ErrorClass::Incompatible,
            "that release cannot be read",
            list,
        ),
        OfferError::Platform { .. } => (
            ErrorClass::Incompatible,
            "that release is not for this machine",
            list,
        ),
    };
    Failure::caused(class, what, error).with_hint(hint)
}

const fn of_signature(error: &TrustError) -> &'static str {
    match error {
        TrustError::Unreadable(_) | TrustError::Changed { .. } => ELSEWHERE,
        TrustError::Stranger | TrustError::OutOfTime { .. } => KEYS,
    }
}

fn of_index(error: &IndexError) -> (ErrorClass, &'static str, String) {
    match error {
        IndexError::TooLong | IndexError::Unreadable(_) | IndexError::Twice(_) => (
            ErrorClass::Integrity,
            "the index cannot be used",
            ELSEWHERE.to_owned(),
        ),
        IndexError::Form(_) => (
            ErrorClass::Incompatible,
            "the index is of a later form",
            "Install the newest release by hand: `pip install --upgrade ai-lab-framework`."
                .to_owned(),
        ),
        IndexError::OutOfDate { .. } => (
            ErrorClass::Refused,
            "the index is out of date",
            "Get the newest index; `--release-sha256` takes a release that is pinned all the same."
                .to_owned(),
        ),
        IndexError::PlayedAgain { .. } => (
            ErrorClass::Integrity,
            "the index is older than one that was seen",
            ELSEWHERE.to_owned(),
        ),
    }
}

/// Why a release was not placed in the store.
pub(super) fn of_place(error: PlaceError) -> Failure {
    let (class, what, hint) = match &error {
        PlaceError::Archive { .. } => (
            ErrorClass::Integrity,
            "not the archive that is wanted",
            ELSEWHERE,
        ),
        PlaceError::Unpack(UnpackError::Write { .. }) | PlaceError::Disk { .. } => {
            (ErrorClass::Environment, "the store cannot be used", DISK)
        }
        PlaceError::Unpack(
            UnpackError::Archive(_)
            | UnpackError::Path(_)
            | UnpackError::Kind(_)
            | UnpackError::Unknown(_)
            | UnpackError::Other(_)
            | UnpackError::Missing(_),
        ) => (
            ErrorClass::Integrity,
            "the archive is not what its release says",
            ELSEWHERE,
        ),
        PlaceError::Changed { .. } => (
            ErrorClass::Integrity,
            "what is in the store was changed",
            REPAIR,
        ),
    };
    Failure::caused(class, what, error).with_hint(hint)
}

/// Why a kept release is not used.
pub(super) fn of_kept(error: KeptError) -> Failure {
    let (class, hint) = match &error {
        KeptError::None(_) | KeptError::NotThere(_) => (
            ErrorClass::NotFound,
            "`ai-lab-framework release fetch VERSION --from FOLDER` brings it again.".to_owned(),
        ),
        KeptError::OfAnother { .. } | KeptError::Changed(_) => (
            ErrorClass::Integrity,
            "`ai-lab-framework release fetch VERSION --from FOLDER` brings it again.".to_owned(),
        ),
        KeptError::Offer(_) => (ErrorClass::Integrity, KEYS.to_owned()),
        KeptError::Disk { .. } => (ErrorClass::Environment, DISK.to_owned()),
    };
    Failure::caused(class, "it cannot be told what it should be", error).with_hint(hint)
}

/// Why a release was not repaired.
pub(super) fn of_repair(error: RepairError) -> Failure {
    match error {
        RepairError::Place(error) => of_place(error),
        RepairError::NoArchive { ref version } => {
            let hint = format!(
                "`ai-lab-framework release fetch {version} --from FOLDER` brings the archive again, then repair."
            );
            Failure::caused(
                ErrorClass::NotFound,
                "there is nothing to repair it from",
                error,
            )
            .with_hint(hint)
        }
    }
}

/// Why nothing was collected.
pub(super) fn of_collect(error: CollectError) -> Failure {
    match error {
        CollectError::Kept(error) => of_kept(error),
        CollectError::Place(error) => of_place(error),
        CollectError::Used(_) => {
            Failure::caused(ErrorClass::Environment, "nothing was removed", error).with_hint(DISK)
        }
    }
}

/// Why the trusted keys cannot be read or changed.
pub(super) fn of_keys(error: KeyringError) -> Failure {
    let class = match &error {
        KeyringError::Disk { .. } => ErrorClass::Environment,
        KeyringError::Unreadable { .. } | KeyringError::TooMany(_) => ErrorClass::Config,
        KeyringError::Name(_) | KeyringError::Key(_) => ErrorClass::Usage,
        KeyringError::There(_) => ErrorClass::Conflict,
        KeyringError::Unknown(_) => ErrorClass::NotFound,
    };
    Failure::caused(class, "the trusted keys", error).with_hint(KEYS)
}

/// Why it cannot be told what was seen.
pub(super) fn of_seen(error: SeenError) -> Failure {
    let class = match &error {
        SeenError::Disk { .. } => ErrorClass::Environment,
        SeenError::Unreadable { .. } => ErrorClass::Integrity,
        SeenError::Form { .. } => ErrorClass::Incompatible,
    };
    Failure::caused(class, "it cannot be told which index was seen last", error).with_hint(
        "Restore that file from a backup; without it an old index could be played again.",
    )
}
