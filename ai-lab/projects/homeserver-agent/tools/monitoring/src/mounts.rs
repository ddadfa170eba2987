//! Which mounts stand for a disk, from `/proc/self/mountinfo`.

use std::collections::BTreeMap;

/// One mount that stands for a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mount {
    /// What is mounted, such as `/dev/sda1` or `nas:/export`.
    pub(crate) source: String,
    /// Where.
    pub(crate) point: String,
    /// As what, such as `ext4`.
    pub(crate) filesystem: String,
    /// Whether nothing can be written there.
    pub(crate) read_only: bool,
}

/// File systems without a disk of their own, or that are full by nature: kernel views, memory, images,
/// triggers that would mount something when asked.
const NO_DISK: [&str; 32] = [
    "autofs",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "cramfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "erofs",
    "fuse.gvfsd-fuse",
    "fuse.lxcfs",
    "fuse.portal",
    "fusectl",
    "hugetlbfs",
    "iso9660",
    "mqueue",
    "nsfs",
    "proc",
    "pstore",
    "ramfs",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "squashfs",
    "sysfs",
    "tmpfs",
    "tracefs",
    "udf",
    "usbfs",
];

/// Reads `/proc/self/mountinfo`: one mount a device, the widest and shortest of those that show it.
///
/// A bind mount shows a device that another row has already; a later mount on the same point hides an
/// earlier one.
pub(crate) fn parse_mountinfo(text: &str) -> Vec<Mount> {
    let mut at_point: BTreeMap<String, Row> = BTreeMap::new();
    for row in text.lines().filter_map(parse_row) {
        at_point.insert(row.mount.point.clone(), row);
    }
    let mut of_device: BTreeMap<String, Row> = BTreeMap::new();
    for row in at_point.into_values().filter(stands_for_a_disk) {
        match of_device.get(&row.device) {
            Some(other) if other.rank() <= row.rank() => {}
            Some(_) | None => {
                of_device.insert(row.device.clone(), row);
            }
        }
    }
    let mut mounts: Vec<Mount> = of_device.into_values().map(|row| row.mount).collect();
    mounts.sort_by(|a, b| a.point.cmp(&b.point));
    mounts
}

/// One line.
struct Row {
    /// `major:minor` of the file system.
    device: String,
    /// Which folder of the file system is mounted; `/` for all of it.
    root: String,
    mount: Mount,
}

impl Row {
    /// The lowest stands for the device: the one nearest to its root, then the shortest path.
    fn rank(&self) -> (usize, usize) {
        (self.root.len(), self.mount.point.len())
    }
}

fn stands_for_a_disk(row: &Row) -> bool {
    let filesystem = row.mount.filesystem.as_str();
    // A container's layers lie on a disk that has a row, unless the container is all that is seen.
    let layers = filesystem == "overlay" || filesystem == "aufs";
    !NO_DISK.contains(&filesystem) && (!layers || row.mount.point == "/")
}

/// `36 35 98:0 /root /point options [optional fields] - filesystem source super-options`.
fn parse_row(line: &str) -> Option<Row> {
    let (place, what) = line.split_once(" - ")?;
    let place: Vec<&str> = place.split(' ').collect();
    let what: Vec<&str> = what.split(' ').collect();
    Some(Row {
        device: (*place.get(2)?).to_owned(),
        root: unescaped(place.get(3)?),
        mount: Mount {
            source: unescaped(what.get(1)?),
            point: unescaped(place.get(4)?),
            filesystem: (*what.first()?).to_owned(),
            // Of the file system, not of the mount: in the sandbox every mount is read-only, and a disk that others
            // write fills up nevertheless.
            read_only: what
                .get(2)
                .is_some_and(|options| options.split(',').any(|option| option == "ro")),
        },
    })
}

/// Reads the kernel's `\040` for a space and its kin.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let octal = after.get(..3).and_then(|digits| {
            let digits = std::str::from_utf8(digits)
                .ok()
                .filter(|_| first == b'\\')?;
            u8::from_str_radix(digits, 8).ok()
        });
        bytes.push(octal.unwrap_or(first));
        rest = if octal.is_some() { &after[3..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(source: &str, point: &str, filesystem: &str, read_only: bool) -> Mount {
        Mount {
            source: source.into(),
            point: point.into(),
            filesystem: filesystem.into(),
            read_only,
        }
    }

    #[test]
    fn a_device_has_one_row_however_often_it_is_mounted() {
        let text = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 8:1 /srv/data /a rw,relatime - ext4 /dev/sda1 rw
31 22 8:1 /var /var/lib/x rw - ext4 /dev/sda1 rw
32 22 0:40 /@home /home rw - btrfs /dev/sdb rw,subvol=/@home
33 22 0:40 / /mnt/all ro - btrfs /dev/sdb rw,subvol=/
34 22 0:41 / /tank rw - zfs tank rw,xattr
35 22 0:42 / /tank/my\\040films rw - zfs tank/my\\040films ro
";
        assert_eq!(
            parse_mountinfo(text),
            [
                mount("/dev/sda1", "/", "ext4", false),
                mount("/dev/sdb", "/mnt/all", "btrfs", false),
                mount("tank", "/tank", "zfs", false),
                mount("tank/my films", "/tank/my films", "zfs", true),
            ]
        );
    }

    #[test]
    fn views_of_the_kernel_memory_and_layers_are_no_disks() {
        let text = "\
1 0 0:5 / /proc rw - proc proc rw
2 0 0:6 / /run rw - tmpfs tmpfs rw
3 0 7:1 / /snap/core/1 ro - squashfs /dev/loop1 ro
4 0 0:7 / /net rw - autofs systemd-1 rw
5 0 0:8 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw
6 0 0:9 / /mnt/nas rw - nfs4 nas:/export rw
broken line
7 0 0:9 - ext4
";
        assert_eq!(
            parse_mountinfo(text),
            [mount("nas:/export", "/mnt/nas", "nfs4", false)]
        );
        assert_eq!(
            parse_mountinfo("5 0 0:8 / / rw - overlay overlay rw\n"),
            [mount("overlay", "/", "overlay", false)]
        );
    }

    #[test]
    fn a_disk_that_is_written_elsewhere_is_not_read_only_because_the_sandbox_shows_it_so() {
        let text = "1 0 8:1 / / ro,nosuid - ext4 /dev/sda1 rw\n2 1 8:2 / /cd ro - ext4 /dev/sdb1 ro,relatime\n";
        assert_eq!(
            parse_mountinfo(text),
            [
                mount("/dev/sda1", "/", "ext4", false),
                mount("/dev/sdb1", "/cd", "ext4", true)
            ]
        );
    }

    #[test]
    fn what_is_mounted_over_is_not_seen() {
        let text =
            "1 0 8:1 / /data rw - ext4 /dev/sda1 rw\n2 1 8:2 / /data rw - xfs /dev/sdb1 rw\n";
        assert_eq!(
            parse_mountinfo(text),
            [mount("/dev/sdb1", "/data", "xfs", false)]
        );
    }

    #[test]
    fn a_backslash_that_is_no_escape_stays() {
        assert_eq!(unescaped(r"/a\040b\134c\x\04"), r"/a b\c\x\04");
    }
}
