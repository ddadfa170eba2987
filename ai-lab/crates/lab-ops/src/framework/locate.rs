//! Which program is the lab's framework.

use std::path::PathBuf;

use ai_lab_client::{LocateError, Places, locate};
use lab_update::Layout;

use crate::Lab;

/// The program: what was named, else what is in force in the lab, else what is installed. One that is in force and gone is an
/// error, not a reason to look further.
pub(crate) fn program_of(lab: &Lab, places: &Places<'_>) -> Result<PathBuf, LocateError> {
    let is_said = places.variable.is_some_and(|value| !value.is_empty());
    let layout = Layout::of(lab.root());
    if places.named.is_some() || is_said || layout.switch().symlink_metadata().is_err() {
        return locate(places);
    }
    let program = layout.program();
    locate(&Places {
        named: Some(&program),
        ..*places
    })
}
