use proptest::prelude::*;
use serde_json::json;

use super::causes::{Evidence, Kind};
use super::*;

fn cause(sentence: &str, evidence: usize) -> Cause {
    Cause {
        kind: Kind::CpuBusy,
        sentence: sentence.into(),
        confidence: Confidence::Medium,
        evidence: vec![
            Evidence {
                name: "cpu_used".into(),
                value: 97.5,
                unit: "percent",
            };
            evidence
        ],
        next: "ps".into(),
        weight: 50,
    }
}

#[test]
fn an_answer_is_told_with_its_figures_and_without_its_weights() {
    let situation = Situation {
        router: RouterSeen::Silent,
        ..Situation::default()
    };
    let told = output(
        &situation,
        vec![cause("it is busy", 1)],
        vec!["a".into()],
        0,
    );
    assert_eq!(
        serde_json::to_value(fitted(told, 4096)).expect("it is JSON"),
        json!({
            "format": 1, "at": "1970-01-01T00:00:00Z", "verdict": "probably: it is busy", "left_out": 0,
            "causes": [{"kind": "cpu_busy", "sentence": "it is busy", "confidence": "medium", "next": "ps",
                "evidence": [{"name": "cpu_used", "value": 97.5, "unit": "percent"}]}],
            "looked_at": ["machine", "router", "0 checks"], "notes": ["a"],
        })
    );
    let nothing = output(&Situation::default(), Vec::new(), Vec::new(), 0);
    assert_eq!(
        nothing.verdict,
        "nothing is seen that makes this machine slow"
    );
    assert_eq!(nothing.looked_at, ["machine", "0 checks"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn an_answer_is_never_longer_than_it_may_be_and_keeps_its_worst_cause(
        sentences in prop::collection::vec("[a-zé\"\\\\]{0,400}", 1..40),
        notes in prop::collection::vec("[a-zé\"]{0,400}", 0..32),
        most in 2200_usize..16_384,
    ) {
        let found: Vec<Cause> = sentences.iter().map(|sentence| cause(sentence, 8)).collect();
        let count = found.len() + notes.len();
        let told = fitted(output(&Situation::default(), found, notes, 0), most);
        let length = serde_json::to_vec(&told).expect("it is JSON").len();
        prop_assert!(length <= most, "{length}");
        prop_assert_eq!(told.causes.len() + told.notes.len() + told.left_out, count);
        prop_assert!(told.verdict.ends_with(&told.causes[0].sentence));
    }
}
