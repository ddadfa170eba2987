//! Faults: what the router says it will not do, and what a person can do about it.

use std::fmt;

/// A `UPnP` error as the router sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Such as 606. Not an HTTP status: 401 is an action that is not there.
    pub code: u16,
    /// The router's words, at most 200 characters.
    pub description: String,
    /// Whether it came from the `UPnP` tree's name space, as it does when the whole interface is switched off.
    pub is_upnp: bool,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.description)
    }
}

/// What a fault means for whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// This router, line or firmware does not have it.
    Unsupported,
    /// The interface is switched off in the router.
    SwitchedOff,
    /// The user lacks a right, or the device its permission.
    NotAllowed,
    /// There is no such entry.
    NoSuchEntry,
    /// A forwarding of that port is there for another device.
    Conflict,
    /// What was asked does not fit.
    BadArgument,
    /// A person has to press a button or dial a code.
    SecondFactor,
    /// The second factor is blocked for up to an hour.
    SecondFactorBlocked,
    /// Another second factor is waited for, for up to two minutes.
    SecondFactorBusy,
    /// The router could not, this time.
    Failed,
}

/// What a fault means. `about_tr064` is whether the call went to the TR-064 tree.
pub fn meaning(fault: &Fault, about_tr064: bool) -> Meaning {
    match fault.code {
        401 if fault.is_upnp && about_tr064 => Meaning::SwitchedOff,
        401 | 403 => Meaning::Unsupported,
        402 | 600 | 801..=803 => Meaning::BadArgument,
        606 => Meaning::NotAllowed,
        713 | 714 => Meaning::NoSuchEntry,
        718 => Meaning::Conflict,
        866 => Meaning::SecondFactor,
        867 => Meaning::SecondFactorBlocked,
        868 => Meaning::SecondFactorBusy,
        _ => Meaning::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_action_and_a_switched_off_interface_are_told_apart() {
        let fault = |code, is_upnp| Fault {
            code,
            description: "Invalid Action".to_owned(),
            is_upnp,
        };
        let cases = [
            (fault(401, false), true, Meaning::Unsupported),
            (fault(401, true), true, Meaning::SwitchedOff),
            (fault(401, true), false, Meaning::Unsupported),
            (fault(403, false), true, Meaning::Unsupported),
            (fault(402, false), true, Meaning::BadArgument),
            (fault(803, false), true, Meaning::BadArgument),
            (fault(606, false), true, Meaning::NotAllowed),
            (fault(714, false), true, Meaning::NoSuchEntry),
            (fault(718, false), true, Meaning::Conflict),
            (fault(866, false), true, Meaning::SecondFactor),
            (fault(867, false), true, Meaning::SecondFactorBlocked),
            (fault(868, false), true, Meaning::SecondFactorBusy),
            (fault(820, false), true, Meaning::Failed),
        ];
        for (fault, about_tr064, expected) in cases {
            assert_eq!(meaning(&fault, about_tr064), expected, "{fault}");
        }
    }
}
