//! The lines of `requirements.txt` that are the lock's.

use std::fmt::Write as _;

use ai_lab_contract::v1::LabLock;

use crate::lock::{digest_of, write_lock};

/// What pip is told: this version, and every file of it that may be installed. Lines, each ended by `\n`.
pub fn requirements(lock: &LabLock) -> String {
    let of = digest_of(write_lock(lock).as_bytes());
    let mut text = format!(
        "# Generated from ai-lab.lock, sha256:{of}\n# `pip install --require-hashes -r requirements.txt` takes these \
         files and no other.\nai-lab-framework=={}",
        lock.framework.version
    );
    for wheel in &lock.framework.wheels {
        write!(text, " \\\n    --hash=sha256:{}", wheel.sha256).expect("because a string takes it");
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::tests::lock;

    #[test]
    fn every_file_that_may_be_installed_has_its_digest() {
        let mut lock = lock("1.4.2");
        let second = lock.framework.wheels[0].clone();
        lock.framework.wheels.push(second);
        let d = "d".repeat(64);
        let text = requirements(&lock);
        let (head, rest) = text.split_at(text.find("ai-lab-framework==").expect("there"));
        assert!(head.starts_with("# Generated from ai-lab.lock, sha256:"));
        assert_eq!(
            rest,
            format!(
                "ai-lab-framework==1.4.2 \\\n    --hash=sha256:{d} \\\n    --hash=sha256:{d}\n"
            )
        );
    }
}
