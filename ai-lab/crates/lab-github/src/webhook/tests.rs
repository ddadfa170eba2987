use std::thread;

use super::*;

/// GitHub's own example: its documentation's secret, body and signature.
const SECRET: &str = "It's a Secret to Everybody";
const BODY: &[u8] = b"Hello, World!";
const SIGNATURE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

fn secret() -> Secret {
    Secret::new(SECRET).expect("a secret")
}

#[test]
fn only_the_right_signature_of_the_whole_body_is_taken() {
    assert!(secret().signed(BODY, SIGNATURE));
    assert!(secret().signed(BODY, &SIGNATURE.to_uppercase().replace("SHA256", "sha256")));
    let last = SIGNATURE.replace("e17", "e18");
    for (body, signature) in [
        (&b"Hello, World"[..], SIGNATURE),
        (BODY, last.as_str()),
        (BODY, &SIGNATURE[..SIGNATURE.len() - 2]),
        (BODY, &SIGNATURE[..SIGNATURE.len() - 1]),
        (BODY, "sha256="),
        (BODY, "sha1=757107ea"),
        (BODY, "sha256=zz"),
        (BODY, ""),
    ] {
        assert!(!secret().signed(body, signature), "{signature}");
    }
    assert!(
        !Secret::new("other")
            .expect("a secret")
            .signed(BODY, SIGNATURE)
    );
    assert!(Secret::new(" \n").is_none());
    assert_eq!(format!("{:?}", secret()), "Secret([hidden])");
}

/// Sends bytes to a receiver and tells what it heard and answered.
fn rung(receiver: &mut Receiver, bytes: &[u8]) -> (Result<Delivery, Refusal>, String) {
    let address = receiver.address().expect("it listens");
    let bytes = bytes.to_vec();
    let caller = thread::spawn(move || {
        let mut stream = TcpStream::connect(address).expect("connects");
        // The receiver may have said no before all was sent.
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    });
    let heard = receiver.hear_next().expect("someone called");
    let answer = caller.join().expect("the caller ends");
    let status = answer.split(' ').nth(1).unwrap_or_default().to_owned();
    (heard, status)
}

fn letter(verb: &str, signature: &str, id: &str, length: usize, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{verb} /hook HTTP/1.1\r\nHost: x\r\nX-GitHub-Event: issues\r\nX-GitHub-Delivery: {id}\r\n\
         X-Hub-Signature-256: {signature}\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

#[test]
fn a_signed_delivery_rings_once_and_nothing_else_does() {
    let mut receiver = Receiver::bind(0, secret()).expect("a free port");
    assert!(
        receiver
            .address()
            .is_ok_and(|address| address.ip().is_loopback())
    );
    let good = letter("POST", SIGNATURE, "d-1", BODY.len(), BODY);
    let delivery = Delivery {
        id: "d-1".to_owned(),
        event: "issues".to_owned(),
    };
    assert_eq!(rung(&mut receiver, &good), (Ok(delivery), "202".to_owned()));
    assert_eq!(
        rung(&mut receiver, &good),
        (Err(Refusal::Again), "200".to_owned())
    );
}

#[test]
fn what_is_no_delivery_is_told_so() {
    let mut receiver = Receiver::bind(0, secret()).expect("a free port");
    let huge = "x".repeat(LARGEST_HEAD + 1);
    for (bytes, refusal, status) in [
        (
            letter("POST", SIGNATURE, "d-2", 5, b"Hello"),
            Refusal::NotSigned,
            "401",
        ),
        (
            letter("POST", "", "d-2", 13, BODY),
            Refusal::NotSigned,
            "401",
        ),
        (
            letter("GET", SIGNATURE, "d-2", 13, BODY),
            Refusal::NotADelivery,
            "404",
        ),
        (
            letter("POST", SIGNATURE, "", 13, BODY),
            Refusal::NotADelivery,
            "404",
        ),
        (
            letter("POST", SIGNATURE, "d-2", 14, BODY),
            Refusal::Malformed,
            "400",
        ),
        (
            letter("POST", SIGNATURE, "d-2", LARGEST_BODY + 1, b""),
            Refusal::TooLarge,
            "413",
        ),
        (
            b"POST /hook HTTP/1.1\r\nX-GitHub-Event: x\r\n\r\n".to_vec(),
            Refusal::Malformed,
            "400",
        ),
        (b"nonsense\r\n\r\n".to_vec(), Refusal::Malformed, "400"),
        (Vec::new(), Refusal::Malformed, "400"),
        (
            format!("POST /{huge}").into_bytes(),
            Refusal::TooLarge,
            "413",
        ),
    ] {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
        let (heard, answered) = rung(&mut receiver, &bytes);
        assert_eq!(heard, Err(refusal), "{shown}");
        // A caller that is cut off while it still sends may not see the answer.
        assert!(
            answered == status || answered.is_empty(),
            "{answered} {shown}"
        );
    }
}

#[test]
fn old_deliveries_are_forgotten_one_by_one() {
    let mut receiver = Receiver::bind(0, secret()).expect("a free port");
    receiver.seen = (0..MOST_REMEMBERED).map(|id| id.to_string()).collect();
    let good = letter("POST", SIGNATURE, "new", BODY.len(), BODY);
    assert!(rung(&mut receiver, &good).0.is_ok());
    assert_eq!(
        (receiver.seen.len(), receiver.seen[0].as_str()),
        (MOST_REMEMBERED, "1")
    );
}

proptest::proptest! {
    #[test]
    fn no_head_makes_the_receiver_stumble(
        head in "(POST|GET|X)? ?/?[ -~]{0,20} HTTP/1.1\r\n((content-length|x-github-event|x-github-delivery|x-hub-signature-256): [ -~]{0,12}\r\n){0,5}(\r\n)?",
        cut in 0_usize..200,
    ) {
        let bytes = &head.as_bytes()[..cut.min(head.len())];
        // Whatever it makes of it, a head that is read whole lies within the bytes.
        if let Ok(Some((_, start, _))) = read_head(bytes) {
            proptest::prop_assert!(start <= bytes.len());
        }
    }

    #[test]
    fn no_signature_but_the_right_one_is_taken(signature in "(sha256=)?[0-9a-fA-F]{0,70}") {
        proptest::prop_assert!(!secret().signed(BODY, &signature));
    }
}
