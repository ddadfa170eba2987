//! Keeps `posix_spawn` in the statically linked program.

fn main() {
    // The standard library starts a process in another folder by `posix_spawn` only where the C library has
    // `posix_spawn_file_actions_addchdir_np`, which it asks for by a weak reference. A weak reference takes nothing
    // out of a static library, so it is asked for by name; else each tool would start by a fork, which costs the more
    // the larger this process is.
    println!("cargo::rustc-link-arg-bins=-Wl,-u,posix_spawn_file_actions_addchdir_np");
    println!("cargo::rerun-if-changed=build.rs");
}
