use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const fn rule(kind: Kind, policy: Policy) -> Rule {
    Rule {
        field: "f",
        kind,
        policy,
    }
}

fn image(value: Option<Value>) -> Image {
    let mut image = Image::default();
    image.put("f", value);
    image
}

/// What both sides once had.
enum Base {
    Unknown,
    Was(Option<Value>),
}

impl Base {
    fn into_image(self) -> Option<Image> {
        match self {
            Self::Unknown => None,
            Self::Was(value) => Some(image(value)),
        }
    }
}

/// What two copies come to: the agreed value, or the clash's two sides.
fn come_to(
    rule: Rule,
    base: Base,
    local: Option<Value>,
    remote: Option<Value>,
) -> Result<Option<Value>, (Option<Value>, Option<Value>)> {
    let (local, remote) = (image(local), image(remote));
    let merged = merge(&[rule], base.into_image().as_ref(), &local, &remote);
    match merged.clashes.get("f") {
        Some(clash) => Err((clash.local.clone(), clash.remote.clone())),
        None => Ok(merged.agreed.get("f").cloned()),
    }
}

#[test]
fn a_single_word_goes_where_one_side_alone_went() {
    let text = |text: &str| Value::text(text);
    let cases = [
        ("a", "a", "a", Some("a")),
        ("a", "b", "a", Some("b")),
        ("a", "a", "b", Some("b")),
        ("a", "b", "b", Some("b")),
        ("a", "", "a", Some("")),
        ("a", "a", "", Some("")),
        ("", "b", "", Some("b")),
        ("a", "b", "c", None),
        ("a", "", "c", None),
        ("", "b", "c", None),
    ];
    for (base, local, remote, expected) in cases {
        let ask = rule(Kind::Scalar, Policy::Ask);
        let clash = (text(local), text(remote));
        assert_eq!(
            come_to(ask, Base::Was(text(base)), text(local), text(remote)),
            expected.map(text).ok_or(clash),
            "{base} {local} {remote}"
        );
        for (side, winner) in [(Side::Local, local), (Side::Remote, remote)] {
            let take = rule(Kind::Scalar, Policy::Take(side));
            assert_eq!(
                come_to(take, Base::Was(text(base)), text(local), text(remote)),
                Ok(expected.map_or(text(winner), text))
            );
        }
    }
}

#[test]
fn without_a_base_only_what_is_alike_is_agreed() {
    let text = |text: &str| Value::text(text);
    let ask = rule(Kind::Scalar, Policy::Ask);
    assert_eq!(
        come_to(ask, Base::Unknown, text("a"), text("a")),
        Ok(text("a"))
    );
    assert_eq!(come_to(ask, Base::Unknown, None, None), Ok(None));
    for (local, remote) in [("a", "b"), ("a", ""), ("", "b")] {
        assert_eq!(
            come_to(ask, Base::Unknown, text(local), text(remote)),
            Err((text(local), text(remote)))
        );
    }
    let members = rule(Kind::Members, Policy::Ask);
    assert_eq!(
        come_to(members, Base::Unknown, Value::set(["a"]), Value::set(["b"])),
        Ok(Value::set(["a", "b"]))
    );
}

#[test]
fn sets_take_what_either_side_added_and_lose_what_either_side_removed() {
    let members = rule(Kind::Members, Policy::Ask);
    let base = Base::Was(Value::set(["stays", "ours", "theirs", "both"]));
    let local = Value::set(["stays", "theirs", "new here"]);
    let remote = Value::set(["stays", "ours", "new there"]);
    assert_eq!(
        come_to(members, base, local, remote),
        Ok(Value::set(["stays", "new here", "new there"]))
    );
    let mixed = come_to(members, Base::Unknown, Value::text("a"), Value::set(["a"]));
    assert_eq!(mixed, Err((Value::text("a"), Value::set(["a"]))));
    let emptied = come_to(
        members,
        Base::Was(Value::set(["a", "b"])),
        Value::set(["a"]),
        Value::set(["b"]),
    );
    assert_eq!(emptied, Ok(None));
}

#[test]
fn long_texts_merge_where_their_lines_are_apart() {
    let prose = rule(Kind::Prose, Policy::Ask);
    let base = || Base::Was(Value::text("one\ntwo\nthree\nfour\nfive"));
    let local = Value::text("ONE\ntwo\nthree\nfour\nfive");
    let remote = Value::text("one\ntwo\nthree\nfour\nfive\nsix");
    assert_eq!(
        come_to(prose, base(), local.clone(), remote),
        Ok(Value::text("ONE\ntwo\nthree\nfour\nfive\nsix"))
    );
    let same_line = Value::text("uno\ntwo\nthree\nfour\nfive");
    assert_eq!(
        come_to(prose, base(), local.clone(), same_line.clone()),
        Err((local.clone(), same_line))
    );
    assert_eq!(
        come_to(prose, Base::Was(None), local.clone(), Value::text("x")),
        Err((local, Value::text("x")))
    );
}

#[test]
fn a_clash_keeps_its_base_and_the_rest_flows() {
    let rules = [
        Rule {
            field: "title",
            kind: Kind::Scalar,
            policy: Policy::Ask,
        },
        Rule {
            field: "state",
            kind: Kind::Scalar,
            policy: Policy::Ask,
        },
    ];
    let of = |title: &str, state: &str| {
        let mut image = Image::default();
        image.put("title", Value::text(title));
        image.put("state", Value::text(state));
        image
    };
    let base = of("a", "open");
    let (local, remote) = (of("b", "open"), of("c", "closed"));
    let merged = merge(&rules, Some(&base), &local, &remote);
    let closed = Value::text("closed");
    assert_eq!(
        merged.wanting(&rules, &local).collect::<Vec<_>>(),
        [("state", closed.as_ref())]
    );
    assert_eq!(merged.wanting(&rules, &remote).count(), 0);
    assert_eq!(merged.next_base(Some(&base)), of("a", "closed"));
    assert_eq!(merged.next_base(None), of("", "closed"));
}

fn value() -> impl Strategy<Value = Option<Value>> {
    prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "d"]), 0..4).prop_map(Value::set)
}

fn line_text() -> impl Strategy<Value = Option<Value>> {
    prop::collection::vec(prop::sample::select(vec!["a", "b", "c"]), 0..5)
        .prop_map(|lines| Value::text(lines.join("\n")))
}

proptest! {
    #[test]
    fn a_merge_of_sets_is_what_each_side_did_to_the_base(
        base in value(), local in value(), remote in value()
    ) {
        let set = |value: &Option<Value>| image(value.clone()).members("f");
        let (b, l, r) = (set(&base), set(&local), set(&remote));
        // Two states: the one side's edits made to the other side's set.
        let expected: BTreeSet<String> = r
            .union(&l.difference(&b).cloned().collect())
            .filter(|member| !b.contains(*member) || l.contains(*member))
            .cloned()
            .collect();
        let merged = come_to(rule(Kind::Members, Policy::Ask), Base::Was(base), local, remote);
        prop_assert_eq!(merged, Ok(Value::set(expected)));
    }

    #[test]
    fn it_does_not_matter_which_side_one_is_on(
        base in line_text(), local in line_text(), remote in line_text()
    ) {
        let prose = rule(Kind::Prose, Policy::Ask);
        let here = come_to(prose, Base::Was(base.clone()), local.clone(), remote.clone());
        let there = come_to(prose, Base::Was(base), remote, local);
        prop_assert_eq!(here, there.map_err(|(local, remote)| (remote, local)));
    }

    #[test]
    fn a_merged_pair_is_at_rest(base in value(), local in value(), remote in value()) {
        let members = [rule(Kind::Members, Policy::Ask)];
        let merged = merge(&members, Some(&image(base)), &image(local), &image(remote));
        let both = merged.agreed.clone();
        let again = merge(&members, Some(&merged.next_base(None)), &both, &both);
        prop_assert_eq!(again.agreed, both);
        prop_assert!(again.clashes.is_empty());
    }
}
