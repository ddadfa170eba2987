//! Servers for one test each; their threads end with the test's process.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// Serves each connection on a port of its own.
pub(super) fn serve(each: impl Fn(TcpStream) + Send + Clone + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it has one").port();
    thread::spawn(move || {
        for line in listener.incoming().flatten() {
            let each = each.clone();
            thread::spawn(move || each(line));
        }
    });
    port
}

/// Takes all and says nothing, until the other side goes.
pub(super) fn hold(mut line: TcpStream) {
    let mut piece = [0; 1024];
    while line.read(&mut piece).is_ok_and(|read| read > 0) {}
}

/// Says that once something was asked, and ends.
pub(super) fn lines_of(text: &'static [u8]) -> impl Fn(TcpStream) + Send + Clone {
    move |mut line| {
        let _asked = line.read(&mut [0; 4096]);
        let _sent = line.write_all(text);
    }
}

/// Says that after the whole request, whose first line is given to `answer`, and ends.
pub(super) fn http(
    answer: impl Fn(&str) -> String + Send + Clone,
) -> impl Fn(TcpStream) + Send + Clone {
    move |mut line| {
        let path = asked(&mut line);
        let _sent = line.write_all(answer(&path).as_bytes());
    }
}

/// Reads a request's head; the path that is asked for.
pub(super) fn asked(line: &mut impl Read) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && line.read(&mut byte).is_ok_and(|read| read > 0) {
        head.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    text.split(' ').nth(1).unwrap_or_default().to_owned()
}

/// Says a head that promises much, and then a byte now and then.
pub(super) fn drip(mut line: TcpStream) {
    asked(&mut line);
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
    let mut is_open = line.write_all(head).is_ok();
    let tick = line.set_read_timeout(Some(Duration::from_millis(20)));
    tick.expect("a socket has a timeout");
    while is_open {
        // The other side says nothing more: that is the pause. Its end is the end.
        let is_quiet = line
            .read(&mut [0])
            .is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        is_open = is_quiet && line.write_all(b".").is_ok();
    }
}

/// Ends while something waits to be read, which breaks the connection off.
pub(super) fn break_off(line: TcpStream) {
    let _something = line.peek(&mut [0]);
    drop(line);
}

/// Answers one question after a name with that code and these addresses.
pub(super) fn dns_server(mut line: TcpStream, code: u8, addresses: &[[u8; 4]]) {
    let mut length = [0; 2];
    line.read_exact(&mut length)
        .expect("a question has a length");
    let mut message = vec![0; u16::from_be_bytes(length).into()];
    line.read_exact(&mut message)
        .expect("it is as long as it says");
    message[2] = 0x81;
    message[3] = 0x80 | code;
    message[7] = u8::try_from(addresses.len()).expect("few");
    for address in addresses {
        message.extend_from_slice(&[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        message.extend_from_slice(address);
    }
    let length = u16::try_from(message.len()).expect("short");
    let _sent = line.write_all(&[&length.to_be_bytes()[..], &message].concat());
}
