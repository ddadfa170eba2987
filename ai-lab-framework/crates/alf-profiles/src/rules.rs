//! The table of rules. Numbers are only ever appended; one that is given up stays and binds nothing.

use ai_lab_contract::Profile;

use crate::Evidence;
use crate::checks::{experimental, production, standard};

/// One rule: what a tool owes from some profile on.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its number: `P1…` binds every tool, `P2…` from standard on, `P3…` production.
    pub id: &'static str,
    /// What is owed, in a few words.
    pub title: &'static str,
    /// The harm that it stops.
    pub why: &'static str,
    /// What is done to find out.
    pub how_checked: &'static str,
    /// What to do when it is not kept.
    pub how_mended: &'static str,
    /// The least profile that it binds.
    pub from: Profile,
    /// Why no tool may be exempted from it; `None` where one may.
    pub no_exemption: Option<&'static str>,
    pub(crate) check: fn(&Evidence) -> Verdict,
}

/// What came of one check: what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is kept.
    Kept(String),
    /// It is not.
    Broken(String),
}

/// Why the safety rules bind without exception.
const SAFETY: &str = "what others rely on would not hold";

/// All rules, by number.
pub const RULES: &[Rule] = &[
    Rule {
        id: "P101",
        title: "the tool can be loaded",
        why: "a tool that is wrong on paper fails at the worst time",
        how_checked: "everything that `tool check` finds without running the tool",
        how_mended: "`ai-lab-framework tool check TOOL` names each place",
        from: Profile::Experimental,
        no_exemption: Some("there is nothing to run"),
        check: experimental::loads,
    },
    Rule {
        id: "P102",
        title: "the program starts and answers",
        why: "a manifest without a program behind it is a promise",
        how_checked: "a recorded call of the health action, or of a read-only action with an empty input: an answer or the tool's own error",
        how_mended: "declare [health] with an action and an input that it takes; see the execution's log",
        from: Profile::Experimental,
        no_exemption: Some("there is nothing to judge"),
        check: experimental::answers,
    },
    Rule {
        id: "P201",
        title: "a README says how to use it",
        why: "what nobody can use nobody looks after",
        how_checked: "README.md is parsed; under the heading Usage stand at least 10 words",
        how_mended: "write a section Usage with an example",
        from: Profile::Standard,
        no_exemption: None,
        check: standard::has_usage,
    },
    Rule {
        id: "P202",
        title: "the README's marked examples run",
        why: "an example that fails is worse than none",
        how_checked: "each `ai-lab-framework tool run` line of a code block marked `runs` is called and recorded",
        how_mended: "mend the example or the tool",
        from: Profile::Standard,
        no_exemption: None,
        check: standard::examples_run,
    },
    Rule {
        id: "P203",
        title: "every property has a description",
        why: "an agent has nothing but the schema to go by",
        how_checked: "the properties of every schema, nested ones included",
        how_mended: "add a `description` to each",
        from: Profile::Standard,
        no_exemption: None,
        check: standard::properties_described,
    },
    Rule {
        id: "P204",
        title: "automated tests pass",
        why: "what is not tested breaks unseen",
        how_checked: "the command in [evidence] tests is run; it ends with 0 and leaves the tool's files alone",
        how_mended: "name the command: tests = [\"…\"] in [evidence]",
        from: Profile::Standard,
        no_exemption: None,
        check: standard::tests_pass,
    },
    Rule {
        id: "P205",
        title: "tests cover 80 % of the lines",
        why: "untested lines are where the failures are",
        how_checked: "the report that this run of the tests wrote is read",
        how_mended: "write tests for what the report shows untested",
        from: Profile::Standard,
        no_exemption: None,
        check: standard::lines_covered,
    },
    Rule {
        id: "P206",
        title: "log lines are structured and carry the correlation id",
        why: "one piece of work is followed through many tools by it",
        how_checked: "each line that a call really writes to standard error: a JSON object with level, message and the call's correlation_id",
        how_mended: "log by the SDK's context, or write these three keys",
        from: Profile::Standard,
        no_exemption: None,
        check: standard::logs_correlated,
    },
    Rule {
        id: "P207",
        title: "retries are declared, for idempotent actions only",
        why: "a retry of anything else does it twice",
        how_checked: "[retry] is there and an action is idempotent; no action is both read-only and destructive",
        how_mended: "add [retry]; mark `idempotent = true` where twice is the same as once",
        from: Profile::Standard,
        no_exemption: None,
        check: standard::retries,
    },
    Rule {
        id: "P208",
        title: "schemas are closed",
        why: "a misspelled key must be an error, not ignored",
        how_checked: "every input schema refuses unknown keys; every output schema names its properties",
        how_mended: "add `additionalProperties = false` to inputs and `properties` to outputs",
        from: Profile::Standard,
        no_exemption: None,
        check: standard::schemas_closed,
    },
    Rule {
        id: "P209",
        title: "bad input is refused by name",
        why: "an agent mends its call only when it is told what is wrong",
        how_checked: "each action is called with an input that does not fit; the record says invalid_input",
        how_mended: "close the input schema",
        from: Profile::Standard,
        no_exemption: None,
        check: standard::bad_input_refused,
    },
    Rule {
        id: "P210",
        title: "the health probe answers",
        why: "whether a tool is well must be known without guessing",
        how_checked: "the action in [health] is called and gives data",
        how_mended: "declare [health] with a read-only action and its input",
        from: Profile::Standard,
        no_exemption: None,
        check: standard::is_well,
    },
    Rule {
        id: "P301",
        title: "the tool is pinned",
        why: "a tool that changes behind one's back is another tool",
        how_checked: "the digest of its files is the one in tools.lock",
        how_mended: "`ai-lab-framework tool lock TOOL`, or `tool approve TOOL` after a change",
        from: Profile::Production,
        no_exemption: Some(SAFETY),
        check: production::is_pinned,
    },
    Rule {
        id: "P302",
        title: "the breaker opens",
        why: "a tool that is down must not be called a hundred times",
        how_checked: "[breaker] is there; as many calls as it says are made to fail beside the real record, and the next is turned away",
        how_mended: "add [breaker]",
        from: Profile::Production,
        no_exemption: None,
        check: production::breaker_opens,
    },
    Rule {
        id: "P303",
        title: "something stands in for a failed call",
        why: "others go on while the tool is down",
        how_checked: "[fallback] is there; a call that fails is answered by it, beside the real record",
        how_mended: "add [fallback] with an action or last_good_s",
        from: Profile::Production,
        no_exemption: None,
        check: production::falls_back,
    },
    Rule {
        id: "P304",
        title: "a deadline is kept",
        why: "a caller that waits for ever is down too",
        how_checked: "a call is given 1 ms and has ended within that, its grace period and 2 s",
        how_mended: "lower grace_ms; let the tool end when it is asked to",
        from: Profile::Production,
        no_exemption: Some(SAFETY),
        check: production::deadline_kept,
    },
    Rule {
        id: "P305",
        title: "it bears its load",
        why: "how much it takes is known before it is too much",
        how_checked: "[evidence.load]: so many health calls, so many at once, none fails, 95 of 100 in time",
        how_mended: "add [evidence.load] with calls, at_once and p95_ms",
        from: Profile::Production,
        no_exemption: None,
        check: production::bears_load,
    },
    Rule {
        id: "P306",
        title: "fault tests pass",
        why: "failures are certain, surprises need not be",
        how_checked: "the command in [evidence] faults is run and ends with 0",
        how_mended: "name the command: faults = [\"…\"] in [evidence]",
        from: Profile::Production,
        no_exemption: None,
        check: production::faults_pass,
    },
    Rule {
        id: "P307",
        title: "a runbook says what to do",
        why: "whoever is called at night did not write it",
        how_checked: "README.md is parsed; under the heading Runbook stand at least 15 words",
        how_mended: "write a section Runbook: what is seen, what it means, what to do",
        from: Profile::Production,
        no_exemption: None,
        check: production::has_runbook,
    },
    Rule {
        id: "P308",
        title: "its limits are documented",
        why: "nobody plans with limits that nobody told",
        how_checked: "README.md is parsed; under the heading Limits stand at least 5 words",
        how_mended: "write a section Limits",
        from: Profile::Production,
        no_exemption: None,
        check: production::has_limits,
    },
    Rule {
        id: "P309",
        title: "security notes name each grant",
        why: "a grant that nobody explains nobody takes back",
        how_checked: "README.md is parsed; under the heading Security notes stand at least 10 words",
        how_mended: "write a section Security notes",
        from: Profile::Production,
        no_exemption: None,
        check: production::has_security_notes,
    },
    Rule {
        id: "P310",
        title: "grants are narrow",
        why: "what is open by default is open to a hijacked tool",
        how_checked: "no write grant is a whole system folder, no read grant is a home",
        how_mended: "grant the one folder that is needed",
        from: Profile::Production,
        no_exemption: Some(SAFETY),
        check: production::grants_narrow,
    },
    Rule {
        id: "P311",
        title: "it runs in a sandbox of level 2",
        why: "a grant that nobody enforces is a wish",
        how_checked: "the record of the probe names the level that it ran in on this machine",
        how_mended: "`ai-lab-framework doctor` says what this machine lacks",
        from: Profile::Production,
        no_exemption: Some(SAFETY),
        check: production::sandboxed,
    },
    Rule {
        id: "P312",
        title: "it measures itself",
        why: "a trend is seen before it is a failure",
        how_checked: "the answer to the probe carries at least one figure, and the record has it",
        how_mended: "add a metric to the answer, by the SDK's context",
        from: Profile::Production,
        no_exemption: None,
        check: production::has_metrics,
    },
    Rule {
        id: "P313",
        title: "no secret is in the environment",
        why: "a variable is seen by every process of the same user",
        how_checked: "names and values in [run.environment], and names in the grants of variables",
        how_mended: "grant it as a secret: `secrets = [\"…\"]`",
        from: Profile::Production,
        no_exemption: Some(SAFETY),
        check: production::no_secret_in_environment,
    },
];

/// The rule of that number.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_say_whom_they_bind() {
        assert!(RULES.is_sorted_by(|one, next| one.id < next.id));
        for rule in RULES {
            let from = match rule.from {
                Profile::Experimental => "P1",
                Profile::Standard => "P2",
                Profile::Production => "P3",
            };
            assert!(
                rule.id.starts_with(from) && rule.id.len() == 4,
                "{}",
                rule.id
            );
        }
        assert_eq!(
            rule("P204").map(|rule| rule.title),
            Some("automated tests pass")
        );
        assert!(rule("P999").is_none());
    }
}
