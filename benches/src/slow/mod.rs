//! A server on the loopback that answers every call of AWS after a fixed time: what a plan costs beside it is postroom's own.

mod answers;
mod estate;

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, server};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use estate::REGION;
pub use estate::{ACCOUNT, Estate};

/// It answers until it is dropped.
#[derive(Debug)]
pub struct Slow {
    /// Where.
    pub url: String,
    asked: Arc<AtomicUsize>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Slow {
    /// Answers for `estate`, each call `delay` after it came.
    pub fn start(estate: Estate, delay: Duration, port: u16) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", port)))?;
        let url = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel::<()>();
        let (asked, estate) = (Arc::new(AtomicUsize::new(0)), Arc::new(estate));
        let counted = Arc::clone(&asked);
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, estate, delay, counted) => {}
                    _ = stopped => {}
                }
            });
        });
        Ok(Self { url, asked, stop: Some(stop), thread: Some(thread) })
    }

    /// Calls so far.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, estate: Arc<Estate>, delay: Duration, asked: Arc<AtomicUsize>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let (estate, asked) = (Arc::clone(&estate), Arc::clone(&asked));
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                asked.fetch_add(1, Ordering::Relaxed);
                answer(Arc::clone(&estate), delay, request)
            });
            // A client that goes away in the middle of a call is its own affair.
            let _ = server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(estate: Arc<Estate>, delay: Duration, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let wait = tokio::time::sleep(delay);
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let given = answers::to(&estate, &parts, &body);
    wait.await;
    let mut response = Response::new(Full::new(Bytes::from(given.body)));
    *response.status_mut() = given.status;
    let headers = response.headers_mut();
    headers.insert("content-type", hyper::header::HeaderValue::from_static(given.kind));
    headers.insert("x-amzn-requestid", hyper::header::HeaderValue::from_static("00000000-0000-0000-0000-000000000000"));
    if given.kind == "application/cbor" {
        headers.insert("smithy-protocol", hyper::header::HeaderValue::from_static("rpc-v2-cbor"));
    }
    if let Ok(region) = REGION.parse() {
        headers.insert("x-amz-bucket-region", region);
    }
    Ok(response)
}

/// Answers until the process is ended.
pub fn serve(arguments: &[String]) -> Result<(), String> {
    let numbers: Vec<u64> = arguments.iter().filter_map(|number| number.parse().ok()).collect();
    let [milliseconds, objects, port] = numbers[..] else { return Err("serve MILLISECONDS OBJECTS PORT".to_owned()) };
    let port = u16::try_from(port).map_err(|error| error.to_string())?;
    let estate = Estate::of(usize::try_from(objects).map_err(|error| error.to_string())?);
    let server = Slow::start(estate, Duration::from_millis(milliseconds), port).map_err(|error| error.to_string())?;
    println!("{}", server.url);
    loop {
        std::thread::park();
    }
}
