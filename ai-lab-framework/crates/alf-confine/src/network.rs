//! A network of the tool's own, in which there is nothing but the framework's proxy.

use crate::sys::{self, Descriptor, Errno};

/// How many connections may wait at the listener until the proxy takes them.
const WAITING: i32 = 64;

/// Opens the one door of the own network: a listener on its loopback, which goes through the gate to the framework.
///
/// Returns once the framework serves it. Nothing of listener and gate is left to whoever comes after.
pub(crate) fn open_door(gate: &Descriptor, port: u16) -> Result<(), Errno> {
    sys::raise_loopback()?;
    let listener = sys::listen(port, WAITING)?;
    sys::pass_on(gate, &listener)?;
    sys::wait_for_word(gate)
}
