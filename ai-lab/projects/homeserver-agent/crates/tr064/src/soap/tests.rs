use super::*;
use proptest::prelude::*;

fn answer(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <s:Body>{body}</s:Body></s:Envelope>"
    )
}

#[test]
fn a_call_is_one_element_with_its_arguments() {
    let told = envelope(
        "urn:x:1",
        "SetEnable",
        &[("Enable", "1"), ("Name", "a<b>&\"\u{1}c")],
        &[],
    );
    assert_eq!(
        told,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope \
         xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:SetEnable xmlns:u=\"urn:x:1\">\
         <NewEnable>1</NewEnable><NewName>a&lt;b&gt;&amp;&quot;c</NewName></u:SetEnable></s:Body></s:Envelope>"
    );
}

#[test]
fn headers_stand_before_the_body() {
    let told = envelope("urn:x:1", "A", &[], &[token_header("t<1")]);
    assert!(
        told.contains(
            "<s:Header><avm:token xmlns:avm=\"avm.de\" s:mustUnderstand=\"1\">t&lt;1</avm:token></s:Header><s:Body>"
        ),
        "{told}"
    );
}

#[test]
fn arguments_are_read_by_name_and_kind() {
    let text = answer(
        "<u:GetInfoResponse xmlns:u=\"urn:x:1\"><NewUp>12</NewUp><NewOn>1</NewOn><NewOff>no</NewOff>\
         <NewT>-5</NewT><NewNone/><NewOdd>maybe</NewOdd></u:GetInfoResponse>",
    );
    let read = parse_envelope(&text, "GetInfo").expect("it is an answer");
    let arguments = read.outcome.expect("it is no fault");
    assert_eq!(arguments.number("Up"), Some(12));
    assert_eq!(
        (
            arguments.flag("On"),
            arguments.flag("Off"),
            arguments.flag("Odd")
        ),
        (Some(true), Some(false), None)
    );
    assert_eq!(
        (arguments.signed("T"), arguments.number("T")),
        (Some(-5), None)
    );
    assert_eq!(
        (arguments.text("None"), arguments.filled("None")),
        (Some(""), None)
    );
    assert_eq!(arguments.text("Missing"), None);
    assert_eq!(Arguments::from([("Up", "12")]).number("Up"), Some(12));
}

#[test]
fn a_fault_is_told_with_its_name_space() {
    let fault = |space: &str| {
        answer(&format!(
            "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>\
             <UPnPError xmlns=\"{space}\"><errorCode>606</errorCode>\
             <errorDescription>Action not authorized</errorDescription></UPnPError></detail></s:Fault>"
        ))
    };
    for (space, is_upnp) in [
        ("urn:dslforum-org:control-1-0", false),
        ("urn:schemas-upnp-org:control-1-0", true),
    ] {
        let read = parse_envelope(&fault(space), "GetInfo").expect("it is a fault");
        let expected = Fault {
            code: 606,
            description: "Action not authorized".to_owned(),
            is_upnp,
        };
        assert_eq!(read.outcome, Err(expected));
    }
}

#[test]
fn what_is_no_answer_is_refused() {
    let refused = |text: &str| {
        parse_envelope(text, "GetInfo")
            .expect_err("it is none")
            .to_string()
    };
    assert!(refused("<HTML><BODY>401").starts_with("the answer is no XML: "));
    assert!(refused("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>").contains("no XML"));
    let other = answer("<u:GetOtherResponse xmlns:u=\"urn:x:1\"/>");
    assert_eq!(
        refused(&other),
        "the answer is neither to GetInfo nor a fault"
    );
    assert_eq!(
        refused("<a/>"),
        "the answer is neither to GetInfo nor a fault"
    );
    let deep = "<a>".repeat(50_000) + &"</a>".repeat(50_000);
    assert_eq!(
        refused(&deep),
        "the answer is neither to GetInfo nor a fault"
    );
    assert!(refused(&"<a>".repeat(300_000)).starts_with("the answer is no XML: "));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>(), word in "[<>/a-z ?!]{0,80}") {
        let _ = parse_envelope(&text, "A");
        let _ = parse_envelope(&word, "A");
    }

    #[test]
    fn every_argument_comes_back_as_it_was_sent(value in any::<String>()) {
        let value: String = value.chars()
            .filter(|letter| !letter.is_control() && !('\u{fffe}'..='\u{ffff}').contains(letter)).collect();
        let sent = envelope("urn:x:1", "AResponse", &[("V", &value)], &[]);
        let read = parse_envelope(&sent, "A").expect("it is an answer").outcome.expect("it is no fault");
        prop_assert_eq!(read.text("V").unwrap_or_default(), value);
    }
}
