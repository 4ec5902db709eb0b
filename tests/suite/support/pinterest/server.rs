//! Sockets: a thread that accepts, a thread for each connection.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::business::{Business, Reply};
use super::call::Refusal;
use super::control;
use super::http::{Connection, Request};

const BASE: &str = "/v5";

pub struct Server {
    port: u16,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    business: Arc<Mutex<Business>>,
    stopping: AtomicBool,
    open: Mutex<BTreeMap<u64, TcpStream>>,
}

impl Server {
    pub fn start(business: Arc<Mutex<Business>>, port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("a loopback port can be bound");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let shared = Arc::new(Shared { business, stopping: AtomicBool::new(false), open: Mutex::default() });
        let accepting = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || accept(&listener, &shared))
        };
        Server { port, shared, accepting: Some(accepting) }
    }

    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
        if let Some(accepting) = self.accepting.take() {
            drop(accepting.join());
        }
        for stream in self.shared.open.lock().unwrap_or_else(PoisonError::into_inner).values() {
            drop(stream.shutdown(Shutdown::Both));
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for (number, stream) in (0_u64..).zip(listener.incoming()) {
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            if let Ok(copy) = stream.try_clone() {
                shared.open.lock().unwrap_or_else(PoisonError::into_inner).insert(number, copy);
            }
            // The other side may go away at any moment: that is no fault of ours.
            drop(converse(stream, &shared));
            shared.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
        });
    }
}

/// Answers the requests of one connection until one side ends it.
fn converse(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let shutting = stream.try_clone()?;
    let mut connection = Connection::new(stream);
    loop {
        let request = match connection.request() {
            Ok(Some(request)) => request,
            Ok(None) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return connection.send(&Refusal::invalid(error.to_string()).answer().bytes(false, false));
            }
            Err(error) => return Err(error),
        };
        let reply = reply(&request, shared);
        thread::sleep(reply.latency);
        let bytes = reply.answer.bytes(request.keep, request.method == "HEAD");
        if let Some(cut) = reply.cut {
            connection.send(&bytes[..cut.min(bytes.len())])?;
            return shutting.shutdown(Shutdown::Both);
        }
        connection.send(&bytes)?;
        if !request.keep {
            return shutting.shutdown(Shutdown::Write);
        }
    }
}

fn reply(request: &Request, shared: &Shared) -> Reply {
    let mut business = shared.business.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(path) = request.path.strip_prefix(control::BASE) {
        return Reply::whole(control::serve(&mut business, request, path));
    }
    match request.path.strip_prefix(BASE) {
        Some(path) => business.serve(request, path),
        None => Reply::whole(Refusal::new(404, 404, "Sorry! We couldn't find that page.").answer()),
    }
}
