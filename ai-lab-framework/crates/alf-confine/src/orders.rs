//! What the helper is told, as bytes in a sealed memory file.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::ffi::CStr;

/// What every order begins with: the name and the version of the form. Helper and framework are built together, so
/// any other version is a mistake and not a neighbour.
const MAGIC: &[u8; 8] = b"alfconf1";

/// All that the helper does, in order, and the program that it becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orders<'a> {
    /// The framework's process: when it is gone, so is the tool.
    pub parent: i32,
    /// Whether a descriptor is handed to the tool, which finds it as number 3.
    pub hands_over: bool,
    /// Control groups to enter: their `cgroup.procs` files.
    pub control_groups: Vec<Cow<'a, CStr>>,
    /// Namespaces to enter; `None` stays in the framework's.
    pub namespaces: Option<Namespaces>,
    /// What stays writable when the rest of the file system does not, in own namespaces only.
    pub writable: Vec<Cow<'a, CStr>>,
    /// Where the program runs.
    pub folder: Cow<'a, CStr>,
    /// Limits of the kernel.
    pub limits: Vec<Limit>,
    /// What Landlock lets through; `None` leaves it out.
    pub landlock: Option<Landlock<'a>>,
    /// The system call filter, as the kernel takes it: 8 bytes an instruction; empty leaves it out.
    pub filter: Cow<'a, [u8]>,
    /// The program, absolute; empty ends with success instead of becoming anything, which is how a machine is probed.
    pub program: Cow<'a, CStr>,
    /// Its arguments, its own name first.
    pub arguments: Vec<Cow<'a, CStr>>,
    /// Its variables, as `NAME=value`.
    pub environment: Vec<Cow<'a, CStr>>,
}

/// Own mounts, processes and inter-process communication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Namespaces {
    /// The user and group to be inside, where own namespaces are had through a user namespace only.
    pub user: Option<(u32, u32)>,
    /// At which port of a network of the tool's own the framework listens; `None` stays in the machine's network.
    pub network: Option<u16>,
}

/// One limit of setrlimit(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The resource's number.
    pub resource: u32,
    /// Its limit, soft and hard.
    pub most: u64,
}

/// A Landlock ruleset, as landlock(7) has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landlock<'a> {
    /// The file system rights that are closed unless a path lets them through.
    pub files: u64,
    /// The network rights that are closed unless a port lets them through.
    pub network: u64,
    /// The scopes that are closed.
    pub scopes: u64,
    /// What is let through below which path.
    pub paths: Vec<PathRule<'a>>,
    /// The TCP ports that may be connected to.
    pub ports: Vec<u16>,
}

/// Rights below one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathRule<'a> {
    /// The rights, of those that are closed.
    pub rights: u64,
    /// The path, absolute and free of links: a link anywhere in it is an error.
    pub path: Cow<'a, CStr>,
}

/// Bytes that are no orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrdersError {
    /// They begin otherwise, or with another version.
    Magic,
    /// They end too early, or go on.
    Length,
    /// A text without its end, or with two; a flag that is neither 0 nor 1; a filter of broken instructions.
    Value,
}

impl<'a> Orders<'a> {
    /// As the memory file holds them.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(8_192);
        out.extend_from_slice(MAGIC);
        put(&mut out, u64::from(self.parent.cast_unsigned()));
        put(&mut out, self.hands_over.into());
        put_texts(&mut out, &self.control_groups);
        put(&mut out, self.namespaces.is_some().into());
        if let Some(namespaces) = &self.namespaces {
            put(&mut out, namespaces.network.unwrap_or_default().into());
            put(&mut out, namespaces.user.is_some().into());
            if let Some((user, group)) = namespaces.user {
                put(&mut out, user.into());
                put(&mut out, group.into());
            }
        }
        put_texts(&mut out, &self.writable);
        put_bytes(&mut out, self.folder.to_bytes_with_nul());
        put(&mut out, self.limits.len() as u64);
        for limit in &self.limits {
            put(&mut out, limit.resource.into());
            put(&mut out, limit.most);
        }
        put(&mut out, self.landlock.is_some().into());
        if let Some(landlock) = &self.landlock {
            landlock.put(&mut out);
        }
        put_bytes(&mut out, &self.filter);
        put_bytes(&mut out, self.program.to_bytes_with_nul());
        put_texts(&mut out, &self.arguments);
        put_texts(&mut out, &self.environment);
        out
    }

    /// Reads orders, and nothing else: no byte may be left.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, OrdersError> {
        let mut reader = Reader {
            left: bytes.strip_prefix(MAGIC).ok_or(OrdersError::Magic)?,
        };
        let orders = Self {
            parent: i32::try_from(reader.number()?).map_err(|_| OrdersError::Value)?,
            hands_over: reader.flag()?,
            control_groups: reader.texts()?,
            namespaces: reader.namespaces()?,
            writable: reader.texts()?,
            folder: reader.text()?,
            limits: reader.limits()?,
            landlock: reader.landlock()?,
            filter: reader.filter()?,
            program: reader.text()?,
            arguments: reader.texts()?,
            environment: reader.texts()?,
        };
        if reader.left.is_empty() {
            Ok(orders)
        } else {
            Err(OrdersError::Length)
        }
    }
}

impl Landlock<'_> {
    fn put(&self, out: &mut Vec<u8>) {
        put(out, self.files);
        put(out, self.network);
        put(out, self.scopes);
        put(out, self.paths.len() as u64);
        for rule in &self.paths {
            put(out, rule.rights);
            put_bytes(out, rule.path.to_bytes_with_nul());
        }
        put(out, self.ports.len() as u64);
        for port in &self.ports {
            put(out, (*port).into());
        }
    }
}

fn put(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn put_texts(out: &mut Vec<u8>, texts: &[Cow<'_, CStr>]) {
    put(out, texts.len() as u64);
    for text in texts {
        put_bytes(out, text.to_bytes_with_nul());
    }
}

struct Reader<'a> {
    left: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], OrdersError> {
        let (taken, left) = self
            .left
            .split_at_checked(count)
            .ok_or(OrdersError::Length)?;
        self.left = left;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u64, OrdersError> {
        let bytes = self.take(8)?.try_into().map_err(|_| OrdersError::Length)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn word(&mut self) -> Result<u32, OrdersError> {
        u32::try_from(self.number()?).map_err(|_| OrdersError::Value)
    }

    fn flag(&mut self) -> Result<bool, OrdersError> {
        match self.number()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(OrdersError::Value),
        }
    }

    /// A number of things: each takes eight bytes at least, so a lie is found before anything is reserved for it.
    fn count(&mut self) -> Result<usize, OrdersError> {
        let count = usize::try_from(self.number()?).map_err(|_| OrdersError::Length)?;
        if count > self.left.len() / 8 {
            return Err(OrdersError::Length);
        }
        Ok(count)
    }

    fn bytes(&mut self) -> Result<&'a [u8], OrdersError> {
        let count = usize::try_from(self.number()?).map_err(|_| OrdersError::Length)?;
        self.take(count)
    }

    fn text(&mut self) -> Result<Cow<'a, CStr>, OrdersError> {
        let text = CStr::from_bytes_with_nul(self.bytes()?).map_err(|_| OrdersError::Value)?;
        Ok(Cow::Borrowed(text))
    }

    fn many<T>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Result<T, OrdersError>,
    ) -> Result<Vec<T>, OrdersError> {
        let count = self.count()?;
        let mut all = Vec::with_capacity(count);
        for _ in 0..count {
            all.push(one(self)?);
        }
        Ok(all)
    }

    fn texts(&mut self) -> Result<Vec<Cow<'a, CStr>>, OrdersError> {
        self.many(Self::text)
    }

    fn namespaces(&mut self) -> Result<Option<Namespaces>, OrdersError> {
        if !self.flag()? {
            return Ok(None);
        }
        let network = u16::try_from(self.number()?).map_err(|_| OrdersError::Value)?;
        let network = (network > 0).then_some(network);
        let user = if self.flag()? {
            Some((self.word()?, self.word()?))
        } else {
            None
        };
        Ok(Some(Namespaces { user, network }))
    }

    fn limits(&mut self) -> Result<Vec<Limit>, OrdersError> {
        self.many(|reader| {
            Ok(Limit {
                resource: reader.word()?,
                most: reader.number()?,
            })
        })
    }

    fn landlock(&mut self) -> Result<Option<Landlock<'a>>, OrdersError> {
        if !self.flag()? {
            return Ok(None);
        }
        Ok(Some(Landlock {
            files: self.number()?,
            network: self.number()?,
            scopes: self.number()?,
            paths: self.many(|reader| {
                Ok(PathRule {
                    rights: reader.number()?,
                    path: reader.text()?,
                })
            })?,
            ports: self
                .many(|reader| u16::try_from(reader.number()?).map_err(|_| OrdersError::Value))?,
        }))
    }

    fn filter(&mut self) -> Result<Cow<'a, [u8]>, OrdersError> {
        let filter = self.bytes()?;
        // The kernel takes 4,096 instructions (BPF_MAXINSNS).
        if filter.len().is_multiple_of(8) && filter.len() <= 4_096 * 8 {
            Ok(Cow::Borrowed(filter))
        } else {
            Err(OrdersError::Value)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &'static CStr) -> Cow<'static, CStr> {
        Cow::Borrowed(text)
    }

    fn orders() -> Orders<'static> {
        Orders {
            parent: 41,
            hands_over: true,
            control_groups: vec![text(c"/sys/fs/cgroup/a/cgroup.procs")],
            namespaces: Some(Namespaces {
                user: Some((1000, 100)),
                network: Some(3_128),
            }),
            writable: vec![text(c"/lab/out")],
            folder: text(c"/lab/tools/a"),
            limits: vec![Limit {
                resource: 7,
                most: u64::MAX,
            }],
            landlock: Some(Landlock {
                files: 3,
                network: 2,
                scopes: 1,
                paths: vec![PathRule {
                    rights: 5,
                    path: text(c"/usr"),
                }],
                ports: vec![443, 65_535],
            }),
            filter: Cow::Borrowed(&[1, 2, 3, 4, 5, 6, 7, 8]),
            program: text(c"/usr/bin/true"),
            arguments: vec![text(c"true"), text(c"")],
            environment: vec![text(c"A=b")],
        }
    }

    fn least() -> Orders<'static> {
        Orders {
            parent: 0,
            hands_over: false,
            control_groups: Vec::new(),
            namespaces: None,
            writable: Vec::new(),
            folder: text(c"/"),
            limits: Vec::new(),
            landlock: None,
            filter: Cow::Borrowed(&[]),
            program: text(c""),
            arguments: Vec::new(),
            environment: Vec::new(),
        }
    }

    #[test]
    fn orders_come_through_as_they_were() {
        for orders in [orders(), least()] {
            assert_eq!(Orders::from_bytes(&orders.to_bytes()), Ok(orders));
        }
    }

    #[test]
    fn orders_cut_short_anywhere_are_refused() {
        let whole = orders().to_bytes();
        for end in 0..whole.len() {
            assert!(Orders::from_bytes(&whole[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn orders_that_go_on_or_begin_otherwise_are_refused() {
        let mut longer = orders().to_bytes();
        longer.push(0);
        assert_eq!(Orders::from_bytes(&longer), Err(OrdersError::Length));
        let mut other = orders().to_bytes();
        other[7] = b'2';
        assert_eq!(Orders::from_bytes(&other), Err(OrdersError::Magic));
    }

    #[test]
    fn no_changed_byte_makes_the_reader_fail_otherwise_than_by_its_error() {
        let whole = orders().to_bytes();
        for place in 0..whole.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut changed = whole.clone();
                changed[place] = value;
                let _taken_or_refused = Orders::from_bytes(&changed);
            }
        }
    }

    #[test]
    fn a_text_with_an_end_in_its_middle_is_refused() {
        let mut bytes = least().to_bytes();
        let end = bytes.len();
        // The list of variables is the last: one text of two bytes that are both ends.
        bytes[end - 8..].copy_from_slice(&1_u64.to_le_bytes());
        bytes.extend_from_slice(&2_u64.to_le_bytes());
        bytes.extend_from_slice(&[0, 0]);
        assert_eq!(Orders::from_bytes(&bytes), Err(OrdersError::Value));
    }
}
