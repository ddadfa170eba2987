//! Reads GitHub's lists, page by page, each page kept in the transaction that notes how far the reading came.

use std::time::Duration;

use lab_github::{Client, PER_PAGE, Page};
use lab_model::{Actor, Moment, Uid};
use lab_store::{GithubPage, GithubState, Store, StoreError, Writer};
use serde::de::DeserializeOwned;

use crate::SyncError;
use crate::sync::sync_actor;

/// How many pages one list may have: a list that never ends would keep a run for ever.
const MOST_PAGES: u32 = 10_000;

/// A list is asked for again from a second before the last change seen, as GitHub's clocks tick in seconds and
/// its copies need not agree to the last one.
const OVERLAP: Duration = Duration::from_secs(1);

/// The store and the connection that a run works with, and for which repository.
#[derive(Debug)]
pub(crate) struct Desk<'a, 'c, S> {
    pub(crate) store: &'a mut S,
    pub(crate) client: &'a mut Client<'c>,
    pub(crate) repo: Uid,
}

impl<S: Store> Desk<'_, '_, S> {
    /// Writes as the sync.
    pub(crate) fn write<T>(
        &mut self,
        verb: &str,
        body: impl FnOnce(&mut dyn Writer, &Uid) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let actor: Actor = sync_actor();
        let repo = self.repo.clone();
        self.store.write(&actor, self.client.now(), |tx| {
            tx.set_verb(verb, None);
            body(tx, &repo)
        })
    }

    fn known(&self, path: &str) -> Result<Option<GithubPage>, StoreError> {
        let repo = &self.repo;
        self.store.read(|tx| tx.github_page(repo, path))
    }

    /// Reads a whole list that is short; `None` where no page of it changed.
    pub(crate) fn whole<T: DeserializeOwned>(
        &mut self,
        first: &str,
    ) -> Result<Option<Vec<T>>, SyncError> {
        if self.is_same(first)? {
            return Ok(None);
        }
        let (mut all, mut path, mut pages) = (Vec::new(), Some(first.to_owned()), Vec::new());
        while let Some(at) = path.take().filter(|_| pages.len() < MOST_PAGES as usize) {
            let Page::Now {
                entries,
                etag,
                next,
            } = self.client.page::<T>(&at, None)?
            else {
                break;
            };
            path.clone_from(&next);
            pages.push((at, kept_page(etag, next, entries.len())));
            all.extend(entries);
        }
        self.write("github.pull", |tx, repo| {
            for (path, page) in &pages {
                tx.keep_github_page(repo, path, page.as_ref())?;
            }
            Ok(())
        })?;
        Ok(Some(all))
    }

    /// Whether every page of a list is as it was when it was last read.
    fn is_same(&mut self, first: &str) -> Result<bool, SyncError> {
        let mut path = Some(first.to_owned());
        while let Some(at) = path.take() {
            let Some(known) = self.known(&at)? else {
                return Ok(false);
            };
            match self
                .client
                .page::<serde::de::IgnoredAny>(&at, Some(known.etag))?
            {
                Page::Same { next } => path = next.or(known.next),
                Page::Now { .. } => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Reads what changed since, the earliest change first, and keeps each page as it comes.
    ///
    /// From each page the next request starts anew at the last change seen: a thing that changes meanwhile moves
    /// to the end, and where pages are counted another would slip by. Ends when nothing new comes.
    pub(crate) fn changes<T: DeserializeOwned>(&mut self, list: &List<T>) -> Result<(), SyncError> {
        let repo = self.repo.clone();
        let mut state = self.store.read(|tx| tx.github_state(&repo))?;
        for _ in 0..MOST_PAGES {
            let since = *(list.since)(&mut state);
            let first = (list.path)(since);
            let mut at = first.clone();
            let moved = loop {
                let known = self.known(&at)?;
                let tag = known.as_ref().map(|page| page.etag.clone());
                let (next, moved) = match self.client.page::<T>(&at, tag)? {
                    Page::Same { next } => (next.or(known.and_then(|page| page.next)), false),
                    Page::Now {
                        entries,
                        etag,
                        next,
                    } => {
                        let page = kept_page(etag, next.clone(), entries.len());
                        let read = Read {
                            first: &first,
                            at: &at,
                            page,
                            entries,
                        };
                        (next, self.keep(list, &mut state, &read)?)
                    }
                };
                match next {
                    // Within one second there is no later place to start from.
                    Some(next) if !moved => at = next,
                    Some(_) | None => break moved,
                }
            };
            if !moved {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Keeps a page with how far it leads; whether that is further than before.
    fn keep<T>(
        &mut self,
        list: &List<T>,
        state: &mut GithubState,
        read: &Read<'_, T>,
    ) -> Result<bool, SyncError> {
        let newest = read.entries.iter().map(|entry| (list.changed)(entry)).max();
        let since = (list.since)(state);
        let later = newest
            .and_then(before)
            .filter(|newest| since.is_none_or(|since| *newest > since));
        if later.is_some() {
            *since = later;
        }
        let state = state.clone();
        self.write("github.pull", |tx, repo| {
            for entry in &read.entries {
                (list.keep)(tx, repo, entry)?;
            }
            // A page that is never asked for again needs no tag.
            let page = read.page.as_ref().filter(|_| later.is_none());
            tx.keep_github_page(repo, read.at, page)?;
            if later.is_some() {
                tx.keep_github_page(repo, read.first, None)?;
            }
            tx.keep_github_state(repo, &state)
        })?;
        Ok(later.is_some())
    }
}

/// A page as it was read.
struct Read<'a, T> {
    first: &'a str,
    at: &'a str,
    page: Option<GithubPage>,
    entries: Vec<T>,
}

/// What keeps one entry.
type Keep<'a, T> = dyn Fn(&mut dyn Writer, &Uid, &T) -> Result<(), StoreError> + 'a;

/// A list that can be asked for what changed.
pub(crate) struct List<'a, T> {
    /// Its first page since a moment.
    pub(crate) path: &'a dyn Fn(Option<Moment>) -> String,
    /// Where its moment is kept.
    pub(crate) since: fn(&mut GithubState) -> &mut Option<Moment>,
    /// When an entry changed.
    pub(crate) changed: fn(&T) -> Moment,
    /// Keeps an entry.
    pub(crate) keep: &'a Keep<'a, T>,
}

/// A page with its tag. The last one of a list is not known again while it is full: what comes behind it would
/// not change it.
fn kept_page(etag: Option<String>, next: Option<String>, entries: usize) -> Option<GithubPage> {
    let may_hide = next.is_none() && entries >= PER_PAGE;
    etag.filter(|_| !may_hide)
        .map(|etag| GithubPage { etag, next })
}

/// A second before.
fn before(at: Moment) -> Option<Moment> {
    let overlap = i64::try_from(OVERLAP.as_millis()).ok()?;
    Moment::from_ms(at.ms() - overlap).ok()
}
