//! `mcp serve` with 200 tools against the SDK's bare server with the same ones, over raw pipes.

mod client;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use ai_lab_contract::Profile;
use serde_json::{Value, json};

use crate::run_overhead::{Kept, write, write_tool};
use crate::turns::Turns;
use client::Server;

/// How many tools the lab has: one of them can be called.
const TOOLS: usize = 200;

/// Calls that are in flight at once.
const IN_FLIGHT: u64 = 32;

/// After how many calls the memory is looked at. Until the second the database's pages are still being cached.
const SOAK: [u64; 3] = [10_000, 100_000, 200_000];

/// A lab, both programs, and the tools that both offer.
struct Scene {
    lab: tempfile::TempDir,
    framework: PathBuf,
    bare: PathBuf,
    list: String,
}

impl Scene {
    fn new(programs: &Path) -> Result<Self, Box<dyn Error>> {
        let lab = tempfile::tempdir()?;
        write(&lab.path().join("ai-lab.toml"), "format = 1\n")?;
        for number in 0..TOOLS - 1 {
            let name = format!("tool-{number}");
            let folder = lab.path().join("tools").join(&name);
            write_tool(&folder, &name, Profile::Standard, Kept::Exec)?;
            fs::hard_link(lab.path().join("ai-lab.toml"), folder.join("trivial-tool"))?;
        }
        let worker = lab.path().join("tools/trivial");
        write_tool(&worker, "trivial", Profile::Standard, Kept::Worker)?;
        fs::copy(programs.join("trivial-tool"), worker.join("trivial-tool"))?;
        let list = lab.path().join("listed.json").display().to_string();
        let scene = Self {
            framework: programs.join("ai-lab-framework"),
            bare: programs.join("bare-mcp"),
            lab,
            list,
        };
        let listed = scene.served()?.ask("tools/list", &json!({}))?;
        let count = listed["tools"].as_array().map_or(0, Vec::len);
        if count < TOOLS {
            return Err(format!("the server offers {count} tools").into());
        }
        write(Path::new(&scene.list), &listed.to_string())?;
        Ok(scene)
    }

    fn served(&self) -> Result<Server, Box<dyn Error>> {
        let mut server = Server::start(&self.framework, &["mcp", "serve"], self.lab.path())?;
        server.shake_hands()?;
        Ok(server)
    }

    fn bare(&self) -> Result<Server, Box<dyn Error>> {
        let mut server = Server::start(&self.bare, &[&self.list], self.lab.path())?;
        server.shake_hands()?;
        Ok(server)
    }
}

/// Tells each figure beside its baseline.
pub(crate) fn measure(
    programs: &Path,
    rounds: usize,
    tell: &mut dyn FnMut(String) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let scene = Scene::new(programs)?;
    let listing =
        |server: Result<Server, Box<dyn Error>>| server?.exchange("tools/list", &json!({}));
    let cold = Turns::take(
        rounds.min(100),
        || listing(scene.served()),
        || listing(scene.bare()),
    )?;
    tell(cold.line("mcp start to list, 200 tools / bare SDK"))?;
    let (mut served, mut bare) = (scene.served()?, scene.bare()?);
    let call = call("trivial_echo");
    // It needs `text` as a text: nothing is run.
    let refused = json!({ "name": "trivial_echo", "arguments": { "text": [] } });
    for (name, method, params) in [
        ("mcp list, 200 tools / bare SDK", "tools/list", &json!({})),
        ("mcp ping / bare SDK", "ping", &json!({})),
        (
            "mcp call refused for its input, recorded / bare SDK",
            "tools/call",
            &refused,
        ),
        ("mcp call of a warm worker / bare SDK", "tools/call", &call),
    ] {
        let turns = Turns::take(
            rounds,
            || served.exchange(method, params),
            || bare.exchange(method, params),
        )?;
        tell(turns.line(name))?;
    }
    let many = |server: &mut Server| {
        let answered = server.exchange_many("tools/call", &call, IN_FLIGHT)?;
        if answered == IN_FLIGHT {
            Ok(())
        } else {
            Err(format!("of {IN_FLIGHT} calls at once {answered} were answered").into())
        }
    };
    let turns = Turns::take(
        rounds.div_ceil(10),
        || many(&mut served),
        || many(&mut bare),
    )?;
    tell(turns.line("mcp 32 calls of a worker at once / bare SDK"))
}

/// Calls a worker two hundred thousand times and tells the memory on the way.
pub(crate) fn soak(
    programs: &Path,
    tell: &mut dyn FnMut(String) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let scene = Scene::new(programs)?;
    let mut served = scene.served()?;
    let call = call("trivial_echo");
    let mut done = 0;
    let mut resident = Vec::new();
    for until in SOAK {
        while done < until {
            let answered = served.exchange_many("tools/call", &call, IN_FLIGHT)?;
            if answered != IN_FLIGHT {
                return Err(
                    format!("of {IN_FLIGHT} calls at once {answered} were answered").into(),
                );
            }
            done += IN_FLIGHT;
        }
        resident.push(served.resident_kib()?);
        tell(format!("after {done} calls {} KiB", served.resident_kib()?))?;
    }
    // A twentieth of it is the noise of the allocator.
    if resident[2] > resident[1] + resident[1] / 20 {
        return Err("the memory grows with the number of calls".into());
    }
    Ok(())
}

fn call(name: &str) -> Value {
    json!({ "name": name, "arguments": { "text": "hi" } })
}
