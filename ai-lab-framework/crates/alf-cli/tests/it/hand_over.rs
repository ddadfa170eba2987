//! In a lab that is held to a release, that release runs, whichever program was typed.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use insta::assert_snapshot;

use crate::scene::Lab;

const HELD: &str = "1.4.2-aaaaaaaaaaaaaaaa";
const NEXT: &str = "1.5.0-bbbbbbbbbbbbbbbb";

/// A release's program that says what it was given.
const TELLS: &str = r#"#!/bin/sh
echo "$(basename "$(dirname "$(dirname "$0")")") was given: $*"
echo "colours: ${NO_COLOR-as they come}; in $(basename "$PWD"); on standard input: $(cat)"
exit 41
"#;

/// A lab held to 1.4.2, which is in the store and in force; 1.5.0 lies beside it.
fn held() -> Lab {
    let lab = Lab::new();
    lab.write("lab/ai-lab.lock", lock());
    for place in [HELD, NEXT] {
        release(&lab, place, TELLS);
    }
    put_in_force(&lab, HELD);
    lab
}

fn lock() -> String {
    let (tree, other) = ("a".repeat(64), "0".repeat(64));
    let target = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    format!(
        "format = 1\n[framework]\nversion = \"1.4.2\"\nrelease_sha256 = \"{other}\"\n\
         contract = {{ major = 1, minor = 0 }}\nschemas = {{ framework = {{ major = 1, minor = 5 }} }}\n\
         [[framework.archive]]\ntarget = \"{target}\"\nfile = \"a.tar.gz\"\nbytes = 1\n\
         sha256 = \"{other}\"\ntree = \"{tree}\"\n"
    )
}

fn release(lab: &Lab, place: &str, script: &str) {
    let program = format!("home/.ai-lab/framework/{place}/bin/ai-lab-framework");
    lab.write(&program, script);
    let mode = fs::Permissions::from_mode(0o555);
    fs::set_permissions(lab.path(&program), mode).expect("it is ours");
}

fn put_in_force(lab: &Lab, place: &str) {
    fs::create_dir_all(lab.path("lab/.ai-lab/update")).expect("a folder");
    let link = lab.path("lab/.ai-lab/framework");
    let _old = fs::remove_file(&link);
    symlink(lab.path("home/.ai-lab/framework").join(place), link).expect("a link");
}

#[test]
fn the_release_that_is_in_force_gets_arguments_environment_and_input_and_its_exit_code_is_ours() {
    let lab = held();
    assert_snapshot!(lab.play("
        echo hello | NO_COLOR=1 ai-lab-framework tool run probe.look 'host=a b' --a-flag-of-later
        cd ../home; ai-lab-framework mcp serve --lab ../lab
        cd ..; ai-lab-framework frobnicate --json | head -1
    "), @r#"
    $ echo hello | NO_COLOR=1 ai-lab-framework tool run probe.look 'host=a b' --a-flag-of-later
    1.4.2-aaaaaaaaaaaaaaaa was given: tool run probe.look host=a b --a-flag-of-later
    colours: 1; in lab; on standard input: hello
    exit 41

    $ cd ../home; ai-lab-framework mcp serve --lab ../lab
    1.4.2-aaaaaaaaaaaaaaaa was given: mcp serve --lab ../lab
    colours: as they come; in home; on standard input: 
    exit 41

    $ cd ..; ai-lab-framework frobnicate --json | head -1
    {
    exit 0
    "#);
}

#[test]
fn outside_of_the_lab_without_a_lock_and_for_the_store_itself_the_program_runs_as_it_is() {
    let lab = held();
    assert_snapshot!(lab.play("
        cd ..; ai-lab-framework version
        ai-lab-framework version --own
        ai-lab-framework completions bash | head -c 1 | wc -c
        rm ai-lab.lock; ai-lab-framework version
    "), @r#"
    $ cd ..; ai-lab-framework version
    ai-lab-framework 0.1.0 (contract 1, schema 1.5)
    exit 0

    $ ai-lab-framework version --own
    ai-lab-framework 0.1.0 (contract 1, schema 1.5) PROGRAM
    exit 0

    $ ai-lab-framework completions bash | head -c 1 | wc -c
    1
    exit 0

    $ rm ai-lab.lock; ai-lab-framework version
    ai-lab-framework 0.1.0 (contract 1, schema 1.5)
    exit 0
    "#);
}

#[test]
fn a_release_runs_as_it_is_whatever_the_lab_is_held_to() {
    let lab = held();
    // The real program, in the store: it lies there, so that it hands over to nothing.
    let program = lab.path(&format!(
        "home/.ai-lab/framework/{NEXT}/bin/ai-lab-framework"
    ));
    fs::remove_file(&program).expect("the script");
    fs::copy(env!("CARGO_BIN_EXE_ai-lab-framework"), &program).expect("room on the disk");
    assert_snapshot!(lab.play(&format!("
        ../home/.ai-lab/framework/{NEXT}/bin/ai-lab-framework version
        AI_LAB_HOME=../home/scratch ../home/.ai-lab/framework/{NEXT}/bin/ai-lab-framework version
    ")), @r#"
    $ ../home/.ai-lab/framework/1.5.0-bbbbbbbbbbbbbbbb/bin/ai-lab-framework version
    ai-lab-framework 0.1.0 (contract 1, schema 1.5)
    exit 0

    $ AI_LAB_HOME=../home/scratch ../home/.ai-lab/framework/1.5.0-bbbbbbbbbbbbbbbb/bin/ai-lab-framework version
    ai-lab-framework 0.1.0 (contract 1, schema 1.5)
    exit 0
    "#);
    put_in_force(&lab, NEXT);
    lab.write(
        "lab/.ai-lab/update/journal.json",
        format!("{{\"format\":1,\"phase\":\"trial\",\"from\":\"{HELD}\",\"to\":\"{NEXT}\"}}"),
    );
    assert_snapshot!(lab.play("ai-lab-framework version --json"), @r#"
    $ ai-lab-framework version --json
    {
      "contract": 1,
      "format": 1,
      "name": "ai-lab-framework",
      "schema": "1.5",
      "version": "0.1.0"
    }
    exit 0
    "#);
}

#[test]
fn what_does_not_agree_is_named_with_the_next_command() {
    let lab = held();
    put_in_force(&lab, NEXT);
    assert_snapshot!(lab.play("
        ai-lab-framework tool list
        ai-lab-framework --json tool list
        rm .ai-lab/framework; ai-lab-framework tool list
        ln -s ../../home/.ai-lab/framework/1.3.0-cccccccccccccccc .ai-lab/framework; ai-lab-framework tool list
        ln -sfn /tmp .ai-lab/framework; ai-lab-framework tool list
        rm .ai-lab/framework; mkdir .ai-lab/framework; ai-lab-framework tool list
        echo '<<<<<<< HEAD' >> ai-lab.lock; ai-lab-framework tool list
        echo 'format = 2' > ai-lab.lock; ai-lab-framework tool list
        rm ai-lab.lock; mkdir ai-lab.lock; ai-lab-framework tool list
    "), @r#"
    $ ai-lab-framework tool list
    2> error: this lab is held to `1.4.2-aaaaaaaaaaaaaaaa`, and `1.5.0-bbbbbbbbbbbbbbbb` is in force
    2> hint: `ai-lab framework install` puts what the lock names in force; `ai-lab framework pin VERSION` holds the lab to another.
    exit 5

    $ ai-lab-framework --json tool list
    {
      "format": 1,
      "error": {
        "class": "conflict",
        "message": "this lab is held to `1.4.2-aaaaaaaaaaaaaaaa`, and `1.5.0-bbbbbbbbbbbbbbbb` is in force",
        "causes": [],
        "hint": "`ai-lab framework install` puts what the lock names in force; `ai-lab framework pin VERSION` holds the lab to another."
      }
    }
    exit 5

    $ rm .ai-lab/framework; ai-lab-framework tool list
    2> error: this lab is held to 1.4.2, and nothing is in force here yet
    2> hint: `ai-lab framework install` fetches what the lock names and puts it in force.
    exit 8

    $ ln -s ../../home/.ai-lab/framework/1.3.0-cccccccccccccccc .ai-lab/framework; ai-lab-framework tool list
    2> error: this lab is held to 1.4.2, and the store has no `1.3.0-cccccccccccccccc` any more
    2> hint: `ai-lab framework install` fetches what the lock names and puts it in force.
    exit 8

    $ ln -sfn /tmp .ai-lab/framework; ai-lab-framework tool list
    2> error: this lab is held to 1.4.2, and its `.ai-lab/framework` leads out of the store, to /tmp
    2> hint: `ai-lab framework install` fetches what the lock names and puts it in force.
    exit 5

    $ rm .ai-lab/framework; mkdir .ai-lab/framework; ai-lab-framework tool list
    2> error: this lab is held to 1.4.2, and its `.ai-lab/framework` leads out of the store, to /lab/.ai-lab/framework
    2> hint: `ai-lab framework install` fetches what the lock names and puts it in force.
    exit 5

    $ echo '<<<<<<< HEAD' >> ai-lab.lock; ai-lab-framework tool list
    2> error: `ai-lab.lock` of this lab cannot be used
    2>   because line 13: a merge left both sides of a conflict in it
    2> hint: Take one side of it, then `ai-lab lock --check`.
    exit 3

    $ echo 'format = 2' > ai-lab.lock; ai-lab-framework tool list
    2> error: `ai-lab.lock` of this lab cannot be used
    2>   because it has the form 2, and this version reads 1
    2> hint: A newer `ai-lab` wrote it: install that version.
    exit 9

    $ rm ai-lab.lock; mkdir ai-lab.lock; ai-lab-framework tool list
    2> error: cannot read /lab/ai-lab.lock
    2>   because Is a directory (os error 21)
    2> hint: It says which release of the framework this lab is held to.
    exit 8
    "#);
}

#[test]
fn a_release_that_leads_out_of_the_store_again_is_stopped() {
    let lab = held();
    let outside = format!(
        "#!/bin/sh\nexec {} \"$@\"\n",
        env!("CARGO_BIN_EXE_ai-lab-framework")
    );
    let program = lab.path(&format!(
        "home/.ai-lab/framework/{HELD}/bin/ai-lab-framework"
    ));
    fs::remove_file(program).expect("the script");
    release(&lab, HELD, &outside);
    assert_snapshot!(lab.play("ai-lab-framework version"), @r#"
    $ ai-lab-framework version
    2> error: /home/.ai-lab/framework/1.4.2-aaaaaaaaaaaaaaaa/bin/ai-lab-framework was handed over to 8 times: it leads out of the store again
    2> hint: `ai-lab rollback` puts the release before in force.
    exit 9
    "#);
    let program = lab.path(&format!(
        "home/.ai-lab/framework/{HELD}/bin/ai-lab-framework"
    ));
    fs::remove_file(program).expect("the script");
    assert_snapshot!(lab.play("ai-lab-framework version"), @r#"
    $ ai-lab-framework version
    2> error: cannot start /home/.ai-lab/framework/1.4.2-aaaaaaaaaaaaaaaa/bin/ai-lab-framework
    2>   because No such file or directory (os error 2)
    2> hint: `ai-lab-framework verify` says what of the release is missing; `ai-lab-framework repair` mends it.
    exit 8
    "#);
}

#[test]
fn an_agents_entry_names_the_link_so_that_it_outlives_an_update() {
    let lab = held();
    let program = lab.path(&format!(
        "home/.ai-lab/framework/{HELD}/bin/ai-lab-framework"
    ));
    fs::remove_file(&program).expect("the script");
    fs::copy(env!("CARGO_BIN_EXE_ai-lab-framework"), &program).expect("room on the disk");
    assert_snapshot!(lab.play("
        ai-lab-framework connect opencode > /dev/null
        grep -o '\"/[^\"]*ai-lab-framework\"' opencode.json
    "), @r#"
    $ ai-lab-framework connect opencode > /dev/null
    2> next: `opencode mcp list` starts the server and shows its state.
    exit 0

    $ grep -o '"/[^"]*ai-lab-framework"' opencode.json
    "/lab/.ai-lab/framework/bin/ai-lab-framework"
    exit 0
    "#);
}
