//! The same service over streamable HTTP: for clients on this machine, and for others where a person said so.
//!
//! The protocol is the SDK's. Here is the door before it: one path, a token on every request, no page of another
//! origin, so many connections, sessions and requests, and a body that is all there.

mod body;
mod head;
mod numbers;
mod owners;

use std::collections::HashSet;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use alf_ops::{TokenScope, authenticate};
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use self::head::Refused;
use self::numbers::Numbers;
use self::owners::Owners;
use crate::lab::Lab;
use crate::limits::{BODY_BYTES, CONNECTIONS, HEAD_WITHIN, HTTP_SESSIONS};
use crate::rate::Rates;
use crate::server::LabServer;

/// The one path.
pub(crate) const PATH: &str = "/mcp";

type Body = BoxBody<Bytes, Infallible>;

/// The door and what lies behind it.
#[derive(Clone)]
struct Door {
    lab: Arc<Lab>,
    sessions: Arc<LocalSessionManager>,
    rates: Arc<Rates>,
    owners: Arc<Owners>,
    numbers: Numbers,
    service: StreamableHttpService<LabServer, LocalSessionManager>,
}

/// Accepts until `stop` is cancelled; then nothing of a connection goes on.
pub(crate) async fn accept(
    lab: Arc<Lab>,
    listener: TcpListener,
    hosts: Vec<String>,
    stop: CancellationToken,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let door = Door::new(lab, address, hosts, stop.child_token());
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => return Ok(()),
        };
        // A connection that broke off before it was accepted is its own affair.
        let Ok((stream, _)) = accepted else { continue };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            continue;
        };
        let (door, stop) = (door.clone(), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = serve(door, stream) => {}
                () = stop.cancelled() => {}
            }
            drop(place);
        });
    }
}

async fn serve(door: Door, stream: TcpStream) {
    // Small answers leave at once: waiting for more to send costs 40 ms each.
    let _told = stream.set_nodelay(true);
    let answered = service_fn(move |request| {
        let door = door.clone();
        async move { Ok::<_, Infallible>(door.answer(request).await) }
    });
    // How it ends is the client's affair.
    let _ended = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .serve_connection(TokioIo::new(stream), answered)
        .await;
}

impl Door {
    fn new(
        lab: Arc<Lab>,
        address: SocketAddr,
        hosts: Vec<String>,
        stop: CancellationToken,
    ) -> Self {
        let port = address.port();
        let mut allowed = vec![
            "localhost".to_owned(),
            "127.0.0.1".to_owned(),
            "::1".to_owned(),
        ];
        if !address.ip().is_unspecified() {
            allowed.push(address.ip().to_string());
        }
        allowed.extend(hosts);
        // Whoever comes from a page comes from one of this very port, where there is none: every other is a stranger's.
        let origins = allowed.iter().map(|host| format!("http://{host}:{port}"));
        let config = StreamableHttpServerConfig::default()
            .with_allowed_origins(origins.collect::<Vec<_>>())
            .enforce_origin_validation()
            .with_allowed_hosts(allowed)
            .with_json_response(true)
            .with_max_request_body_bytes(BODY_BYTES)
            .with_cancellation_token(stop);
        let sessions = Arc::new(LocalSessionManager::default());
        let served = Arc::clone(&lab);
        let service = StreamableHttpService::new(
            move || Ok(LabServer::new(Arc::clone(&served))),
            Arc::clone(&sessions),
            config,
        );
        Self {
            lab,
            sessions,
            rates: Arc::default(),
            owners: Arc::default(),
            numbers: Numbers::default(),
            service,
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        match self.let_in(&request).await {
            Ok(scope) => {
                let passed = self.pass_on(request, scope).await;
                passed.unwrap_or_else(|refused| told(refused.0, refused.1))
            }
            Err(response) => *response,
        }
    }

    /// Who asks, if a request may go on by its head.
    async fn let_in(&self, request: &Request<Incoming>) -> Result<TokenScope, Box<Response<Body>>> {
        let refuse = |status, text| Box::new(told(status, text));
        head::is_plain(request).map_err(|refused| refuse(refused.0, refused.1))?;
        let headers = request.headers();
        let Some(scope) = self.scope(headers).await else {
            let mut response = refuse(
                StatusCode::UNAUTHORIZED,
                "send a token: `ai-lab-framework mcp token create NAME` makes one",
            );
            let asked = http::HeaderValue::from_static("Bearer realm=\"ai-lab\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, asked);
            return Err(response);
        };
        if !self.rates.takes(&scope.name) {
            let mut response = refuse(
                StatusCode::TOO_MANY_REQUESTS,
                "more requests than this token may make",
            );
            let soon = http::HeaderValue::from_static("1");
            response.headers_mut().insert(RETRY_AFTER, soon);
            return Err(response);
        }
        if !self.owners.lets(headers, &scope.name) {
            return Err(refuse(StatusCode::NOT_FOUND, "no such session"));
        }
        if self.would_begin_too_many(headers).await {
            let full = "too many sessions are open";
            return Err(refuse(StatusCode::SERVICE_UNAVAILABLE, full));
        }
        Ok(scope)
    }

    /// Hands a request to the SDK with all of its body.
    async fn pass_on(
        &self,
        request: Request<Incoming>,
        scope: TokenScope,
    ) -> Result<Response<Body>, Refused> {
        let (mut head, body) = request.into_parts();
        let body = body::whole(body).await?;
        let in_flight = self.numbers.take(&head.headers, &body)?;
        let name = scope.name.clone();
        head.extensions.insert(scope);
        let request = Request::from_parts(head, Full::new(body));
        let response = self.service.handle(request).await;
        self.owners.note(response.headers(), name, || self.open());
        let Some(in_flight) = in_flight else {
            return Ok(response);
        };
        Ok(response.map(|body| {
            let frames = body.map_frame(move |frame| {
                let _until_the_last = &in_flight;
                frame
            });
            frames.boxed()
        }))
    }

    /// The sessions that are open; `None` while one is being begun or ended.
    fn open(&self) -> Option<HashSet<String>> {
        let sessions = self.sessions.sessions.try_read().ok()?;
        Some(sessions.keys().map(ToString::to_string).collect())
    }

    /// What the token of a request lets its bearer do; `None` without a token that opens anything.
    async fn scope(&self, headers: &HeaderMap) -> Option<TokenScope> {
        let token = head::token(headers)?.to_owned();
        let lab = Arc::clone(&self.lab);
        // On a thread: it reads a file.
        let looked = tokio::task::spawn_blocking(move || authenticate(&lab.framework, &token));
        // Tokens that cannot be read open nothing.
        looked.await.ok()?.ok()?
    }

    /// Whether a request of the era with sessions would begin one more than there may be.
    async fn would_begin_too_many(&self, headers: &HeaderMap) -> bool {
        let is_known = headers.contains_key("mcp-session-id");
        let version = headers.get("mcp-protocol-version");
        let is_modern =
            version.is_some_and(|version| version.as_bytes() >= b"2026-07-28".as_slice());
        !is_known && !is_modern && self.sessions.sessions.read().await.len() >= HTTP_SESSIONS
    }
}

fn told(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())).boxed());
    *response.status_mut() = status;
    response
}
