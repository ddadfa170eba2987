//! What must hold of any bytes that come in, one module a door.
//!
//! Owns the properties: a function takes bytes and fails loudly where a promise is broken. Refuses to know where the
//! bytes come from: `fuzz/` feeds it what a fuzzer makes up, the tests of this crate feed it the corpus that was kept.
//! Start reading at [`TARGETS`].

mod manifest;
mod patch;
mod places;
mod request;
mod result;
mod schema;

/// One door and what must hold there.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name of the fuzz target, its corpus and its dictionary.
    pub name: &'static str,
    /// Panics where a promise is broken.
    pub check: fn(&[u8]),
}

/// Every door.
pub const TARGETS: &[Target] = &[
    Target {
        name: "manifest",
        check: manifest::check,
    },
    Target {
        name: "patch",
        check: patch::check,
    },
    Target {
        name: "request",
        check: request::check,
    },
    Target {
        name: "result",
        check: result::check,
    },
    Target {
        name: "schema",
        check: schema::check,
    },
];

/// Checks the bytes at the door of that name.
///
/// # Panics
///
/// Where a promise is broken, and when there is no such door.
pub fn check(target: &str, bytes: &[u8]) {
    let target = TARGETS
        .iter()
        .find(|known| known.name == target)
        .expect("because a target is named after its door");
    (target.check)(bytes);
}
