//! Homes, folders and clocks that are not as they should be.

use insta::assert_snapshot;

use crate::scene::Lab;

#[test]
fn without_a_home_the_variable_to_set_is_named() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        unset HOME AI_LAB_HOME; ai-lab-framework tool list
        HOME= AI_LAB_HOME= ai-lab-framework tool list --json
        unset HOME AI_LAB_HOME; ai-lab-framework version
        unset HOME AI_LAB_HOME; ai-lab-framework completions bash | head -c 1 | wc -c
    "), @r#"
    $ unset HOME AI_LAB_HOME; ai-lab-framework tool list
    2> error: there is no home folder: HOME is not set
    2> hint: Set AI_LAB_HOME to the folder that holds the framework's record.
    exit 8

    $ HOME= AI_LAB_HOME= ai-lab-framework tool list --json
    {
      "format": 1,
      "error": {
        "class": "environment",
        "message": "there is no home folder: HOME is not set",
        "causes": [],
        "hint": "Set AI_LAB_HOME to the folder that holds the framework's record."
      }
    }
    exit 8

    $ unset HOME AI_LAB_HOME; ai-lab-framework version
    ai-lab-framework 0.1.0 (contract 1, schema 1.5)
    exit 0

    $ unset HOME AI_LAB_HOME; ai-lab-framework completions bash | head -c 1 | wc -c
    1
    exit 0
    "#);
}

#[test]
fn the_home_is_in_the_persons_home_and_closed_to_others() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        umask 000; unset AI_LAB_HOME; ai-lab-framework tool run probe.look host=nas >/dev/null 2>&1
        stat -c '%a %n' ../home/.ai-lab ../home/.ai-lab/framework.db
    "), @r"
    $ umask 000; unset AI_LAB_HOME; ai-lab-framework tool run probe.look host=nas >/dev/null 2>&1
    exit 0

    $ stat -c '%a %n' ../home/.ai-lab ../home/.ai-lab/framework.db
    700 ../home/.ai-lab
    600 ../home/.ai-lab/framework.db
    exit 0
    ");
}

#[test]
fn a_home_that_cannot_be_made_is_named() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        AI_LAB_HOME=/proc/nowhere ai-lab-framework tool run probe.look host=nas
        AI_LAB_HOME=/dev/null ai-lab-framework tool run probe.look host=nas
        AI_LAB_HOME=/dev/null ai-lab-framework tool list
        AI_LAB_HOME=/dev/null ai-lab-framework doctor | grep -A 1 -e home -e database
        AI_LAB_HOME=/dev/null ai-lab-framework execution list
    "), @r"
    $ AI_LAB_HOME=/proc/nowhere ai-lab-framework tool run probe.look host=nas
    2> error: cannot open the framework's database
    2>   because cannot make the folder /proc/nowhere
    2>   because No such file or directory (os error 2)
    2> hint: Set AI_LAB_HOME to a folder you own.
    exit 8

    $ AI_LAB_HOME=/dev/null ai-lab-framework tool run probe.look host=nas
    2> error: cannot open the framework's database
    2>   because cannot look at /dev/null/framework.db
    2>   because Not a directory (os error 20)
    2> hint: Set AI_LAB_HOME to a folder you own.
    exit 8

    $ AI_LAB_HOME=/dev/null ai-lab-framework tool list
    tool   version  profile   actions      from    description
    probe  1.2.3    standard  forget look  global  Looks at hosts.
    exit 0

    $ AI_LAB_HOME=/dev/null ai-lab-framework doctor | grep -A 1 -e home -e database
    ✗ home        /dev/null is no folder
                  Move that file away, or set AI_LAB_HOME to another folder.
    ✗ database    cannot look at /dev/null/framework.db: Not a directory (os error 20)
                  Set AI_LAB_HOME to a folder you own.
    exit 0

    $ AI_LAB_HOME=/dev/null ai-lab-framework execution list
    2> error: cannot open the framework's database
    2>   because cannot look at /dev/null/framework.db
    2>   because Not a directory (os error 20)
    2> hint: Set AI_LAB_HOME to a folder you own.
    exit 8
    ");
}

#[test]
fn a_working_folder_that_was_deleted_is_named() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        mkdir gone && cd gone && rmdir ../gone && ai-lab-framework tool list
        mkdir gone && cd gone && rmdir ../gone && ai-lab-framework version
    "), @r"
    $ mkdir gone && cd gone && rmdir ../gone && ai-lab-framework tool list
    2> error: cannot tell the working folder: was it deleted
    2>   because No such file or directory (os error 2)
    exit 8

    $ mkdir gone && cd gone && rmdir ../gone && ai-lab-framework version
    ai-lab-framework 0.1.0 (contract 1, schema 1.5)
    exit 0
    ");
}

#[test]
fn outside_any_lab_the_homes_tools_are_there() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        mkdir -p ../home/.ai-lab/tools && cp -r tools/probe ../home/.ai-lab/tools/mine && sed -i 's/^name.*/name = \"mine\"/' ../home/.ai-lab/tools/mine/tool.toml
        cd /; ai-lab-framework tool list
        cd /; ai-lab-framework tool run mine.look host=nas
        cd tools/probe; ai-lab-framework tool list
    "), @r#"
    $ mkdir -p ../home/.ai-lab/tools && cp -r tools/probe ../home/.ai-lab/tools/mine && sed -i 's/^name.*/name = "mine"/' ../home/.ai-lab/tools/mine/tool.toml
    exit 0

    $ cd /; ai-lab-framework tool list
    tool  version  profile   actions      from  description
    mine  1.2.3    standard  forget look  home  Looks at hosts.
    exit 0

    $ cd /; ai-lab-framework tool run mine.look host=nas
    free bytes  2.0 KiB
    seen
      host  nas
    2> ✓ mine.look in TIME  recorded as ID
    exit 0

    $ cd tools/probe; ai-lab-framework tool list
    tool   version  profile   actions      from    description
    mine   1.2.3    standard  forget look  home    Looks at hosts.
    probe  1.2.3    standard  forget look  global  Looks at hosts.
    exit 0
    "#);
}

#[test]
fn a_clock_that_is_none_is_refused() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        AI_LAB_CLOCK=noon ai-lab-framework tool list
    "), @r"
    $ AI_LAB_CLOCK=noon ai-lab-framework tool list
    2> error: AI_LAB_CLOCK is no RFC 3339 instant: `noon`
    2>   because failed to parse four digit integer as year: invalid digit, expected 0-9 but got n
    exit 2
    ");
}
