//! The client: calls services and fetches lists, logs in, and keeps to its time.

use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::connection::{Connection, Deadline};
use crate::description::{Description, Tree, parse_description};
use crate::digest::{self, Asked, authorization, parse_challenge};
use crate::http::{self, Answer, Request, own_path};
use crate::legacy::{self, hex};
use crate::soap::{self, Arguments, Envelope, parse_envelope};
use crate::user_list::last_user;
use crate::{CallError, Fault, Fingerprint, Pin, Service, services};

/// Which way to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginStyle {
    /// The digest of HTTP: every FRITZ!OS since 5.
    Digest,
    /// In the header of the call, for a router that does not offer the digest.
    Legacy,
}

/// Who logs in.
#[derive(Clone)]
pub struct Login {
    /// The user; `None` takes the one whom the router's list names last, which costs one request.
    pub user: Option<String>,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// Which router, and how it is spoken with.
#[derive(Clone, Debug)]
pub struct Target {
    /// A name or an address.
    pub host: String,
    /// 49000, or 49443 for TLS.
    pub port: u16,
    /// The certificate to insist on; `None` is without TLS.
    pub tls: Option<Pin>,
    /// The sandbox's way out; `None` connects straight.
    pub proxy: Option<SocketAddr>,
    /// Who logs in where that is asked for; `None` reads what is open to everybody.
    pub login: Option<Login>,
    /// Which way.
    pub style: LoginStyle,
    /// How long all calls together may take.
    pub budget: Duration,
}

/// What a call may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// Nothing: asked again once if the connection breaks.
    Read,
    /// Something: sent once, whatever happens.
    Write,
}

/// A conversation with a router: one connection as long as it lasts.
pub struct Router {
    target: Target,
    deadline: Deadline,
    connection: Option<Connection>,
    challenge: Option<(digest::Challenge, u32)>,
    legacy: Option<legacy::Challenge>,
    user: Option<String>,
    described: [Option<Description>; 2],
    fingerprint: Option<Fingerprint>,
    local: Option<SocketAddr>,
    requests: u32,
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

impl Router {
    /// A conversation that has not begun. Its time starts now.
    pub fn new(target: Target) -> Self {
        let deadline = Deadline {
            at: Instant::now() + target.budget,
            budget: target.budget,
        };
        let user = target.login.as_ref().and_then(|login| login.user.clone());
        Self {
            target,
            deadline,
            connection: None,
            challenge: None,
            legacy: None,
            user,
            described: [None, None],
            fingerprint: None,
            local: None,
            requests: 0,
        }
    }

    /// Gives the rest of the conversation another time, from now.
    pub fn renew(&mut self, budget: Duration) {
        self.deadline = Deadline {
            at: Instant::now() + budget,
            budget,
        };
    }

    /// Connects without sending anything: a certificate can be looked at before a login goes out.
    pub fn connect(&mut self) -> Result<(), CallError> {
        let connection = Connection::open(&self.target, self.deadline)?;
        self.local = connection.local;
        self.fingerprint = connection.fingerprint;
        self.connection = Some(connection);
        Ok(())
    }

    /// How many requests were sent so far.
    pub const fn requests(&self) -> u32 {
        self.requests
    }

    /// The certificate that the router showed; `None` before the first connection and without TLS.
    pub const fn fingerprint(&self) -> Option<Fingerprint> {
        self.fingerprint
    }

    /// This machine's address as the router sees it; `None` before the first connection and behind a proxy.
    pub const fn local(&self) -> Option<SocketAddr> {
        self.local
    }

    /// Who logged in, once somebody did.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Lets go of the connection, as after a restart.
    pub fn hang_up(&mut self) {
        self.connection = None;
    }

    /// Calls an action that changes nothing.
    pub fn read(
        &mut self,
        service: &Service,
        action: &str,
        arguments: &[(&str, &str)],
    ) -> Result<Arguments, CallError> {
        self.call(service, action, arguments, Effect::Read, None)
    }

    /// Calls an action that changes something: it is sent once. `token` is that of the second factor.
    pub fn write(
        &mut self,
        service: &Service,
        action: &str,
        arguments: &[(&str, &str)],
        token: Option<&str>,
    ) -> Result<Arguments, CallError> {
        self.call(service, action, arguments, Effect::Write, token)
    }

    /// Reads an action's answer with the second factor's token, which changes nothing by itself.
    pub fn read_with_token(
        &mut self,
        service: &Service,
        action: &str,
        token: &str,
    ) -> Result<Arguments, CallError> {
        self.call(service, action, &[], Effect::Read, Some(token))
    }

    /// Fetches a list that an answer names. Whatever host it names, the router is asked.
    pub fn fetch(&mut self, address: &str) -> Result<String, CallError> {
        let path = own_path(address)
            .ok_or_else(|| CallError::Absent("list at the address it gave".to_owned()))?;
        let request = Request {
            method: "GET",
            path,
            soap_action: None,
            body: "",
        };
        let answer = self.send(request, false, Effect::Read)?;
        xml_of(&answer, "list")
    }

    /// What the router says of itself. Fetched once.
    pub fn description(&mut self, tree: Tree) -> Result<&Description, CallError> {
        let place = match tree {
            Tree::Tr064 => 0,
            Tree::Igd => 1,
        };
        if self.described[place].is_none() {
            let request = Request {
                method: "GET",
                path: tree.path(),
                soap_action: None,
                body: "",
            };
            // Over the internet even this wants a login; in the network it never does.
            let answer = self.authorised(request, Effect::Read)?;
            let text = xml_of(&answer, tree.path())?;
            self.described[place] = Some(parse_description(&text)?);
        }
        Ok(self.described[place].get_or_insert_default())
    }

    fn call(
        &mut self,
        service: &Service,
        action: &str,
        arguments: &[(&str, &str)],
        effect: Effect,
        token: Option<&str>,
    ) -> Result<Arguments, CallError> {
        match self.call_at(service, action, arguments, effect, token) {
            // Not where it always was: the description knows, and nothing has happened yet.
            Err(CallError::Absent(_)) => {
                let tree = if is_tr064(service) {
                    Tree::Tr064
                } else {
                    Tree::Igd
                };
                let named = self.description(tree)?.of_type(&service.kind).cloned();
                let there = named.filter(|named| named.control != service.control);
                let there = there.ok_or_else(|| CallError::Absent(service.kind.to_string()))?;
                self.call_at(&there, action, arguments, effect, token)
            }
            outcome => outcome,
        }
    }

    fn call_at(
        &mut self,
        service: &Service,
        action: &str,
        arguments: &[(&str, &str)],
        effect: Effect,
        token: Option<&str>,
    ) -> Result<Arguments, CallError> {
        let is_legacy = self.target.style == LoginStyle::Legacy
            && self.target.login.is_some()
            && is_tr064(service);
        let token: Vec<String> = token.map(soap::token_header).into_iter().collect();
        if is_legacy && *service != services::SECURITY {
            return self.call_in_header(service, action, arguments, effect, &token);
        }
        let envelope = self.exchange(service, action, arguments, effect, &token)?;
        envelope.outcome.map_err(CallError::Fault)
    }

    /// Logs in within the call's own header. A wrong password is tried once; a challenge that aged, anew.
    fn call_in_header(
        &mut self,
        service: &Service,
        action: &str,
        arguments: &[(&str, &str)],
        effect: Effect,
        token: &[String],
    ) -> Result<Arguments, CallError> {
        let user = self.user_to_log_in()?;
        let password = self.password()?;
        let mut is_answered_anew = false;
        loop {
            let known = self.legacy.take();
            let was_known = known.is_some();
            let header = match &known {
                None => legacy::first_header(&user),
                Some(challenge) => legacy::answer_header(challenge, &user, &password),
            };
            let headers = [&[header], token].concat();
            let envelope = self.exchange(service, action, arguments, effect, &headers)?;
            let refused = envelope.outcome.as_ref().is_err_and(is_login_fault);
            match envelope.challenge {
                Some(challenge) if refused && !is_answered_anew => {
                    // The first answer to this very challenge is still to come.
                    is_answered_anew = true;
                    self.legacy = Some(challenge);
                }
                _ if refused && was_known => return Err(CallError::Refused { user }),
                challenge => {
                    self.legacy = challenge.filter(|challenge| challenge.is_authenticated);
                    return envelope.outcome.map_err(CallError::Fault);
                }
            }
        }
    }

    fn exchange(
        &mut self,
        service: &Service,
        action: &str,
        arguments: &[(&str, &str)],
        effect: Effect,
        headers: &[String],
    ) -> Result<Envelope, CallError> {
        let body = soap::envelope(&service.kind, action, arguments, headers);
        let soap_action = format!("{}#{action}", service.kind);
        let request = Request {
            method: "POST",
            path: &service.control,
            soap_action: Some(&soap_action),
            body: &body,
        };
        let answer = if is_tr064(service) {
            self.authorised(request, effect)?
        } else {
            self.send(request, false, effect)?
        };
        let text = xml_of(&answer, &service.kind)?;
        Ok(parse_envelope(&text, action)?)
    }

    /// Sends with what is known of the login, and once more where the router asks for one.
    fn authorised(&mut self, request: Request<'_>, effect: Effect) -> Result<Answer, CallError> {
        let answer = self.send(request, true, effect)?;
        if answer.status != 401 {
            return Ok(answer);
        }
        let text = answer.challenge.as_deref().ok_or(CallError::Status(401))?;
        let challenge = parse_challenge(text)?;
        let user = self.user_to_log_in()?;
        // No login was sent, or one to a nonce that was good before and has aged. The first answer to a new nonce is
        // right or wrong, and a wrong one is not tried again.
        self.challenge = Some((challenge, 0));
        let answer = self.send(request, true, effect)?;
        if answer.status == 401 {
            self.challenge = None;
            return Err(CallError::Refused { user });
        }
        Ok(answer)
    }

    /// The header that answers the present challenge; counts its use.
    fn header(&mut self, request: Request<'_>) -> Result<Option<String>, CallError> {
        if self.challenge.is_none() {
            return Ok(None);
        }
        let (user, password, client_nonce) =
            (self.user_to_log_in()?, self.password()?, made_up_name()?);
        let Some((challenge, count)) = &mut self.challenge else {
            return Ok(None);
        };
        *count = count.saturating_add(1);
        let asked = Asked {
            method: request.method,
            path: request.path,
            count: *count,
            client_nonce: &client_nonce,
        };
        Ok(Some(authorization(challenge, &user, &password, asked)))
    }

    fn password(&self) -> Result<String, CallError> {
        let login = self.target.login.as_ref().ok_or(CallError::NoLogin)?;
        Ok(login.password.clone())
    }

    /// Whoever is to log in; asks the router's list where nobody said.
    fn user_to_log_in(&mut self) -> Result<String, CallError> {
        self.password()?;
        if let Some(user) = &self.user {
            return Ok(user.clone());
        }
        let action = "X_AVM-DE_GetUserList";
        let body = soap::envelope(&services::SECURITY.kind, action, &[], &[]);
        let soap_action = format!("{}#{action}", services::SECURITY.kind);
        let request = Request {
            method: "POST",
            path: &services::SECURITY.control,
            soap_action: Some(&soap_action),
            body: &body,
        };
        // Open to everybody, and an old FRITZ!OS has neither the list nor names.
        let answer = self.send(request, false, Effect::Read)?;
        let listed = xml_of(&answer, "user list")
            .ok()
            .and_then(|text| parse_envelope(&text, action).ok()?.outcome.ok())
            .and_then(|list| last_user(list.text("X_AVM-DE_UserList")?));
        let user = listed.unwrap_or_else(|| "admin".to_owned());
        self.user = Some(user.clone());
        Ok(user)
    }

    /// Sends on the open connection or a new one. Only a read is sent twice, and only when the connection broke; its
    /// login is counted anew, as a router that heard the first does not take it again.
    fn send(
        &mut self,
        request: Request<'_>,
        with_login: bool,
        effect: Effect,
    ) -> Result<Answer, CallError> {
        let mut is_again = false;
        loop {
            let header = if with_login {
                self.header(request)?
            } else {
                None
            };
            let bytes = http::request(
                request,
                &self.target.host,
                self.target.port,
                header.as_deref(),
            );
            match self.send_once(&bytes) {
                Err(CallError::Lost { .. }) if effect == Effect::Read && !is_again => {
                    is_again = true;
                }
                outcome => return outcome,
            }
        }
    }

    fn send_once(&mut self, bytes: &[u8]) -> Result<Answer, CallError> {
        let mut open = self.connection.take();
        if !open.as_mut().is_some_and(Connection::is_open) {
            open = None;
        }
        let mut connection = match open {
            Some(connection) => connection,
            None => Connection::open(&self.target, self.deadline)?,
        };
        self.local = connection.local;
        self.fingerprint = connection.fingerprint.or(self.fingerprint);
        self.requests = self.requests.saturating_add(1);
        let answer = connection.exchange(bytes, self.deadline)?;
        if answer.stays {
            self.connection = Some(connection);
        }
        Ok(answer)
    }
}

fn is_tr064(service: &Service) -> bool {
    service.kind.starts_with("urn:dslforum-org:")
}

/// The older login's own refusal.
fn is_login_fault(fault: &Fault) -> bool {
    fault.code == 503
}

/// The text of an answer that is XML; what else it is, as an error. `what` says what was asked for.
fn xml_of(answer: &Answer, what: &str) -> Result<String, CallError> {
    match answer.status {
        200 | 500 if answer.content_type.contains("xml") => {
            Ok(String::from_utf8_lossy(&answer.body).into_owned())
        }
        200 | 500 => {
            let shown = answer.content_type.chars().filter(char::is_ascii_graphic);
            let shown: String = shown.take(40).collect();
            Err(CallError::NotXml(if shown.is_empty() {
                "nothing known".to_owned()
            } else {
                shown
            }))
        }
        503 => Err(CallError::Busy),
        404 => Err(CallError::Absent(what.to_owned())),
        status => Err(CallError::Status(status)),
    }
}

/// Eight random bytes in hexadecimal: what nobody else can guess.
pub fn made_up_name() -> Result<String, CallError> {
    let mut bytes = [0; 8];
    rustls::crypto::ring::default_provider()
        .secure_random
        .fill(&mut bytes)
        .map_err(|_| CallError::Tls("this machine gives no random bytes".to_owned()))?;
    Ok(hex(&bytes))
}
