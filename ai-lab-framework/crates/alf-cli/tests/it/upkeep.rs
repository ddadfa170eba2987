//! `migrate-db` and `doctor`.

use insta::assert_snapshot;

use crate::scene::Lab;

#[test]
fn a_database_is_migrated_once() {
    let lab = Lab::empty();
    assert_snapshot!(lab.play("
        ai-lab-framework migrate-db --check
        ai-lab-framework migrate-db --dry-run | grep -v '^ ' | head -n 12
        ls ../home
        ai-lab-framework migrate-db
        ai-lab-framework migrate-db
        ai-lab-framework migrate-db --check
        ai-lab-framework migrate-db --dry-run
        ai-lab-framework migrate-db --json
    "), @r#"
    $ ai-lab-framework migrate-db --check
    /home/.ai-lab/framework.db: no schema yet, to 1.5:
      1.1 record (16 statements)
      1.2 breakers (5 statements)
      1.3 figures (9 statements)
      1.4 outputs (2 statements)
      1.5 retention (4 statements)
    exit 10

    $ ai-lab-framework migrate-db --dry-run | grep -v '^ ' | head -n 12
    /home/.ai-lab/framework.db: no schema yet, to 1.5:

    CREATE TABLE schema_migrations (
    ) STRICT;

    CREATE TABLE tool_executions (
    ) STRICT;

    CREATE INDEX tool_executions_by_action

    CREATE INDEX tool_executions_by_correlation ON tool_executions (correlation_id);

    exit 0

    $ ls ../home
    exit 0

    $ ai-lab-framework migrate-db
    /home/.ai-lab/framework.db: no schema yet, to 1.5:
      1.1 record (16 statements)
      1.2 breakers (5 statements)
      1.3 figures (9 statements)
      1.4 outputs (2 statements)
      1.5 retention (4 statements)
    exit 0

    $ ai-lab-framework migrate-db
    /home/.ai-lab/framework.db: schema 1.5: nothing to do
    exit 0

    $ ai-lab-framework migrate-db --check
    /home/.ai-lab/framework.db: schema 1.5: nothing to do
    exit 0

    $ ai-lab-framework migrate-db --dry-run
    /home/.ai-lab/framework.db: schema 1.5: nothing to do
    exit 0

    $ ai-lab-framework migrate-db --json
    {
      "format": 1,
      "database": "/home/.ai-lab/framework.db",
      "plan": {
        "from": "1.5",
        "to": "1.5",
        "missing": [],
        "strangers": [],
        "drift": []
      },
      "applied": false
    }
    exit 0
    "#);
}

#[test]
fn a_database_of_a_newer_major_is_left_alone() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        ai-lab-framework migrate-db
        printf '\\0\\0\\7\\320' | dd of=../home/.ai-lab/framework.db bs=1 seek=60 conv=notrunc 2>/dev/null
        ai-lab-framework migrate-db --check
        ai-lab-framework tool run probe.look host=nas
        ai-lab-framework doctor | grep -A 1 database
    "), @r"
    $ ai-lab-framework migrate-db
    /home/.ai-lab/framework.db: no schema yet, to 1.5:
      1.1 record (16 statements)
      1.2 breakers (5 statements)
      1.3 figures (9 statements)
      1.4 outputs (2 statements)
      1.5 retention (4 statements)
    exit 0

    $ printf '\0\0\7\320' | dd of=../home/.ai-lab/framework.db bs=1 seek=60 conv=notrunc 2>/dev/null
    exit 0

    $ ai-lab-framework migrate-db --check
    2> error: cannot open the framework's database
    2>   because /home/.ai-lab/framework.db has schema 2.0, this framework reads 1.5; framework 0.1.0 can read it
    2> hint: Use that framework version, or set AI_LAB_HOME to another folder.
    exit 9

    $ ai-lab-framework tool run probe.look host=nas
    2> error: cannot open the framework's database
    2>   because /home/.ai-lab/framework.db has schema 2.0, this framework reads 1.5; framework 0.1.0 can read it
    2> hint: Use that framework version, or set AI_LAB_HOME to another folder.
    exit 9

    $ ai-lab-framework doctor | grep -A 1 database
    ✗ database    /home/.ai-lab/framework.db has schema 2.0, this framework reads 1.5; framework 0.1.0 can read it
                  Use that framework version, or set AI_LAB_HOME to another folder.
    exit 0
    ");
}

/// A `doctor` that does not depend on the machine's Python, kernel and user.
const DOCTOR: &str =
    "PATH=../bin ai-lab-framework doctor | grep -v -e '^. sandbox' -e 'tools run as root'";

#[test]
fn doctor_before_and_after_the_first_run() {
    let lab = Lab::new();
    lab.write("bin/python3", "");
    assert_snapshot!(lab.play(DOCTOR), @r"
    $ PATH=../bin ai-lab-framework doctor | grep -v -e '^. sandbox' -e 'tools run as root'
    ✓ framework   0.1.0 (sha256:HASH…) at PROGRAM
    ✓ home        /home/.ai-lab is made by the first run
    ✓ database    /home/.ai-lab/framework.db is made by the first run
    ✓ lab         /lab
    ✓ tools       1
    ✓ python      ../bin/python3, SDK as installed there (`pip install ai-lab-framework`)
    ✓ processes   what a tool leaves behind is found and ended
    exit 0
    ");
    lab.shell("ai-lab-framework tool run probe.look host=nas");
    assert_snapshot!(lab.play(&format!("{DOCTOR} | grep -e home -e database")), @r"
    $ PATH=../bin ai-lab-framework doctor | grep -v -e '^. sandbox' -e 'tools run as root' | grep -e home -e database
    ✓ home        /home/.ai-lab (owner UID)
    ✓ database    /home/.ai-lab/framework.db (schema 1.5, SQLite VERSION, executions: 1)
    exit 0
    ");
    assert_snapshot!(lab.play("ai-lab-framework doctor --json | grep -v '^  .health' | head -n 11"), @r#"
    $ ai-lab-framework doctor --json | grep -v '^  .health' | head -n 11
    {
      "format": 1,
      "checks": [
        {
          "what": "framework",
          "health": "well",
          "seen": "0.1.0 (sha256:HASH…) at PROGRAM"
        },
        {
          "what": "home",
          "health": "well",
    exit 0
    "#);
}

#[test]
fn doctor_says_what_is_wrong_and_what_to_do() {
    let lab = Lab::new();
    lab.tool("torn", "", "profil = 7");
    lab.shell("ai-lab-framework tool run probe.look host=nas");
    assert_snapshot!(lab.play("
        chmod 755 ../home/.ai-lab
        PATH= ai-lab-framework doctor | grep -v -e framework.0 -e '^. sandbox' -e 'tools run as root'
        printf 'no database at all' >../home/.ai-lab/framework.db
        ai-lab-framework doctor | grep -A 1 database
        ai-lab-framework doctor >/dev/null
        ai-lab-framework tool run probe.look host=nas
        ai-lab-framework execution list
        cat ../home/.ai-lab/framework.db
    "), @r"
    $ chmod 755 ../home/.ai-lab
    exit 0

    $ PATH= ai-lab-framework doctor | grep -v -e framework.0 -e '^. sandbox' -e 'tools run as root'
    ✓ framework   0.1.0 (sha256:HASH…) at PROGRAM
    ! home        /home/.ai-lab is open to other users (mode 755)
                  `chmod 700 /home/.ai-lab` closes it.
    ✓ database    /home/.ai-lab/framework.db (schema 1.5, SQLite VERSION, executions: 1)
    ✓ lab         /lab
    ! tools       1, and 1 with problems: /lab/tools/torn/tool.toml:5:1: unknown key `profil` (Did you mean `profile`?)
                  `ai-lab-framework tool check` names everything that is wrong.
    ! python      there is no `python3` on PATH: tools written in Python cannot run
                  Install Python 3.11 or newer.
    ✓ processes   what a tool leaves behind is found and ended
    exit 0

    $ printf 'no database at all' >../home/.ai-lab/framework.db
    exit 0

    $ ai-lab-framework doctor | grep -A 1 database
    ✗ database    /home/.ai-lab/framework.db is no framework database: it holds something else
                  Move that file away, or set AI_LAB_HOME to another folder.
    exit 0

    $ ai-lab-framework doctor >/dev/null
    exit 8

    $ ai-lab-framework tool run probe.look host=nas
    2> error: cannot open the framework's database
    2>   because /home/.ai-lab/framework.db is no framework database: it holds something else
    2> hint: Move that file away, or set AI_LAB_HOME to another folder.
    exit 3

    $ ai-lab-framework execution list
    2> error: cannot open the framework's database
    2>   because /home/.ai-lab/framework.db is no framework database: it holds something else
    2> hint: Move that file away, or set AI_LAB_HOME to another folder.
    exit 3

    $ cat ../home/.ai-lab/framework.db
    no database at all
    exit 0
    ");
}

/// What somebody does who wants the record to say something else.
const FORGERY: &str = r#"
import sqlite3
record = sqlite3.connect("../home/.ai-lab/framework.db")
for (guard,) in record.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
    record.execute(f"DROP TRIGGER {guard}")
record.execute("UPDATE tool_executions SET host = 'elsewhere'")
record.commit()
"#;

#[test]
fn a_record_that_was_touched_is_noticed() {
    let lab = Lab::new();
    lab.write("forgery.py", FORGERY);
    lab.shell("ai-lab-framework tool run probe.look host=nas");
    assert_snapshot!(lab.play("
        python3 ../forgery.py
        ai-lab-framework execution verify
        ai-lab-framework execution verify --json
    "), @r#"
    $ python3 ../forgery.py
    exit 0

    $ ai-lab-framework execution verify
    ✗ position 1: the start of ID was changed after it was written
    exit 5

    $ ai-lab-framework execution verify --json
    {
      "format": 1,
      "links": 2,
      "head": "HASH",
      "pruned": {
        "links": 0,
        "up_to": 0,
        "ranges": 0
      },
      "findings": [
        {
          "position": 1,
          "link": "start",
          "execution_id": "ID",
          "problem": "changed"
        }
      ],
      "outputs": {
        "files": 0,
        "findings": []
      }
    }
    exit 5
    "#);
}

#[test]
fn a_copy_of_the_record_is_one_whole_file_that_overwrites_nothing() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        ai-lab-framework backup copy.db; ls
        ai-lab-framework tool run probe.look host=nas >/dev/null 2>&1
        ai-lab-framework backup copy.db | sed 's/[0-9]* bytes, \\([0-9]*\\) links, head .*/N bytes, \\1 links/'
        ai-lab-framework backup copy.db
        ai-lab-framework backup there/copy.db
        mkdir -p ../other; mv copy.db ../other/framework.db; ls ../other
        AI_LAB_HOME=$PWD/../other ai-lab-framework execution verify | sed 's/head .*/head/'
    "), @r#"
    $ ai-lab-framework backup copy.db; ls
    ai-lab.toml
    tools
    2> error: cannot open the framework's database
    2>   because there is no framework database at /home/.ai-lab/framework.db
    2> hint: Run a tool first: `ai-lab-framework tool run TOOL.ACTION`.
    exit 0

    $ ai-lab-framework tool run probe.look host=nas >/dev/null 2>&1
    exit 0

    $ ai-lab-framework backup copy.db | sed 's/[0-9]* bytes, \([0-9]*\) links, head .*/N bytes, \1 links/'
    copy.db: N bytes, 2 links
    exit 0

    $ ai-lab-framework backup copy.db
    2> error: there is no copy
    2>   because copy.db is there already
    exit 5

    $ ai-lab-framework backup there/copy.db
    2> error: there is no copy
    2>   because cannot write the snapshot there/copy.db
    2>   because No such file or directory (os error 2)
    exit 8

    $ mkdir -p ../other; mv copy.db ../other/framework.db; ls ../other
    framework.db
    exit 0

    $ AI_LAB_HOME=$PWD/../other ai-lab-framework execution verify | sed 's/head .*/head/'
    ✓ 2 links, none touched; head
    exit 0
    "#);
}

#[test]
fn a_damaged_database_is_named_by_every_command() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        ai-lab-framework migrate-db >/dev/null
        dd if=/dev/zero of=../home/.ai-lab/framework.db bs=4096 seek=1 count=3 conv=notrunc 2>/dev/null
        ai-lab-framework doctor | grep -A 1 database | sed 's/damaged.*/damaged/'
        ai-lab-framework tool run probe.look host=nas
        ai-lab-framework execution list
    "), @r"
    $ ai-lab-framework migrate-db >/dev/null
    exit 0

    $ dd if=/dev/zero of=../home/.ai-lab/framework.db bs=4096 seek=1 count=3 conv=notrunc 2>/dev/null
    exit 0

    $ ai-lab-framework doctor | grep -A 1 database | sed 's/damaged.*/damaged/'
    ✗ database    /home/.ai-lab/framework.db is damaged
                  Restore a backup, or move the file away; the next run begins a new record.
    exit 0

    $ ai-lab-framework tool run probe.look host=nas
    2> error: cannot record the execution
    2>   because /home/.ai-lab/framework.db is damaged
    2>   because database disk image is malformed
    2>   because Error code 11: database disk image is malformed
    2> hint: `ai-lab-framework doctor` looks at the database and the disk.
    exit 8

    $ ai-lab-framework execution list
    2> error: cannot use the framework's database
    2>   because /home/.ai-lab/framework.db is damaged
    2>   because database disk image is malformed
    2>   because Error code 11: database disk image is malformed
    2> hint: `ai-lab-framework doctor` looks at the database and the disk.
    exit 8
    ");
}
