//! What went wrong, in one plain sentence with its cause and where to mend it.

use ai_lab_tool::ToolFailure;
use serde_json::json;
use tr064::fault::meaning;
use tr064::{CallError, Fault, Meaning};

/// A failed read.
pub(crate) fn of_read(error: &CallError) -> ToolFailure {
    let failure = of(error);
    let is_passing = matches!(
        error,
        CallError::Connect { .. }
            | CallError::Late { .. }
            | CallError::Lost { .. }
            | CallError::Busy
    );
    if is_passing {
        failure.retryable()
    } else {
        failure
    }
}

/// A write that was not carried out: never tried again by itself.
pub(crate) fn of(error: &CallError) -> ToolFailure {
    let (kind, hint) = match error {
        CallError::Fault(fault) => return of_fault(fault),
        CallError::Connect { .. } => (
            "unreachable",
            "; look whether the router is on and `host` in the configuration is its name",
        ),
        CallError::Proxy { .. } => (
            "unreachable",
            "; grant host and port in tool.toml under `grants.hosts`",
        ),
        CallError::Late { .. } => ("late", ""),
        CallError::Lost { .. } => ("connection_lost", ""),
        CallError::Certificate { .. } => (
            "certificate_changed",
            "; nothing was sent. If the router was reset or renewed it, compare with its page under Diagnose > Sicherheit \
             and call `trust`",
        ),
        CallError::Tls(_) => (
            "no_tls",
            "; look whether the port is that of TLS, or set `tls` to false",
        ),
        CallError::Busy => (
            "busy",
            "; it also says so to whoever logs in wrong too often",
        ),
        CallError::Absent(_) => ("unsupported", ""),
        CallError::Status(_)
        | CallError::Http(_)
        | CallError::TooLong(_)
        | CallError::NotXml(_)
        | CallError::Soap(_) => ("odd_answer", ""),
        CallError::Challenge(_) => ("login_unknown", ""),
        CallError::NoLogin => (
            "no_password",
            "; `ai-lab-framework secret set router` keeps it",
        ),
        CallError::Refused { .. } => (
            "login_refused",
            ", and nothing is tried again. Name or password is wrong: look under System > FRITZ!Box-Benutzer",
        ),
    };
    let failure = ToolFailure::caused_by(kind, error).into_error();
    let failure = ToolFailure::new(failure.kind, failure.message + hint);
    match error {
        CallError::Certificate { expected, found } => failure
            .with_detail(json!({"trusted": expected.to_string(), "shown": found.to_string()})),
        _ => failure,
    }
}

/// A fault, by what it means.
fn of_fault(fault: &Fault) -> ToolFailure {
    let (kind, what) = match meaning(fault, true) {
        Meaning::Unsupported => (
            "unsupported",
            "this router, line or FRITZ!OS does not have it",
        ),
        Meaning::SwitchedOff => (
            "interface_off",
            "applications may not ask this router: switch on Heimnetz > Netzwerk > Netzwerkeinstellungen > Zugriff für \
             Anwendungen zulassen",
        ),
        Meaning::NotAllowed => (
            "not_allowed",
            "the user lacks the right, or this device its permission: look at `rights`, and in the router under System > \
             FRITZ!Box-Benutzer and Internet > Freigaben",
        ),
        Meaning::NoSuchEntry => ("no_such_entry", "there is no such entry"),
        Meaning::Conflict => ("conflict", "that port leads to another device already"),
        Meaning::BadArgument => ("bad_argument", "the router does not take that value"),
        Meaning::SecondFactor => ("second_factor", "somebody has to confirm it at the router"),
        Meaning::SecondFactorBlocked => (
            "second_factor_blocked",
            "the router takes no confirmation for up to an hour, as too many came to nothing",
        ),
        Meaning::SecondFactorBusy => (
            "second_factor_busy",
            "another confirmation is waited for: try again in two minutes",
        ),
        Meaning::Failed => ("router_failed", "the router could not do it this time"),
    };
    ToolFailure::new(kind, format!("{what} (the router says: {fault})"))
        .with_detail(json!({"code": fault.code}))
}

/// Whether an answer only says that this router has no such thing.
pub(crate) fn is_unsupported(error: &CallError) -> bool {
    match error {
        CallError::Absent(_) => true,
        CallError::Fault(fault) => match meaning(fault, true) {
            Meaning::Unsupported => true,
            Meaning::SwitchedOff
            | Meaning::NotAllowed
            | Meaning::NoSuchEntry
            | Meaning::Conflict
            | Meaning::BadArgument
            | Meaning::SecondFactor
            | Meaning::SecondFactorBlocked
            | Meaning::SecondFactorBusy
            | Meaning::Failed => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_never_called_passing() {
        let busy = CallError::Busy;
        assert!(of_read(&busy).into_error().retryable);
        assert!(!of(&busy).into_error().retryable);
        let refused = CallError::Refused {
            user: "agent".to_owned(),
        };
        assert!(!of_read(&refused).into_error().retryable);
    }

    #[test]
    fn each_fault_has_a_kind_of_its_own() {
        let kind = |code| {
            let description = "x".to_owned();
            let fault = Fault {
                code,
                description,
                is_upnp: false,
            };
            of(&CallError::Fault(fault)).into_error().kind
        };
        let cases = [
            (401, "unsupported"),
            (606, "not_allowed"),
            (714, "no_such_entry"),
            (718, "conflict"),
            (600, "bad_argument"),
            (866, "second_factor"),
            (867, "second_factor_blocked"),
            (868, "second_factor_busy"),
            (820, "router_failed"),
        ];
        for (code, expected) in cases {
            assert_eq!(kind(code), expected);
        }
        assert!(is_unsupported(&CallError::Absent("x".to_owned())));
        assert!(!is_unsupported(&CallError::Busy));
    }
}
