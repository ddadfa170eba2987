use proptest::prelude::*;

use super::*;

/// An answer to a question after `a.example`: flags, and records of code and data whose name points at the question's.
fn answer(flags: u16, records: &[(u16, &[u8])]) -> Vec<u8> {
    let mut message = question("a.example", RecordKind::A).expect("a name")[2..].to_vec();
    message[2..4].copy_from_slice(&flags.to_be_bytes());
    let count = u16::try_from(records.len()).expect("few");
    message[6..8].copy_from_slice(&count.to_be_bytes());
    for (code, data) in records {
        message.extend_from_slice(&[0xc0, 12]);
        message.extend_from_slice(&code.to_be_bytes());
        message.extend_from_slice(&[0, 1, 0, 0, 0, 60]);
        let length = u16::try_from(data.len()).expect("short");
        message.extend_from_slice(&length.to_be_bytes());
        message.extend_from_slice(data);
    }
    message
}

#[test]
fn a_question_is_what_the_standard_says() {
    assert_eq!(
        question("ab.c.", RecordKind::Mx).as_deref(),
        Some(
            &[
                0, 22, 0x6c, 0x61, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, b'a', b'b', 1, b'c', 0, 0, 15,
                0, 1
            ][..]
        )
    );
    let long = "a".repeat(64);
    let longer = "a.".repeat(130);
    for odd in [
        "",
        ".",
        "a..b",
        "a b",
        "a\n",
        long.as_str(),
        longer.as_str(),
    ] {
        assert_eq!(question(odd, RecordKind::A), None, "{odd}");
    }
}

#[test]
fn records_of_the_kind_are_told_and_others_left_out() {
    let told = |kind, records: &[(u16, &[u8])]| {
        parse_answer(&answer(0x8180, records), kind).expect("it is an answer")
    };
    let alias: (u16, &[u8]) = (5, &[1, b'b', 0xc0, 14]);
    assert_eq!(
        told(RecordKind::A, &[alias, (1, &[192, 0, 2, 1])]),
        ["192.0.2.1"]
    );
    assert_eq!(told(RecordKind::Cname, &[alias]), ["b.example"]);
    let mut six = [0; 16];
    six[15] = 1;
    assert_eq!(told(RecordKind::Aaaa, &[(28, &six)]), ["::1"]);
    assert_eq!(
        told(RecordKind::Mx, &[(15, &[0, 10, 2, b'm', b'x', 0xc0, 12])]),
        ["10 mx.a.example"]
    );
    assert_eq!(
        told(RecordKind::Txt, &[(16, &[1, b'a', 2, b'b', 7])]),
        ["ab"]
    );
    assert_eq!(told(RecordKind::Ns, &[]), Vec::<String>::new());
    let many: Vec<(u16, &[u8])> = vec![(1, &[1, 1, 1, 1]); 40];
    assert_eq!(told(RecordKind::A, &many).len(), RECORDS);
}

#[test]
fn what_is_no_answer_has_its_own_name_each() {
    let of = |flags: u16| parse_answer(&answer(flags, &[]), RecordKind::A);
    assert_eq!(of(0x8183), Err(AnswerError::NoSuchName));
    for (flags, why) in [
        (0x8181, "it did not understand the question"),
        (0x8182, "it failed (SERVFAIL)"),
        (0x8185, "it refused"),
        (0x8189, "it gave a rare error"),
    ] {
        assert_eq!(of(flags), Err(AnswerError::Refused(why)));
    }
    assert_eq!(of(0x0100), Err(AnswerError::Odd));
    let odd: &[(u16, &[u8])] = &[
        // An address of three bytes, a name that points at itself, one that ends in nothing.
        (1, &[1, 2, 3]),
    ];
    assert_eq!(
        parse_answer(&answer(0x8180, odd), RecordKind::A),
        Err(AnswerError::Odd)
    );
    let mut looped = answer(0x8180, &[(5, &[0xc0, 0])]);
    let end = looped.len();
    let here = u16::try_from(end - 2).expect("short") | 0xc000;
    looped[end - 2..].copy_from_slice(&here.to_be_bytes());
    assert_eq!(
        parse_answer(&looped, RecordKind::Cname),
        Err(AnswerError::Odd)
    );
    assert_eq!(parse_answer(&[], RecordKind::A), Err(AnswerError::Odd));
}

#[test]
fn case_and_the_last_dot_do_not_count() {
    let records = ["10 mx.Example".to_owned()];
    assert!(has_record(&records, "10 MX.example."));
    assert!(!has_record(&records, "mx.example"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..120), place in 0_usize..64, flip in any::<u8>()) {
        let kinds = [RecordKind::A, RecordKind::Aaaa, RecordKind::Cname, RecordKind::Mx, RecordKind::Ns, RecordKind::Txt];
        let mut real = answer(0x8180, &[(15, &[0, 10, 2, b'm', b'x', 0xc0, 12]), (16, &bytes)]);
        let place = place % real.len();
        real[place] = flip;
        for kind in kinds {
            let _ = parse_answer(&bytes, kind);
            let _ = parse_answer(&real, kind);
            let _ = parse_answer(&real[..place], kind);
        }
    }
}
