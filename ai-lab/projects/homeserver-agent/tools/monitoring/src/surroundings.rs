//! The one door to what surrounds the process: the sandbox's way out, and the folder that it may write.

use std::net::SocketAddr;
use std::path::PathBuf;

use state_files::StateFolder;

/// What surrounds the process.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    /// The sandbox's proxy; `None` connects straight.
    pub(crate) proxy: Option<SocketAddr>,
    /// Where things are remembered; the tool is started in its own folder.
    pub(crate) state: StateFolder,
}

impl Surroundings {
    /// Reads them, once.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the tool's one door to its environment"
    )]
    pub(crate) fn of_process() -> Self {
        let named = ["HTTPS_PROXY", "HTTP_PROXY"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok());
        Self {
            proxy: named.as_deref().and_then(proxy),
            state: StateFolder::at(PathBuf::from(".state")),
        }
    }
}

/// The address in `http://127.0.0.1:3128`.
fn proxy(text: &str) -> Option<SocketAddr> {
    let address = text.strip_prefix("http://")?;
    address.trim_end_matches('/').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sandboxs_proxy_is_understood_and_no_other() {
        let address: SocketAddr = "127.0.0.1:3128".parse().expect("an address");
        assert_eq!(proxy("http://127.0.0.1:3128"), Some(address));
        assert_eq!(proxy("http://127.0.0.1:3128/"), Some(address));
        assert_eq!(proxy("socks5h://127.0.0.1:3128"), None);
        assert_eq!(proxy(""), None);
    }
}
