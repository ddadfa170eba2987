//! What must be there before an update begins: all that is missing at once.

use crate::effects::Room;
use crate::limits::{RELEASE_BYTES, RESERVE_BYTES, RESERVE_FILES};

/// What was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    /// Where the lab is.
    pub(crate) lab: Room,
    /// Where the framework's home is.
    pub(crate) home: Room,
    /// How large the lab's database is.
    pub(crate) lab_bytes: u64,
    /// How large the framework's is.
    pub(crate) record_bytes: u64,
    /// Whether something else than a link is where the switch is.
    pub(crate) switch_is_no_link: bool,
    /// Now.
    pub(crate) now_ms: i64,
    /// When the last update was over.
    pub(crate) last_ms: Option<i64>,
}

/// What forbids to begin, a sentence each.
pub(crate) fn preflight(found: &Found) -> Vec<String> {
    let mut missing = Vec::new();
    // A copy to rehearse on, a copy to pack, the archive; a migration writes its log beside the record.
    let beside_lab = 3 * (found.lab_bytes + found.record_bytes);
    let beside_home = RELEASE_BYTES + found.record_bytes;
    let one = found.lab.device == found.home.device;
    let places = if one {
        vec![(
            "the lab and the framework's home",
            found.lab,
            beside_lab + beside_home,
        )]
    } else {
        vec![
            ("the lab", found.lab, beside_lab),
            ("the framework's home", found.home, beside_home),
        ]
    };
    for (name, room, needed) in places {
        let needed = needed + RESERVE_BYTES;
        if room.bytes < needed {
            let (has, needs) = (mib(room.bytes), mib(needed));
            missing.push(format!(
                "{name}: {has} MiB are free, {needs} MiB are needed"
            ));
        }
        if let Some(files) = room.files.filter(|files| *files < RESERVE_FILES) {
            missing.push(format!(
                "{name}: the file system takes {files} files more, {RESERVE_FILES} are needed"
            ));
        }
    }
    for (name, room) in [("the lab", found.lab), ("the framework's home", found.home)] {
        // Files of root in a person's lab cannot be replaced by the person afterwards.
        if room.owner != room.own {
            let (owner, own) = (room.owner, room.own);
            missing.push(format!(
                "{name} belongs to user {owner}, and this is user {own}"
            ));
        }
    }
    if found.switch_is_no_link {
        missing.push("`.ai-lab/framework` is no symbolic link: move it away".to_owned());
    }
    if found.last_ms.is_some_and(|last| last > found.now_ms) {
        missing.push("the clock is earlier than the end of the last update: set it".to_owned());
    }
    missing
}

fn mib(bytes: u64) -> u64 {
    bytes.div_ceil(1024 * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Room = Room {
        bytes: 1 << 40,
        files: Some(1 << 20),
        device: 1,
        owner: 7,
        own: 7,
    };

    const SOUND: Found = Found {
        lab: ROOM,
        home: ROOM,
        lab_bytes: 1 << 20,
        record_bytes: 1 << 30,
        switch_is_no_link: false,
        now_ms: 10,
        last_ms: Some(9),
    };

    #[test]
    fn all_that_is_missing_is_told_at_once() {
        assert_eq!(preflight(&SOUND), Vec::<String>::new());
        let tight = Room {
            bytes: 1 << 20,
            files: Some(3),
            owner: 0,
            ..ROOM
        };
        let found = Found {
            lab: tight,
            home: tight,
            switch_is_no_link: true,
            last_ms: Some(11),
            ..SOUND
        };
        assert_eq!(
            preflight(&found),
            [
                "the lab and the framework's home: 1 MiB are free, 4355 MiB are needed",
                "the lab and the framework's home: the file system takes 3 files more, 4096 are needed",
                "the lab belongs to user 0, and this is user 7",
                "the framework's home belongs to user 0, and this is user 7",
                "`.ai-lab/framework` is no symbolic link: move it away",
                "the clock is earlier than the end of the last update: set it",
            ]
        );
    }

    #[test]
    fn two_file_systems_are_looked_at_each_for_itself() {
        let home = Room {
            device: 2,
            bytes: 1 << 20,
            files: None,
            ..ROOM
        };
        let found = Found { home, ..SOUND };
        assert_eq!(
            preflight(&found),
            ["the framework's home: 1 MiB are free, 1280 MiB are needed"]
        );
    }
}
