//! Who may link what: the one table.

/// The two halves of the checkout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// `ai-lab-framework/`.
    Framework,
    /// `ai-lab/`.
    Instance,
}

impl Half {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Framework, Self::Instance];

    /// Its folder below the checkout's root.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Framework => "ai-lab-framework",
            Self::Instance => "ai-lab",
        }
    }
}

/// What one package of ours may link of ours, outside its tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The package.
    pub package: &'static str,
    /// The packages of ours that it may use; nothing else of ours.
    pub uses: &'static [&'static str],
}

/// What other repositories may lean on, and all of the framework that the instance may name.
pub const PUBLISHED: &[Row] = &[
    Row {
        package: "ai-lab-contract",
        uses: &[],
    },
    Row {
        package: "ai-lab-tool",
        uses: &["ai-lab-contract"],
    },
    Row {
        package: "ai-lab-client",
        uses: &["ai-lab-contract"],
    },
];

/// Inside the framework: deciders below, doers beside them, operations above, the skin on top.
pub const FRAMEWORK: &[Row] = &[
    Row {
        package: "alf-schema",
        uses: &["ai-lab-contract"],
    },
    Row {
        package: "alf-manifest",
        uses: &["ai-lab-contract", "alf-schema"],
    },
    Row {
        package: "alf-catalog",
        uses: &["ai-lab-contract", "alf-schema", "alf-manifest"],
    },
    Row {
        package: "alf-config",
        uses: &["ai-lab-contract", "alf-schema"],
    },
    Row {
        package: "alf-connect",
        // TOML is alf-config's; it says where a table stands.
        uses: &["alf-config"],
    },
    Row {
        package: "alf-release",
        uses: &[],
    },
    // What is promised and what is used: texts in, findings out.
    Row {
        package: "alf-compat",
        uses: &["ai-lab-contract", "alf-schema", "alf-manifest"],
    },
    Row {
        package: "alf-handover",
        uses: &["ai-lab-contract"],
    },
    Row {
        package: "alf-policy",
        uses: &["ai-lab-contract"],
    },
    // The program that the sandbox embeds; alone in the kernel's raw interface, it knows nothing of ours.
    Row {
        package: "alf-confine",
        uses: &[],
    },
    // Alone in connecting to anything; whom, the policy says.
    Row {
        package: "alf-proxy",
        uses: &["ai-lab-contract", "alf-policy"],
    },
    Row {
        package: "alf-sandbox",
        uses: &["ai-lab-contract", "alf-policy", "alf-confine", "alf-proxy"],
    },
    Row {
        package: "alf-runtime",
        uses: &[
            "ai-lab-contract",
            "alf-policy",
            "alf-sandbox",
            "alf-secrets",
        ],
    },
    // Of the two crates in which anything waits for two things at once by way of async, the one below.
    Row {
        package: "alf-mcp-client",
        uses: &["ai-lab-contract", "alf-policy", "alf-runtime"],
    },
    Row {
        package: "alf-store",
        uses: &["ai-lab-contract"],
    },
    Row {
        package: "alf-secrets",
        uses: &["ai-lab-contract"],
    },
    Row {
        package: "alf-generator",
        uses: &["ai-lab-contract"],
    },
    Row {
        package: "alf-lock",
        uses: &["ai-lab-contract"],
    },
    Row {
        package: "alf-profiles",
        uses: &["ai-lab-contract"],
    },
    Row {
        package: "alf-ops",
        uses: &[
            "ai-lab-contract",
            "alf-schema",
            "alf-manifest",
            "alf-lock",
            "alf-profiles",
            "alf-catalog",
            "alf-compat",
            "alf-config",
            "alf-connect",
            "alf-policy",
            "alf-sandbox",
            "alf-runtime",
            "alf-mcp-client",
            "alf-release",
            "alf-store",
            "alf-secrets",
            "alf-generator",
            "alf-handover",
        ],
    },
    // The second skin: what agents are offered. Beside the operations, the values that it adapts and shows.
    Row {
        package: "alf-mcp-server",
        uses: &[
            "ai-lab-contract",
            "alf-schema",
            "alf-manifest",
            "alf-catalog",
            "alf-store",
            "alf-ops",
        ],
    },
    Row {
        package: "alf-cli",
        // Beside the operations, the values that it parses and shows; it starts nothing and stores nothing.
        uses: &[
            "ai-lab-contract",
            "alf-schema",
            "alf-manifest",
            "alf-lock",
            "alf-profiles",
            "alf-catalog",
            "alf-compat",
            "alf-config",
            "alf-connect",
            "alf-store",
            "alf-generator",
            "alf-handover",
            "alf-ops",
            "alf-mcp-server",
        ],
    },
    // Makes releases from outside: nothing links it, and no release has it.
    Row {
        package: "alf-packager",
        uses: &["alf-release"],
    },
    // What must hold of any bytes that come in: nothing links it but the fuzzer.
    Row {
        package: "alf-fuzz",
        uses: &[
            "ai-lab-contract",
            "ai-lab-tool",
            "alf-schema",
            "alf-manifest",
            "alf-ops",
        ],
    },
    // Measures from outside what the rest is: nothing links it.
    Row {
        package: "alf-bench",
        uses: &[
            "ai-lab-contract",
            "ai-lab-tool",
            "alf-ops",
            "alf-secrets",
            "alf-store",
        ],
    },
];

/// Inside the instance.
pub const INSTANCE: &[Row] = &[
    Row {
        package: "lab-model",
        uses: &[],
    },
    Row {
        package: "lab-store",
        uses: &["lab-model"],
    },
    Row {
        package: "lab-import",
        // What it has decided, it writes through the store like everybody else.
        uses: &["lab-model", "lab-store"],
    },
    Row {
        package: "lab-scaffold",
        uses: &["lab-model"],
    },
    // Pure: what two changed copies of a thing come to.
    Row {
        package: "lab-merge",
        uses: &[],
    },
    // Alone in speaking with the network; of the tracker it knows names and moments.
    Row {
        package: "lab-github",
        uses: &["lab-model"],
    },
    // Plays GitHub in tests: nothing links it outside of them, and it knows nothing of ours.
    Row {
        package: "lab-standin",
        uses: &[],
    },
    Row {
        package: "lab-exchange",
        uses: &["lab-model", "lab-store", "lab-merge", "lab-github"],
    },
    Row {
        package: "lab-files",
        uses: &["lab-model"],
    },
    Row {
        package: "lab-mirror",
        uses: &["lab-model", "lab-files"],
    },
    // Archives, names, which to keep: databases are opened by others.
    Row {
        package: "lab-backup",
        uses: &["lab-model"],
    },
    Row {
        package: "lab-sync",
        uses: &["lab-model", "lab-store", "lab-files", "lab-mirror"],
    },
    Row {
        package: "lab-interchange",
        uses: &["lab-model", "lab-files"],
    },
    // Pure: three texts that say which framework a lab has.
    Row {
        package: "lab-pin",
        uses: &["ai-lab-contract"],
    },
    // Puts a framework in force; databases are reached by whoever calls it.
    Row {
        package: "lab-update",
        uses: &["ai-lab-contract", "lab-pin", "lab-scaffold"],
    },
    Row {
        package: "lab-ops",
        uses: &[
            "lab-backup",
            "lab-pin",
            "lab-update",
            "ai-lab-client",
            "ai-lab-contract",
            "lab-model",
            "lab-store",
            "lab-import",
            "lab-scaffold",
            "lab-files",
            "lab-mirror",
            "lab-sync",
            "lab-interchange",
            "lab-merge",
            "lab-github",
            "lab-exchange",
        ],
    },
    // Keys and cells: what they are about, the command line knows.
    Row {
        package: "lab-board",
        uses: &[],
    },
    Row {
        package: "lab-cli",
        uses: &["lab-board", "ai-lab-contract", "lab-model", "lab-ops"],
    },
    // The tracker's second skin: a tool, so it links what tools link, beside the operations.
    Row {
        package: "lab-tracker",
        uses: &["ai-lab-contract", "ai-lab-tool", "lab-model", "lab-ops"],
    },
    // Cuts updates at each of their points: nothing links it.
    Row {
        package: "lab-crash",
        uses: &[
            "ai-lab-contract",
            "lab-model",
            "lab-ops",
            "lab-pin",
            "lab-store",
            "lab-update",
        ],
    },
    // Measures from outside what the rest is: nothing links it.
    Row {
        package: "lab-bench",
        uses: &["lab-model", "lab-store"],
    },
    // The project homeserver-agent: what speaks with a router knows neither tool nor lab.
    Row {
        package: "tr064",
        uses: &[],
    },
    // What the project's tools remember: a folder of files, whatever is in them.
    Row {
        package: "state-files",
        uses: &[],
    },
    // Tools of that project: what tools link, the router, and what they remember.
    Row {
        package: "fritzbox",
        uses: &["ai-lab-contract", "ai-lab-tool", "state-files", "tr064"],
    },
    Row {
        package: "monitoring",
        uses: &["ai-lab-contract", "ai-lab-tool", "state-files", "tr064"],
    },
    // Plays a router in tests: nothing links it outside of them, and it knows nothing of ours.
    Row {
        package: "fritzbox-standin",
        uses: &[],
    },
];

/// What a tool of the instance may use: any package below one of these folders that has no row of its own.
pub const TOOL_FOLDERS: &[&str] = &["ai-lab/projects/", "ai-lab/tools/"];

/// All of ours that a tool may link.
pub const TOOL_USES: &[&str] = &["ai-lab-contract", "ai-lab-tool"];

/// One owner a dependency: who may link it outside tests. Whoever is not named asks the owner.
pub const OWNERS: &[(&str, &[&str])] = &[
    // One database, one owner; the importer reads the predecessor's file, the crash matrix plays the framework's.
    (
        "rusqlite",
        &["alf-store", "lab-store", "lab-import", "lab-crash"],
    ),
    ("clap", &["alf-cli", "lab-cli", "alf-packager"]),
    ("clap_complete", &["alf-cli", "lab-cli"]),
    ("comfy-table", &["alf-cli"]),
    (
        "anstream",
        &["alf-cli", "lab-cli", "alf-bench", "lab-bench"],
    ),
    ("miette", &["alf-cli"]),
    ("jsonschema", &["alf-schema", "lab-standin"]),
    ("pulldown-cmark", &["alf-profiles"]),
    ("ratatui", &["lab-board"]),
    ("tar", &["lab-backup", "alf-release", "alf-packager"]),
    ("zstd", &["lab-backup"]),
    ("similar", &["alf-lock"]),
    ("diffy", &["lab-files", "lab-merge"]),
    ("notify", &["lab-mirror"]),
    ("jsonc-parser", &["alf-connect", "alf-compat"]),
    ("minisign-verify", &["alf-release"]),
    ("minisign", &["alf-packager"]),
    ("rmcp", &["alf-mcp-client", "alf-mcp-server", "alf-bench"]),
    ("tokio", &["alf-mcp-client", "alf-mcp-server", "alf-bench"]),
    ("hyper", &["alf-mcp-server"]),
    ("chacha20poly1305", &["alf-secrets"]),
    ("aho-corasick", &["alf-secrets"]),
    ("ureq", &["lab-github"]),
    ("hmac", &["lab-github"]),
    // The router's certificate is pinned in one place, others' are looked at in another; the stand-in shows its own.
    ("rustls", &["tr064", "monitoring", "fritzbox-standin"]),
    ("md-5", &["tr064", "fritzbox-standin"]),
    ("roxmltree", &["tr064", "fritzbox", "fritzbox-standin"]),
    (
        "toml",
        &["alf-manifest", "alf-handover", "lab-ops", "lab-pin"],
    ),
    ("toml_edit", &["alf-config", "alf-profiles", "alf-compat"]),
    ("syn", &["alf-compat"]),
    ("tree-sitter", &["alf-compat"]),
];

/// The rows of the packages below a half's folder.
pub fn rows(half: Half) -> Vec<Row> {
    match half {
        Half::Framework => PUBLISHED.iter().chain(FRAMEWORK).copied().collect(),
        Half::Instance => INSTANCE.to_vec(),
    }
}

/// Whether another repository may name that package.
pub fn is_published(package: &str) -> bool {
    PUBLISHED.iter().any(|row| row.package == package)
}
