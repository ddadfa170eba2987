//! Builds the helper as a small static program of its own, to be embedded.

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;
use std::{env, ffi::OsString};

/// What must not reach the inner build: it is told all it needs, and instrumented or wrapped it would be another
/// program.
const FORGOTTEN: &[&str] = &[
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "LLVM_PROFILE_FILE",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTDOCFLAGS",
    "RUSTFLAGS",
];

fn main() -> Result<(), Box<dyn Error>> {
    let helper = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("../alf-confine");
    for watched in ["src", "Cargo.toml"] {
        println!("cargo::rerun-if-changed={}", helper.join(watched).display());
    }
    println!("cargo::rerun-if-changed=build.rs");
    let target = variable("TARGET")?;
    let folder = PathBuf::from(variable("OUT_DIR")?).join("confine");
    #[expect(
        clippy::disallowed_methods,
        reason = "a build script starts what it builds with"
    )]
    let mut cargo = Command::new(variable("CARGO")?);
    for name in FORGOTTEN {
        cargo.env_remove(name);
    }
    // Static, and at a fixed place: nothing is looked up and nothing relocated when it starts.
    cargo
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"))
        .args(["build", "--release", "--locked"])
        .args(["--bin", "alf-confine", "--features", "bare"])
        .arg("--target")
        .arg(&target)
        .arg("--target-dir")
        .arg(&folder)
        .arg("--manifest-path")
        .arg(helper.join("Cargo.toml"));
    for setting in SETTINGS {
        cargo.args(["--config", setting]);
    }
    let status = cargo.status()?;
    if !status.success() {
        return Err("the helper `alf-confine` does not build; its errors are above".into());
    }
    let program = folder.join(&target).join("release/alf-confine");
    println!("cargo::rustc-env=ALF_CONFINE={}", program.display());
    Ok(())
}

/// What Cargo tells a build script.
fn variable(name: &str) -> Result<OsString, String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "Cargo speaks to a build script by its environment"
    )]
    env::var_os(name).ok_or_else(|| format!("Cargo did not set {name}"))
}

/// How the compiler is called: no library and none of its starts, few and small pages.
const FLAGS: &[&str] = &[
    "-Ctarget-feature=+crt-static",
    "-Crelocation-model=static",
    "-Clink-arg=-nostdlib",
    "-Clink-arg=-nostartfiles",
    "-Clink-arg=-Wl,--build-id=none,-z,norelro,-z,noseparate-code",
];

/// How the helper's profile differs from the workspace's.
const SETTINGS: &[&str] = &[
    "profile.release.opt-level='s'",
    "profile.release.lto='fat'",
    "profile.release.codegen-units=1",
    "profile.release.panic='abort'",
    "profile.release.strip=true",
];
