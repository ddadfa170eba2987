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
