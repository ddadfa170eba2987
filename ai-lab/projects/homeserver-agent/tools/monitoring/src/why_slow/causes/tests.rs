use super::*;
use crate::checks::Outcome;
use crate::why_slow::situation::{CheckSeen, DiskSeen, RouterSeen};

fn up() -> RouterSeen {
    RouterSeen::Up {
        down: Some(10.0),
        up: Some(5.0),
        since_s: Some(60),
    }
}

fn check(name: &str, outcome: Outcome) -> CheckSeen {
    CheckSeen {
        name: name.into(),
        is_dns: name.contains("dns"),
        outcome,
        is_outside: !name.contains("local"),
        sentence: format!("{name} said {outcome:?}"),
        next: format!("look at {name}"),
    }
}

fn disk(point: &str, used: f64, is_stuck: bool) -> DiskSeen {
    DiskSeen {
        point: point.into(),
        is_stuck,
        used: (!is_stuck).then_some(used),
        inodes: Some(10.0),
    }
}

/// A machine at rest behind a line that is up, with one check that succeeds.
fn rest() -> Situation {
    Situation {
        cores: 4,
        load_one: Some(0.5),
        cpu_used: Some(5.0),
        iowait: Some(1.0),
        steal: Some(0.0),
        waits_cpu: Some(1.0),
        waits_memory: Some(0.0),
        waits_io: Some(2.0),
        all_wait_io: Some(0.0),
        memory_available: Some(60.0),
        swap_used: Some(10.0),
        uninterruptible: 0,
        disks: vec![disk("/", 40.0, false)],
        busy_disks: vec![("sda".into(), 3.0)],
        top_cpu: vec![("idle".into(), 7, 1.0)],
        top_memory: vec![("db".into(), 8, 900)],
        router: up(),
        checks: vec![check("web", Outcome::Ok)],
    }
}

/// Kind, confidence and sentence of all causes.
fn told(situation: &Situation) -> Vec<(Kind, Confidence, String)> {
    causes(situation)
        .into_iter()
        .map(|cause| (cause.kind, cause.confidence, cause.sentence))
        .collect()
}

#[test]
fn nothing_wrong_has_no_cause() {
    assert_eq!(told(&rest()), []);
    assert_eq!(told(&Situation::default()), []);
}

/// What changes the machine at rest, and the one cause that it then has.
type Row = (fn(&mut Situation), Kind, Confidence, &'static str);

fn check_rows(rows: &[Row]) {
    for (change, kind, confidence, sentence) in rows {
        let mut situation = rest();
        change(&mut situation);
        assert_eq!(
            told(&situation),
            [(*kind, *confidence, (*sentence).to_owned())]
        );
        let only = &causes(&situation)[0];
        assert!(!only.next.is_empty(), "{only:?}");
        let needs_none = [Kind::DiskHung, Kind::TargetDown].contains(kind);
        assert!(needs_none || !only.evidence.is_empty(), "{only:?}");
    }
}

#[test]
fn a_processor_without_time() {
    use Confidence::{High, Medium};
    check_rows(&[
        (
            |it| {
                it.cpu_used = Some(98.0);
                it.waits_cpu = Some(70.0);
                it.top_cpu = vec![("stress".into(), 42, 380.0)];
            },
            Kind::CpuBusy,
            High,
            "the processor is busy and tasks wait for it, most by stress (42)",
        ),
        (
            |it| it.cpu_used = Some(98.0),
            Kind::CpuBusy,
            Medium,
            "the processor is busy, most by idle (7)",
        ),
        (
            |it| it.waits_cpu = Some(70.0),
            Kind::CpuBusy,
            Medium,
            "tasks wait for the processor, most by idle (7)",
        ),
        (
            |it| it.steal = Some(30.0),
            Kind::CpuStolen,
            High,
            "the hypervisor gives this machine's processor time to others",
        ),
    ]);
}

#[test]
fn memory_that_is_short() {
    use Confidence::{High, Low, Medium};
    check_rows(&[
        (
            |it| {
                it.memory_available = Some(3.0);
                it.waits_memory = Some(45.0);
                it.swap_used = Some(80.0);
            },
            Kind::MemoryShort,
            High,
            "programs wait for memory, and swap is in use",
        ),
        (
            |it| it.waits_memory = Some(45.0),
            Kind::MemoryShort,
            Medium,
            "programs wait for memory",
        ),
        (
            |it| it.memory_available = Some(8.0),
            Kind::MemoryShort,
            Low,
            "little memory is left",
        ),
    ]);
}

#[test]
fn disks_that_are_full_hang_or_are_waited_for() {
    use Confidence::{High, Low};
    check_rows(&[
        (
            |it| it.disks.push(disk("/var", 100.0, false)),
            Kind::DiskFull,
            High,
            "/var is full: what has to write there fails",
        ),
        (
            |it| it.disks.push(disk("/var", 96.0, false)),
            Kind::DiskFull,
            Low,
            "/var is nearly full",
        ),
        (
            |it| it.disks[0].inodes = Some(100.0),
            Kind::DiskFull,
            High,
            "/ is out of inodes: what has to write there fails",
        ),
        (
            |it| it.disks.push(disk("/mnt/nas", 0.0, true)),
            Kind::DiskHung,
            High,
            "/mnt/nas does not answer: whatever uses it waits without end",
        ),
        (
            |it| {
                it.waits_io = Some(80.0);
                it.all_wait_io = Some(60.0);
                it.busy_disks = vec![("sdb".into(), 99.0)];
                it.uninterruptible = 3;
            },
            Kind::IoStall,
            High,
            "tasks wait for disks, most of all sdb",
        ),
        (
            |it| {
                it.waits_io = None;
                it.iowait = Some(50.0);
                it.uninterruptible = 2;
            },
            Kind::IoStall,
            Low,
            "tasks wait for disks",
        ),
    ]);
}

#[test]
fn a_line_that_is_down_full_or_silent() {
    use Confidence::{High, Low, Medium};
    check_rows(&[
        (
            |it| {
                it.router = RouterSeen::Down {
                    status: "Disconnected".into(),
                    error: Some("ERROR_ISP_TIME_OUT".into()),
                };
                it.checks = vec![
                    check("web", Outcome::NoConnection),
                    check("dns", Outcome::Silent),
                ];
            },
            Kind::LineDown,
            High,
            "there is no connection to the internet: Disconnected (ERROR_ISP_TIME_OUT)",
        ),
        (
            |it| {
                it.router = RouterSeen::Up {
                    down: Some(96.0),
                    up: None,
                    since_s: None,
                }
            },
            Kind::LineFull,
            Medium,
            "the connection to the internet carries as much as it can",
        ),
        (
            |it| it.router = RouterSeen::Silent,
            Kind::RouterSilent,
            Low,
            "the router does not answer",
        ),
    ]);
}

#[test]
fn names_and_targets() {
    use Confidence::{High, Low, Medium};
    check_rows(&[
        (
            |it| {
                it.checks = vec![
                    check("dns", Outcome::Silent),
                    check("web", Outcome::NameUnknown),
                ];
            },
            Kind::NamesBroken,
            High,
            "names are not looked up: dns said Silent",
        ),
        (
            |it| it.checks = vec![check("web", Outcome::NameUnknown)],
            Kind::NamesBroken,
            Low,
            "names are not looked up: web said NameUnknown",
        ),
        (
            |it| it.checks.push(check("shop", Outcome::WrongStatus)),
            Kind::TargetDown,
            High,
            "check shop fails, while the line is up: shop said WrongStatus",
        ),
        (
            |it| {
                it.router = RouterSeen::Unknown;
                it.checks.push(check("local nas", Outcome::NoConnection));
            },
            Kind::TargetDown,
            Medium,
            "check local nas fails: local nas said NoConnection",
        ),
    ]);
}

#[test]
fn of_many_the_worst_comes_first_and_what_another_explains_is_left_out() {
    let mut situation = rest();
    situation.router = RouterSeen::Down {
        status: "Connecting".into(),
        error: None,
    };
    situation.cpu_used = Some(99.0);
    situation.memory_available = Some(1.0);
    situation.waits_memory = Some(60.0);
    situation.waits_io = Some(90.0);
    situation.disks.push(disk("/mnt", 0.0, true));
    situation.checks = vec![
        check("web", Outcome::Late),
        check("dns", Outcome::DnsError),
        check("local nas", Outcome::Refused),
        check("not granted", Outcome::NotGranted),
    ];
    let kinds: Vec<Kind> = told(&situation)
        .into_iter()
        .map(|(kind, ..)| kind)
        .collect();
    assert_eq!(
        kinds,
        [
            Kind::DiskHung,
            Kind::LineDown,
            Kind::MemoryShort,
            Kind::IoStall,
            Kind::TargetDown,
            Kind::CpuBusy,
        ]
    );
}

#[test]
fn one_name_that_nobody_knows_is_its_own_fault_where_others_are_known() {
    let mut situation = rest();
    situation.checks = vec![
        check("web", Outcome::Ok),
        check("typo", Outcome::NameUnknown),
    ];
    assert_eq!(
        told(&situation)
            .into_iter()
            .map(|(kind, ..)| kind)
            .collect::<Vec<_>>(),
        [Kind::TargetDown]
    );
}

#[test]
fn a_silent_router_with_failing_checks_is_the_likelier_cause() {
    let mut situation = rest();
    situation.router = RouterSeen::Silent;
    situation.checks = vec![check("web", Outcome::NoConnection)];
    assert_eq!(
        told(&situation),
        [
            (
                Kind::RouterSilent,
                Confidence::Medium,
                "the router does not answer, and neither do checks: web".to_owned()
            ),
            (
                Kind::TargetDown,
                Confidence::Medium,
                "check web fails: web said NoConnection".to_owned()
            ),
        ]
    );
}
