//! The frame of every call: the router, its certificate, what is remembered, and what is told beside the answer.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use ai_lab_tool::{ToolContext, ToolFailure};
use tr064::{Arguments, CallError, Fingerprint, Login, LoginStyle, Pin, Router, Service, Target};

use crate::failure;
use crate::memory::{Kept, Memory};
use crate::settings::{LoginKind, Settings};
use crate::surroundings::Surroundings;

/// The secret with the router's password.
const PASSWORD: &str = "router";

/// How many sentences an answer carries.
const NOTES: usize = 16;

/// Certificates, by router.
pub(crate) type Certificates = BTreeMap<String, String>;

/// One call's work with the router.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) router: Router,
    pub(crate) memory: Memory,
    pub(crate) settings: Settings,
    notes: Vec<String>,
}

impl Session {
    /// Adds a sentence to the answer, once.
    pub(crate) fn note(&mut self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        if self.notes.len() < NOTES && !self.notes.contains(&sentence) {
            self.notes.push(sentence);
        }
    }

    /// Takes the sentences.
    pub(crate) fn notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// Calls an action that changes nothing.
    pub(crate) fn read(
        &mut self,
        service: &Service,
        action: &str,
        arguments: &[(&str, &str)],
    ) -> Result<Arguments, ToolFailure> {
        let answer = self.router.read(service, action, arguments);
        answer.map_err(|error| failure::of_read(&error))
    }

    /// Calls an action that this router may not have, or that this user may not call: `None` and a sentence.
    pub(crate) fn try_read(
        &mut self,
        service: &Service,
        action: &str,
        what: &str,
    ) -> Result<Option<Arguments>, ToolFailure> {
        match self.router.read(service, action, &[]) {
            Ok(answer) => Ok(Some(answer)),
            Err(error @ (CallError::Fault(_) | CallError::Absent(_))) => {
                let why = failure::of(&error).into_error();
                self.note(format!("{what}: {}", why.message));
                Ok(None)
            }
            Err(error) => Err(failure::of_read(&error)),
        }
    }

    /// This machine's address as the router sees it; `None` if the sandbox hides it and nobody has said.
    pub(crate) fn own_address(&self) -> Option<IpAddr> {
        let seen = self.router.local().map(|local| local.ip());
        self.settings.own_address.or(seen)
    }
}

/// Does one call's work.
pub(crate) fn with_session<T>(
    surroundings: &Surroundings,
    context: &ToolContext,
    work: impl FnOnce(&mut Session) -> Result<T, ToolFailure>,
) -> Result<T, ToolFailure> {
    let settings: Settings = context.config_as()?;
    let memory = Memory::at(surroundings.state.clone());
    let pin = if settings.tls {
        Some(pin(&settings, &memory)?)
    } else {
        None
    };
    let password = context.secret(PASSWORD).ok();
    let target = target(surroundings, &settings, pin, password);
    let mut session = Session {
        router: Router::new(target),
        memory,
        settings,
        notes: Vec::new(),
    };
    let outcome = trust_first(&mut session, pin).and_then(|()| work(&mut session));
    let requests = session.router.requests();
    context.info(&format!(
        "{requests} requests to {}",
        session.settings.name()
    ));
    context.metric("router_requests", f64::from(requests), "");
    outcome
}

/// Where and how to connect.
pub(crate) fn target(
    surroundings: &Surroundings,
    settings: &Settings,
    pin: Option<Pin>,
    password: Option<&str>,
) -> Target {
    Target {
        host: settings.host.clone(),
        port: settings.port(),
        tls: pin,
        proxy: surroundings.proxy,
        login: password.map(|password| Login {
            user: settings.user.clone(),
            password: password.to_owned(),
        }),
        style: match settings.login {
            LoginKind::Digest => LoginStyle::Digest,
            LoginKind::Legacy => LoginStyle::Legacy,
        },
        budget: Duration::from_millis(settings.budget_ms.get()),
    }
}

/// The trusted certificate: the configured one, else the remembered one, else whichever is shown first.
fn pin(settings: &Settings, memory: &Memory) -> Result<Pin, ToolFailure> {
    let kept: Certificates = memory.read(Kept::Certificates)?;
    let named = settings
        .certificate_sha256
        .as_ref()
        .or_else(|| kept.get(&settings.name()));
    let Some(text) = named else {
        return Ok(Pin::FirstUse);
    };
    let fingerprint: Fingerprint = text
        .parse()
        .map_err(|error| ToolFailure::caused_by("invalid_config", &error))?;
    Ok(Pin::Exactly(fingerprint))
}

/// Keeps the certificate of a first connection before anything is sent on it.
fn trust_first(session: &mut Session, pin: Option<Pin>) -> Result<(), ToolFailure> {
    let Some(Pin::FirstUse) = pin else {
        return Ok(());
    };
    session
        .router
        .connect()
        .map_err(|error| failure::of_read(&error))?;
    let Some(shown) = session.router.fingerprint() else {
        return Ok(());
    };
    let name = session.settings.name();
    session
        .memory
        .change(Kept::Certificates, |kept: &mut Certificates| {
            kept.insert(name, shown.to_string());
        })?;
    session.note(format!(
        "the certificate {shown} is trusted from now on, as it was the first that this router showed"
    ));
    Ok(())
}
