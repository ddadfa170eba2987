//! One request in, one reply out: login, rights, troubles and the journal around what an action does.

use crate::actions::{self, Caller};
use crate::descriptions::{Service, file, services};
use crate::fritz_box::{FritzBox, Login, User};
use crate::lists;
use crate::login::{LEGACY_REALM, challenge, digest_user, legacy_user};
use crate::message::{self, Asked, HeaderLogin};
use crate::trouble::{TroubleKind, due};

/// The fault's name space of TR-064.
const TR064: &str = "urn:dslforum-org:control-1-0";

/// The fault's name space of `UPnP`.
const UPNP: &str = "urn:schemas-upnp-org:control-1-0";

/// What a real one sends with 401.
const UNAUTHORIZED: &str = "<HTML><HEAD><TITLE>401 Unauthorized (ERR_NONE)</TITLE></HEAD>\
    <BODY><H1>401 Unauthorized</H1><BR>ERR_NONE<HR><B>Webserver</B></BODY></HTML>";

/// A request, as HTTP tells it.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// With its query.
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: String,
    /// The address that it came from.
    pub(crate) from: String,
}

/// What goes back.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// An answer.
    Send(Vec<u8>),
    /// Half an answer, then the end.
    Half(Vec<u8>),
    /// The end.
    Cut,
    /// Nothing, and no end.
    Silence,
    /// More and more.
    Endless,
}

/// An answer before it is bytes.
struct Written {
    status: u16,
    kind: &'static str,
    challenge: Option<String>,
    body: String,
    /// For the journal.
    told: String,
}

impl Written {
    fn xml(body: String) -> Self {
        Self::new(200, "text/xml; charset=\"utf-8\"", body)
    }

    fn new(status: u16, kind: &'static str, body: String) -> Self {
        Self {
            status,
            kind,
            challenge: None,
            body,
            told: status.to_string(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let challenge = self
            .challenge
            .as_ref()
            .map(|text| format!("WWW-Authenticate: {text}\r\n"));
        format!(
            "HTTP/1.1 {} X\r\nServer: FRITZ!Box 7590 UPnP/1.0 AVM\r\nContent-Type: {}\r\n{}Content-Length: {}\r\n\r\n{}",
            self.status,
            self.kind,
            challenge.unwrap_or_default(),
            self.body.len(),
            self.body
        )
        .into_bytes()
    }
}

/// Answers a request and writes it down.
pub(crate) fn reply(fritz_box: &mut FritzBox, request: &Request) -> Reply {
    let asked = message::parse(&request.body);
    let service = services().get(&request.path);
    let service = service.filter(|service| {
        (!service.is_open() || fritz_box.has_igd)
            && !fritz_box.unknown_paths.contains(&request.path)
    });
    let what = match (service, &asked) {
        (Some(service), Some(asked)) => format!("{} {}", service.name, asked.line()),
        // What stands behind the question mark opens a session.
        _ => request
            .path
            .split('?')
            .next()
            .unwrap_or_default()
            .to_owned(),
    };
    let line = format!("{} {what}", request.method);
    let (told, reply) = replied(fritz_box, request, service.zip(asked.as_ref()), &line);
    fritz_box.journal.push(format!("{line} -> {told}"));
    reply
}

fn replied(
    fritz_box: &mut FritzBox,
    request: &Request,
    call: Option<(&Service, &Asked)>,
    line: &str,
) -> (String, Reply) {
    let user = match call {
        Some((service, asked)) if needs_login(fritz_box, service, asked) => {
            match user(fritz_box, request, asked) {
                Ok(user) => Some(user),
                Err(refused) => return (refused.told.clone(), Reply::Send(refused.bytes())),
            }
        }
        _ => None,
    };
    let trouble = due(&mut fritz_box.troubles, line);
    if let Some(told) = trouble.as_ref().and_then(instead) {
        return told;
    }
    let written = match call {
        Some((service, asked)) => called(fritz_box, request, service, asked, user.as_ref()),
        None => fetched(fritz_box, request),
    };
    let bytes = written.bytes();
    let told = |reply| (written.told.clone(), reply);
    match trouble {
        Some(TroubleKind::CutAfter) => ("done, then cut".to_owned(), Reply::Cut),
        Some(TroubleKind::CutWithin) => ("done, half told".to_owned(), Reply::Half(bytes)),
        Some(TroubleKind::Delay(delay)) => {
            // The whole box is busy: nobody else is answered either.
            let (_held, silence) = std::sync::mpsc::channel::<()>();
            let _over = silence.recv_timeout(delay);
            told(Reply::Send(bytes))
        }
        _ => told(Reply::Send(bytes)),
    }
}

/// What is told instead of doing anything.
fn instead(trouble: &TroubleKind) -> Option<(String, Reply)> {
    let xml = "text/xml; charset=\"utf-8\"";
    let send = |written: Written| Reply::Send(written.bytes());
    let page = "<!DOCTYPE html><html><body>FRITZ!Box</body></html>".to_owned();
    Some(match trouble {
        TroubleKind::CutBefore => ("cut".to_owned(), Reply::Cut),
        TroubleKind::Busy => (
            "busy".to_owned(),
            send(Written::new(503, "text/html", String::new())),
        ),
        TroubleKind::Page => (
            "a page".to_owned(),
            send(Written::new(200, "text/html", page)),
        ),
        TroubleKind::Broken => (
            "broken".to_owned(),
            send(Written::new(200, xml, "<a><b>".to_owned())),
        ),
        TroubleKind::Fault(code, words) => {
            let body = message::fault((*code, words), TR064, "");
            (format!("fault {code}"), send(Written::new(500, xml, body)))
        }
        TroubleKind::Status(status) => (
            status.to_string(),
            send(Written::new(*status, "text/html", String::new())),
        ),
        TroubleKind::Silence => ("silence".to_owned(), Reply::Silence),
        TroubleKind::Endless => ("endless".to_owned(), Reply::Endless),
        TroubleKind::Delay(_) | TroubleKind::CutAfter | TroubleKind::CutWithin => return None,
    })
}

fn needs_login(fritz_box: &FritzBox, service: &Service, asked: &Asked) -> bool {
    let is_free = [
        "GetSecurityPort",
        "X_AVM-DE_GetAnonymousLogin",
        "X_AVM-DE_GetUserList",
    ];
    fritz_box.is_interface_on && !service.is_open() && !is_free.contains(&asked.action.as_str())
}

/// Who is asking, or what they are told instead.
fn user(fritz_box: &mut FritzBox, request: &Request, asked: &Asked) -> Result<User, Written> {
    match fritz_box.login {
        Login::Digest => {
            let header = request.authorization.as_deref().unwrap_or_default();
            digest_user(fritz_box, header, &request.method, &request.path).ok_or_else(|| {
                let mut refused = Written::new(401, "text/html", UNAUTHORIZED.to_owned());
                refused.challenge = Some(challenge(fritz_box));
                refused
            })
        }
        Login::Legacy => {
            let known = match &asked.login {
                Some(HeaderLogin::Answer { user, nonce, auth }) => {
                    legacy_user(fritz_box, user, nonce, auth)
                }
                Some(HeaderLogin::Begin) | None => None,
            };
            known.ok_or_else(|| {
                let nonce = fritz_box.nonces.give(fritz_box.clock_s);
                let header = message::challenge_header(&nonce, LEGACY_REALM, false);
                let body = message::fault((503, "Auth. failed"), TR064, &header);
                let mut refused = Written::new(500, "text/xml; charset=\"utf-8\"", body);
                "fault 503".clone_into(&mut refused.told);
                refused
            })
        }
    }
}

fn called(
    fritz_box: &mut FritzBox,
    request: &Request,
    service: &Service,
    asked: &Asked,
    user: Option<&User>,
) -> Written {
    let ip = fritz_box
        .caller
        .clone()
        .unwrap_or_else(|| request.from.clone());
    let header = match (fritz_box.login, user) {
        (Login::Legacy, Some(_)) => {
            let nonce = fritz_box.nonces.give(fritz_box.clock_s);
            message::challenge_header(&nonce, LEGACY_REALM, true)
        }
        (Login::Digest, _) | (Login::Legacy, None) => String::new(),
    };
    let outcome = if fritz_box.is_interface_on || service.is_open() {
        let caller = Caller { user, ip: &ip };
        actions::answer(fritz_box, service, asked, caller).map_err(|fault| (fault, TR064))
    } else {
        Err(((401, "Invalid Action"), UPNP))
    };
    match outcome {
        Ok(values) => Written::xml(message::answer(
            &service.kind,
            &asked.action,
            &values,
            &header,
        )),
        Err((fault, space)) => {
            let body = message::fault(fault, space, &header);
            let mut written = Written::new(500, "text/xml; charset=\"utf-8\"", body);
            written.told = format!("fault {}", fault.0);
            written
        }
    }
}

fn fetched(fritz_box: &FritzBox, request: &Request) -> Written {
    let nothing = |status| {
        Written::new(
            status,
            "text/html",
            "<HTML><BODY>nothing</BODY></HTML>".to_owned(),
        )
    };
    if request.method != "GET" || (request.path == "/igddesc.xml" && !fritz_box.has_igd) {
        return nothing(404);
    }
    if let Some(text) = file(&request.path) {
        return Written::xml(text.to_owned());
    }
    match lists::list(fritz_box, &request.path) {
        Some(Ok(text)) => Written::xml(text),
        Some(Err(status)) => nothing(status),
        None => nothing(404),
    }
}
