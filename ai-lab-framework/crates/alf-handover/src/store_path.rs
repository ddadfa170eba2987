//! What lies in a store, told by its path.

use std::ffi::OsStr;
use std::path::Path;

/// The store's folder below the framework's home.
const STORE: &str = "framework";

/// How many digits of its tree's digest a release's folder is named by.
const DIGITS: usize = 16;

/// Whether a program lies in a store: below a folder `framework/VERSION-DIGITS`, wherever the home is.
///
/// The path must be the one that the kernel says, without links. The home that is in force now is not asked: a release
/// that is tried at a scratch home lies in the person's store all the same.
pub fn lies_in_store(program: &Path) -> bool {
    program.ancestors().skip(1).any(|folder| {
        let above = folder.parent().and_then(Path::file_name);
        let name = folder.file_name().and_then(OsStr::to_str);
        above == Some(OsStr::new(STORE)) && name.is_some_and(is_place)
    })
}

/// Whether that is the name of a release's folder.
fn is_place(name: &str) -> bool {
    let Some((version, digits)) = name.rsplit_once('-') else {
        return false;
    };
    let is_digit = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
    digits.len() == DIGITS
        && digits.bytes().all(is_digit)
        && version.parse::<ai_lab_contract::ReleaseVersion>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_known_by_its_shape_wherever_the_home_is() {
        let cases = [
            (
                "/home/a/.ai-lab/framework/1.4.2-3f9a0c51d2e47b60/bin/ai-lab-framework",
                true,
            ),
            (
                "/scratch/framework/1.4.2-rc.1-3f9a0c51d2e47b60/libexec/real",
                true,
            ),
            ("/home/a/.ai-lab/framework/1.4.2-3f9a0c51d2e47b60", false),
            (
                "/home/a/.ai-lab/framework/1.4.2/bin/ai-lab-framework",
                false,
            ),
            (
                "/home/a/.ai-lab/framework/1.4.2-3F9A0C51D2E47B60/bin/ai-lab-framework",
                false,
            ),
            (
                "/home/a/.ai-lab/other/1.4.2-3f9a0c51d2e47b60/bin/ai-lab-framework",
                false,
            ),
            ("/usr/bin/ai-lab-framework", false),
            ("ai-lab-framework", false),
        ];
        for (path, expected) in cases {
            assert_eq!(lies_in_store(Path::new(path)), expected, "{path}");
        }
    }
}
