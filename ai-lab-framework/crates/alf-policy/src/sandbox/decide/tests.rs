use super::*;

/// One cell: what is missing, the profile, and what comes of it.
type Cell = (&'static str, fn(&mut Machine), Profile, &'static str);

const EXPERIMENTAL: Profile = Profile::Experimental;
const STANDARD: Profile = Profile::Standard;
const PRODUCTION: Profile = Profile::Production;

/// Level, network, what is in force, and how much is warned of; or the refusal.
fn told(profile: Profile, proxied: Proxied, machine: &Machine) -> String {
    match decide(profile, proxied, machine) {
        Err(refused) => format!("refused: {refused:?}"),
        Ok(given) => {
            let network = match given.network {
                Network::Open => "open",
                Network::Ports => "ports",
                Network::PortOnly => "port-only",
                Network::Hosts => "hosts",
            };
            let mut told = format!("{} {network}", given.level.as_str());
            for (holds, word) in [
                (given.scoped, " scoped"),
                (given.filtered, " filtered"),
                (given.grouped, " grouped"),
            ] {
                if holds {
                    told.push_str(word);
                }
            }
            format!("{told}, {} warnings", given.warnings.len())
        }
    }
}

const CELLS: &[Cell] = &[
    (
        "nothing",
        |_| {},
        PRODUCTION,
        "l2 ports scoped filtered, 0 warnings",
    ),
    (
        "nothing",
        |_| {},
        STANDARD,
        "l1 ports scoped filtered, 0 warnings",
    ),
    (
        "nothing",
        |_| {},
        EXPERIMENTAL,
        "l1 ports scoped filtered, 0 warnings",
    ),
    (
        "Landlock",
        |m| m.landlock_abi = 0,
        PRODUCTION,
        "refused: Landlock { profile: Production, abi: 0 }",
    ),
    (
        "Landlock",
        |m| m.landlock_abi = 0,
        STANDARD,
        "refused: Landlock { profile: Standard, abi: 0 }",
    ),
    (
        "Landlock",
        |m| m.landlock_abi = 0,
        EXPERIMENTAL,
        "none open filtered, 1 warnings",
    ),
    (
        "Landlock's network",
        |m| m.landlock_abi = 3,
        PRODUCTION,
        "refused: Landlock { profile: Production, abi: 3 }",
    ),
    (
        "Landlock's network",
        |m| m.landlock_abi = 3,
        STANDARD,
        "refused: Landlock { profile: Standard, abi: 3 }",
    ),
    (
        "Landlock's network",
        |m| m.landlock_abi = 3,
        EXPERIMENTAL,
        "none open filtered, 1 warnings",
    ),
    (
        "scopes",
        |m| m.landlock_abi = 5,
        PRODUCTION,
        "l2 ports filtered, 0 warnings",
    ),
    (
        "scopes",
        |m| m.landlock_abi = 4,
        STANDARD,
        "l1 ports filtered, 1 warnings",
    ),
    (
        "scopes",
        |m| m.landlock_abi = 4,
        EXPERIMENTAL,
        "l1 ports filtered, 1 warnings",
    ),
    (
        "scopes and namespaces",
        |m| {
            m.landlock_abi = 5;
            m.namespaces = false;
            m.foreign_install = true;
            m.control_groups = ControlGroups::Unified(String::new());
        },
        PRODUCTION,
        "refused: Namespaces",
    ),
    (
        "filters",
        |m| m.seccomp = false,
        PRODUCTION,
        "refused: Seccomp { profile: Production }",
    ),
    (
        "filters",
        |m| m.seccomp = false,
        STANDARD,
        "refused: Seccomp { profile: Standard }",
    ),
    (
        "filters",
        |m| m.seccomp = false,
        EXPERIMENTAL,
        "l1 ports scoped, 1 warnings",
    ),
    (
        "namespaces",
        |m| m.namespaces = false,
        PRODUCTION,
        "refused: Namespaces",
    ),
    (
        "namespaces",
        |m| m.namespaces = false,
        STANDARD,
        "l1 ports scoped filtered, 0 warnings",
    ),
    (
        "namespaces",
        |m| m.namespaces = false,
        EXPERIMENTAL,
        "l1 ports scoped filtered, 0 warnings",
    ),
    (
        "namespaces, files another's",
        |m| {
            m.namespaces = false;
            m.foreign_install = true;
            m.control_groups = ControlGroups::Unified(String::new());
        },
        PRODUCTION,
        "l1 ports scoped filtered grouped, 1 warnings",
    ),
    (
        "namespaces and groups, files another's",
        |m| {
            m.namespaces = false;
            m.foreign_install = true;
        },
        PRODUCTION,
        "refused: Tree",
    ),
    (
        "groups while root",
        |m| m.is_root = true,
        PRODUCTION,
        "refused: ControlGroups",
    ),
    (
        "groups while root",
        |m| m.is_root = true,
        STANDARD,
        "l1 ports scoped filtered, 0 warnings",
    ),
    (
        "groups while root",
        |m| m.is_root = true,
        EXPERIMENTAL,
        "l1 ports scoped filtered, 0 warnings",
    ),
    (
        "nothing while root",
        |m| {
            m.is_root = true;
            m.control_groups = ControlGroups::Unified(String::new());
        },
        PRODUCTION,
        "l2 ports scoped filtered grouped, 0 warnings",
    ),
    (
        "everything",
        |m| {
            m.landlock_abi = 0;
            m.seccomp = false;
            m.namespaces = false;
            m.is_root = true;
        },
        EXPERIMENTAL,
        "none open, 2 warnings",
    ),
];

#[test]
fn every_cell_of_the_table_is_as_it_is_written() {
    for (missing, take_away, profile, expected) in CELLS {
        let mut machine = Machine::complete();
        take_away(&mut machine);
        assert_eq!(
            told(*profile, Proxied::NOTHING, &machine),
            *expected,
            "{profile} without {missing}"
        );
    }
}

#[test]
fn granted_hosts_are_held_to_or_refused_or_said_to_be_ports_only() {
    let of = |take_away: fn(&mut Machine)| {
        let mut machine = Machine::complete();
        take_away(&mut machine);
        Profile::ALL.map(|profile| told(profile, Proxied::HOSTS, &machine))
    };
    let kept = "l3 hosts scoped filtered, 0 warnings";
    assert_eq!(of(|_| {}), [kept; 3]);
    let [ports_only, refused] = ["l1 port-only scoped filtered, 1 warnings", "refused: Hosts"];
    assert_eq!(
        of(|m| m.network_namespace = false),
        [ports_only, ports_only, refused]
    );
    // What a machine lacks otherwise is told first.
    assert_eq!(
        of(|m| m.namespaces = false),
        [ports_only, ports_only, "refused: Namespaces"]
    );
    assert_eq!(
        of(|m| {
            m.namespaces = false;
            m.foreign_install = true;
            m.control_groups = ControlGroups::Unified(String::new());
        }),
        [ports_only, ports_only, refused]
    );
    assert_eq!(
        of(|m| m.landlock_abi = 5),
        [
            "l3 hosts filtered, 1 warnings",
            "l3 hosts filtered, 1 warnings",
            "l3 hosts filtered, 0 warnings",
        ]
    );
    assert_eq!(
        of(|m| m.landlock_abi = 3)[0],
        "none open filtered, 1 warnings"
    );
}

#[test]
fn granted_sockets_need_what_hosts_need_and_stay_closed_without() {
    let sockets = Proxied {
        hosts: false,
        sockets: true,
    };
    let of = |take_away: fn(&mut Machine)| {
        let mut machine = Machine::complete();
        take_away(&mut machine);
        Profile::ALL.map(|profile| match decide(profile, sockets, &machine) {
            Ok(given) => format!("{}: {}", given.level.as_str(), given.warnings.join("; ")),
            Err(refused) => format!("{refused:?}"),
        })
    };
    assert_eq!(of(|_| {}), ["l3: "; 3]);
    let closed = "l1: this machine gives no own network namespace: the granted sockets stay closed";
    assert_eq!(
        of(|m| m.network_namespace = false),
        [closed, closed, "Hosts"]
    );
    let open = &of(|m| m.landlock_abi = 0)[0];
    let told = "without a network of its own the granted sockets stay closed";
    assert!(open.starts_with("none: ") && open.ends_with(told), "{open}");
}

#[test]
fn every_refusal_names_its_remedy() {
    let all = [
        SandboxRefused::Landlock {
            profile: STANDARD,
            abi: 0,
        },
        SandboxRefused::Seccomp { profile: STANDARD },
        SandboxRefused::Namespaces,
        SandboxRefused::ControlGroups,
        SandboxRefused::Tree,
        SandboxRefused::Hosts,
    ];
    for refused in all {
        assert!(refused.remedy().ends_with('.'), "{refused}");
        assert_eq!(refused.class(), ErrorClass::Refused);
    }
}
