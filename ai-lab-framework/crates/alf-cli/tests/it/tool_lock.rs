//! `tool lock`, `tool diff`, `tool approve`.

use insta::assert_snapshot;

use crate::scene::Lab;

#[test]
fn a_change_is_seen_before_it_is_approved() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        ai-lab-framework tool diff probe
        ai-lab-framework tool lock
        ai-lab-framework tool lock --json
        ai-lab-framework tool diff probe
        sed -i 's/write = .*/write = [\"data\", \"out\"]/; s/top = {/depth = {/' tools/probe/tool.toml
        echo '# more' >>tools/probe/run.sh
        ai-lab-framework tool lock probe
        ai-lab-framework tool diff probe
        ai-lab-framework tool approve probe
        ai-lab-framework tool run probe.look host=nas
        ai-lab-framework tool approve probe --yes
        ai-lab-framework tool approve probe
        ai-lab-framework tool run probe.look host=nas
    "));
}

#[test]
fn a_program_reads_the_same() {
    let lab = Lab::new();
    assert_snapshot!(lab.play(
        "
        ai-lab-framework tool lock probe --json >/dev/null
        echo '# more' >>tools/probe/run.sh
        ai-lab-framework tool diff probe --json
        ai-lab-framework tool approve probe --json
    "
    ));
}

#[test]
fn a_pinned_claim_that_nobody_has_seen_is_told() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        ai-lab-framework tool lock probe >/dev/null
        ai-lab-framework tool list
        ai-lab-framework tool show probe | sed -n 1p
        ai-lab-framework tool list --json | grep -A1 pinned
    "), @r#"
    $ ai-lab-framework tool lock probe >/dev/null
    exit 0

    $ ai-lab-framework tool list
    tool   version  profile   actions      from    description
    probe  1.2.3    standard  forget look  global  Looks at hosts.
    2> ! probe is pinned and was never seen to fit standard: `ai-lab-framework profile validate probe`
    exit 0

    $ ai-lab-framework tool show probe | sed -n 1p
    probe 1.2.3  standard, global
    2> ! probe is pinned and was never seen to fit standard: `ai-lab-framework profile validate probe`
    exit 0

    $ ai-lab-framework tool list --json | grep -A1 pinned
          "pinned": true,
          "validated": null
    exit 0
    "#);
}
