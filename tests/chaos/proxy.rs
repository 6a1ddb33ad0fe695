//! Between the tool and the emulator: counts the calls, writes them down, and at one of them does what it was told to.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::http::request::Parts;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::wire::{Asked, Refusal};

/// What happens at one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It is refused, once.
    Once(Refusal),
    /// It and everything after it is refused.
    FromNowOn(Refusal),
    /// The connection is cut before the server hears of it.
    CutBefore,
    /// The server has acted, and the answer is lost.
    CutAfter,
    /// The server has acted, and half of its answer is something that does not read.
    Garbled,
    /// The server is slow.
    Delay,
    /// A read is answered as it was the first time, as IAM and S3 do for a moment.
    Stale,
    /// Somebody else writes first.
    Foreign,
    /// The tool is killed before the server hears of it.
    KillBefore,
    /// The tool is killed when the server has acted.
    KillAfter,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{self:?}"))
    }
}

/// How long a slow server takes.
const SLOW: Duration = Duration::from_millis(400);

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    pub asked: Asked,
    /// Milliseconds since the proxy was there.
    pub came: f64,
    pub answered: f64,
    /// What the tool was told; nothing when it was told nothing.
    pub status: Option<u16>,
    /// Whether a foreign hand wrote before it.
    pub foreign: Option<Foreign>,
}

/// A foreign write.
#[derive(Debug, Clone)]
pub struct Foreign {
    /// The container.
    pub at: String,
    /// The Sid.
    pub sid: String,
    pub began: f64,
    pub ended: f64,
}

/// Does something between two calls; it is given the call and says what it wrote.
pub type Hand = Arc<dyn Fn(&Asked) -> Option<(String, String)> + Send + Sync>;
/// Looks at the account after a write.
pub type Eye = Arc<dyn Fn(Asked) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// What it is told to do.
#[derive(Clone, Default)]
pub struct Script {
    /// At which call, counted from 0.
    pub at: Option<(usize, Fault)>,
    pub hand: Option<Hand>,
    pub eye: Option<Eye>,
    /// Reads of what is kept for long (not of SES) are answered as they were at most so long ago, from the first call to the last.
    pub lag: Option<Duration>,
}

struct State {
    script: Script,
    born: Instant,
    upstream: String,
    client: Client<HttpConnector, Full<Bytes>>,
    pid: Mutex<Option<u32>>,
    seen: Mutex<Seen>,
    /// One write at a time where somebody looks between them.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Seen {
    arrived: usize,
    calls: BTreeMap<usize, Call>,
    first: BTreeMap<Bytes, Answer>,
    /// With when it was so.
    lately: BTreeMap<Bytes, (Instant, Answer)>,
    hit: bool,
}

/// It listens until it is dropped.
pub struct Proxy {
    pub url: String,
    state: Arc<State>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    pub fn start(upstream: &str, script: Script) -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        listener.set_nonblocking(true).expect("a listener of tokio's");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, stopped) = oneshot::channel();
        let state = Arc::new(State {
            script,
            born: Instant::now(),
            upstream: upstream.trim_end_matches('/').to_owned(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            pid: Mutex::default(),
            seen: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        });
        let serving = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).expect("a listener");
                tokio::select! { () = serve(listener, serving) => {}, _ = stopped => {} }
            });
        });
        Self { url, state, stop: Some(stop), thread: Some(thread) }
    }

    /// Who is killed.
    pub fn kills(&self, pid: u32) {
        *lock(&self.state.pid) = Some(pid);
    }

    /// What came through, in the order in which it came.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.state.seen).calls.values().cloned().collect()
    }

    /// What times count from.
    pub fn born(&self) -> Instant {
        self.state.born
    }

    /// Whether the call of the script came.
    pub fn was_hit(&self) -> bool {
        lock(&self.state.seen).hit
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let state = Arc::clone(&state);
                async move { state.handle(request).await }
            });
            let _: Result<(), _> = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// The connection ends without an answer.
#[derive(Debug)]
struct Cut;
impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cut")
    }
}
impl std::error::Error for Cut {}

type Answer = (StatusCode, hyper::HeaderMap, Bytes);

impl State {
    fn now(&self) -> f64 {
        self.born.elapsed().as_secs_f64() * 1000.0
    }

    async fn handle(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Cut> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
        let asked = Asked::of(&head, &body);
        let index = {
            let mut seen = lock(&self.seen);
            seen.arrived += 1;
            seen.arrived - 1
        };
        let came = self.now();
        let fault = self.script.at.filter(|(at, fault)| index == *at || (index > *at && matches!(fault, Fault::FromNowOn(_))));
        let fault = fault.map(|(_, fault)| fault);
        lock(&self.seen).hit |= fault.is_some();
        let mut call = Call { asked: asked.clone(), came, answered: came, status: None, foreign: None };
        lock(&self.seen).calls.insert(index, call.clone());
        // The operation stands in a header where the body is JSON.
        let key = (asked.reads).then(|| Bytes::from(format!("{} {} {} {}", asked.service, asked.operation, head.method, asked.text)));
        let result = self.with(fault, head, body, &asked, key, &mut call).await;
        call.answered = self.now();
        call.status = result.as_ref().ok().map(|answer| answer.status().as_u16());
        lock(&self.seen).calls.insert(index, call);
        result
    }

    async fn with(
        &self,
        fault: Option<Fault>,
        head: Parts,
        body: Bytes,
        asked: &Asked,
        key: Option<Bytes>,
        call: &mut Call,
    ) -> Result<Response<Full<Bytes>>, Cut> {
        match fault {
            Some(Fault::Once(refusal) | Fault::FromNowOn(refusal)) => return Ok(asked.refused(refusal)),
            Some(Fault::CutBefore) => return Err(Cut),
            Some(Fault::KillBefore) => return Err(self.kill().await),
            Some(Fault::Delay) => tokio::time::sleep(SLOW).await,
            Some(Fault::Foreign) => call.foreign = self.foreign(asked).await,
            Some(Fault::Stale) => {
                let older = key.as_ref().and_then(|key| lock(&self.seen).first.get(key).cloned());
                if let Some(older) = older {
                    return Ok(answer(older));
                }
            }
            Some(Fault::CutAfter | Fault::Garbled | Fault::KillAfter) | None => {}
        }
        let lagging = key.clone().filter(|_| asked.service != "ses" && asked.service != "mailmanager").zip(self.script.lag);
        if let Some((key, lag)) = &lagging {
            let older = lock(&self.seen).lately.get(key).filter(|(when, _)| when.elapsed() < *lag).map(|(_, older)| older.clone());
            if let Some(older) = older {
                return Ok(answer(older));
            }
        }
        call.came = self.now();
        let given = self.forward(head, body, asked).await.map_err(|_| Cut)?;
        if let Some((key, _)) = lagging {
            lock(&self.seen).lately.insert(key, (Instant::now(), given.clone()));
        }
        match fault {
            Some(Fault::CutAfter) => return Err(Cut),
            Some(Fault::Garbled) => return Ok(answer(garbled(given))),
            Some(Fault::KillAfter) => return Err(self.kill().await),
            _ => {}
        }
        if let Some(key) = key {
            lock(&self.seen).first.entry(key).or_insert_with(|| given.clone());
        }
        Ok(answer(given))
    }

    /// Asks the server; where somebody looks at the account after each write, no other write comes in between.
    async fn forward(&self, head: Parts, body: Bytes, asked: &Asked) -> Result<Answer, hyper_util::client::legacy::Error> {
        let eye = self.script.eye.as_ref().filter(|_| !asked.reads);
        let _turn = match eye {
            Some(_) => Some(self.turn.lock().await),
            None => None,
        };
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut request = Request::builder().method(head.method).uri(format!("{}{path}", self.upstream));
        if let Some(headers) = request.headers_mut() {
            *headers = head.headers;
        }
        let given = self.client.request(request.body(Full::new(body)).expect("a request")).await?;
        let (head, body) = given.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        if let Some(eye) = eye.filter(|_| head.status.is_success()) {
            eye(asked.clone()).await;
        }
        Ok((head.status, head.headers, body))
    }

    /// The hand speaks with the SDK and has a runtime of its own.
    async fn foreign(&self, asked: &Asked) -> Option<Foreign> {
        let (hand, asked, began) = (self.script.hand.clone()?, asked.clone(), self.now());
        let wrote = tokio::task::spawn_blocking(move || hand(&asked)).await.expect("the foreign hand writes");
        wrote.map(|(at, sid)| Foreign { at, sid, began, ended: self.now() })
    }

    async fn kill(&self) -> Cut {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let pid = *lock(&self.pid);
            if let Some(pid) = pid {
                let killed = Command::new("kill").args(["-9", &pid.to_string()]).status().expect("kill runs");
                assert!(killed.success(), "the tool runs until it is killed");
                return Cut;
            }
            assert!(Instant::now() < deadline, "nobody said who is killed");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

/// The first half of it, and then what a box between client and server may have to say.
fn garbled((status, mut headers, body): Answer) -> Answer {
    let mut half = body.slice(..body.len() / 2).to_vec();
    half.extend_from_slice(b"<html>\xff<p>Please log in");
    headers.remove("content-length");
    (status, headers, half.into())
}

fn answer((status, headers, body): Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    // The length is the server's own to say.
    response.headers_mut().remove("transfer-encoding");
    response.headers_mut().remove("connection");
    response
}
