//! The writing connection: a transaction for each caller, or one for several who come at once.
//!
//! Whoever gets the connection begins a transaction and does its writing in it. If others are waiting for
//! the connection by then, it leaves the transaction open to them and waits; the last one commits for all.
//! A caller whom nobody waits behind commits at once, as if there were no groups.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Instant;

use rusqlite::Connection;

use super::fault::Fault;
use super::place::Identity;
use super::seat::{Durability, run, within};

/// The most callers that share one commit: the first of them waits for all the others.
const MOST_MEMBERS: u32 = 64;

/// What a caller writes; asked again where others took its writing back with theirs.
pub(super) type Body<'a, T, E> = dyn Fn(&Connection) -> Result<Result<T, E>, Fault> + 'a;

/// Why a body's writing is taken back.
pub(super) enum Stop<E> {
    /// The body said no.
    Refused(E),
    /// Something failed.
    Fault(Fault),
}

impl<E> From<Fault> for Stop<E> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<E> From<rusqlite::Error> for Stop<E> {
    fn from(error: rusqlite::Error) -> Self {
        Self::Fault(Fault::Sqlite(error))
    }
}

/// How a shared commit went; told to those who wait for it.
#[derive(Debug, Default)]
struct Outcome {
    committed: Mutex<Option<bool>>,
    known: Condvar,
}

impl Outcome {
    fn tell(&self, committed: bool) {
        *self
            .committed
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(committed);
        self.known.notify_all();
    }

    fn wait(&self) -> bool {
        let guard = self
            .committed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let known = self
            .known
            .wait_while(guard, |committed| committed.is_none());
        known
            .unwrap_or_else(PoisonError::into_inner)
            .unwrap_or_default()
    }
}

/// A transaction that is open and has writing of at least one caller in it.
#[derive(Debug)]
struct Group {
    members: u32,
    outcome: Arc<Outcome>,
}

/// The connection and what is known of its state.
#[derive(Debug)]
pub(super) struct State {
    connection: Connection,
    durability: Durability,
    group: Option<Group>,
    /// When the last wait for another process's lock ended in vain.
    in_vain: Option<Instant>,
}

/// The writing connection of a store.
#[derive(Debug)]
pub(super) struct Writer {
    state: Mutex<State>,
    /// How many callers wait for the connection.
    queued: AtomicUsize,
    /// The file that was opened; `None` in memory.
    file: Option<Identity>,
}

/// What came of one caller's part in a group.
enum Part<T, E> {
    Done(Result<T, Stop<E>>),
    /// Its writing is in a transaction that somebody else will commit.
    Waits(T, Arc<Outcome>),
}

impl Writer {
    /// Takes a connection that was opened with `synchronous = NORMAL`.
    pub(super) const fn new(connection: Connection, file: Option<Identity>) -> Self {
        Self {
            state: Mutex::new(State {
                connection,
                durability: Durability::Kill,
                group: None,
                in_vain: None,
            }),
            queued: AtomicUsize::new(0),
            file,
        }
    }

    /// Carries `body` out in a transaction, shared where others wait, and returns after its commit.
    pub(super) fn write<T, E>(
        &self,
        durability: Durability,
        body: &Body<'_, T, E>,
    ) -> Result<T, Stop<E>> {
        let since = Instant::now();
        self.queued.fetch_add(1, Ordering::SeqCst);
        let mut state = self.locked();
        self.queued.fetch_sub(1, Ordering::SeqCst);
        if state.group.is_none() && state.in_vain.is_some_and(|ended| ended > since) {
            // Nobody has the lock by now. It has waited behind one that waited in vain: not another whole wait for each in the queue.
            return Err(Fault::busy().into());
        }
        match self.take_part(&mut state, durability, body) {
            Part::Done(outcome) => outcome,
            Part::Waits(value, outcome) => {
                drop(state);
                if outcome.wait() {
                    return Ok(value);
                }
                // Somebody's writing took everybody's back: alone, each meets its own error or none.
                self.alone(durability, body)
            }
        }
    }

    fn alone<T, E>(&self, durability: Durability, body: &Body<'_, T, E>) -> Result<T, Stop<E>> {
        let mut state = self.locked();
        state.commit()?;
        self.level(&mut state, durability)?;
        within(&state.connection, "BEGIN IMMEDIATE", |connection| {
            body(connection)?.map_err(Stop::Refused)
        })
    }

    fn take_part<T, E>(
        &self,
        state: &mut State,
        durability: Durability,
        body: &Body<'_, T, E>,
    ) -> Part<T, E> {
        let settle = Settle(self, state);
        let joined = self.join(settle.1, durability, body);
        drop(settle);
        match joined {
            Ok(value) => match &state.group {
                Some(group) if !self.is_last(state) => {
                    Part::Waits(value, Arc::clone(&group.outcome))
                }
                Some(_) | None => Part::Done(state.commit().map(|()| value).map_err(Stop::Fault)),
            },
            Err(stop) => {
                if self.is_last(state) {
                    // The others' writing stays, and they are told how their commit went.
                    let _ = state.commit();
                }
                Part::Done(Err(stop))
            }
        }
    }

    /// Whether nobody will come who could commit for this caller.
    fn is_last(&self, state: &State) -> bool {
        let full = state
            .group
            .as_ref()
            .is_none_or(|group| group.members >= MOST_MEMBERS);
        // In memory one connection serves readers too, who must not see what is not committed.
        full || self.file.is_none() || self.queued.load(Ordering::SeqCst) == 0
    }

    /// Does the writing of one caller, in the open transaction or in one of its own making.
    fn join<T, E>(
        &self,
        state: &mut State,
        durability: Durability,
        body: &Body<'_, T, E>,
    ) -> Result<T, Stop<E>> {
        if state.durability == Durability::Kill && durability == Durability::PowerCut {
            // The level cannot be raised inside a transaction.
            state.commit()?;
        }
        if state.group.is_none() {
            self.level(state, durability)?;
            state.begin()?;
            let undo = Undo(state);
            let value = body(&undo.0.connection)?.map_err(Stop::Refused)?;
            undo.keep(1);
            return Ok(value);
        }
        run(&state.connection, "SAVEPOINT member")?;
        let undo = UndoMember(state);
        let value = body(&undo.0.connection)?.map_err(Stop::Refused)?;
        undo.keep()?;
        Ok(value)
    }

    /// Before the transaction: inside one the level cannot be changed.
    fn level(&self, state: &mut State, durability: Durability) -> Result<(), Fault> {
        if let Some(file) = &self.file {
            file.check()?;
        }
        if state.durability != durability {
            let level = match durability {
                Durability::Kill => "PRAGMA synchronous = NORMAL",
                Durability::PowerCut => "PRAGMA synchronous = FULL",
            };
            state.connection.execute_batch(level)?;
            state.durability = durability;
        }
        Ok(())
    }

    /// The connection outside any transaction, once nobody writes.
    pub(super) fn apart<T>(
        &self,
        body: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut state = self.locked();
        state.commit()?;
        body(&state.connection)
    }

    /// The connection if nobody is writing right now.
    pub(super) fn idle(&self) -> Option<Idle<'_>> {
        let state = match self.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        state.group.is_none().then_some(Idle(state))
    }

    /// How many callers wait for the connection.
    #[cfg(test)]
    pub(super) fn queued(&self) -> usize {
        self.queued.load(Ordering::SeqCst)
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        // A panic of another thread left no transaction open: its guard rolled back on the way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The writing connection while nobody writes.
pub(super) struct Idle<'a>(MutexGuard<'a, State>);

impl Idle<'_> {
    /// For reading.
    pub(super) fn connection(&self) -> &Connection {
        &self.0.connection
    }
}

impl State {
    /// IMMEDIATE: a transaction that reads first and then finds another writer before it cannot wait.
    fn begin(&mut self) -> Result<(), Fault> {
        let begun = run(&self.connection, "BEGIN IMMEDIATE").map_err(Fault::from);
        if begun.as_ref().is_err_and(Fault::is_busy) {
            self.in_vain = Some(Instant::now());
        }
        begun
    }

    /// Ends the open transaction, if there is one, and tells those who wait for it.
    fn commit(&mut self) -> Result<(), Fault> {
        let Some(group) = self.group.take() else {
            return Ok(());
        };
        let committed = run(&self.connection, "COMMIT");
        if committed.is_err() {
            self.roll_back();
        }
        group.outcome.tell(committed.is_ok());
        Ok(committed?)
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit() {
            // SQLite has rolled back by itself where this fails.
            let _ = run(&self.connection, "ROLLBACK");
        }
    }

    /// Takes the whole transaction back.
    fn abandon(&mut self) {
        self.roll_back();
        if let Some(group) = self.group.take() {
            group.outcome.tell(false);
        }
    }
}

/// Where a body panics whom nobody waits behind, the others' writing is committed all the same: nobody else
/// would come to do it, and they would wait for ever.
struct Settle<'a>(&'a Writer, &'a mut State);

impl Drop for Settle<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() && self.0.is_last(self.1) {
            // They are told how it went.
            let _ = self.1.commit();
        }
    }
}

/// Takes a transaction's first writing back on every way out but [`Undo::keep`], a panic's included.
struct Undo<'a>(&'a mut State);

impl Undo<'_> {
    fn keep(self, members: u32) {
        self.0.group = Some(Group {
            members,
            outcome: Arc::default(),
        });
    }
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        if self.0.group.is_none() {
            self.0.roll_back();
        }
    }
}

/// The same for the writing of a caller who joined a transaction.
struct UndoMember<'a>(&'a mut State);

impl UndoMember<'_> {
    fn keep(self) -> Result<(), Fault> {
        run(&self.0.connection, "RELEASE member")?;
        if let Some(group) = &mut self.0.group {
            group.members += 1;
        }
        std::mem::forget(self);
        Ok(())
    }
}

impl Drop for UndoMember<'_> {
    fn drop(&mut self) {
        let connection = &self.0.connection;
        let back = !connection.is_autocommit()
            && run(connection, "ROLLBACK TO member").is_ok()
            && run(connection, "RELEASE member").is_ok();
        if !back {
            // With some failures SQLite takes the whole transaction back.
            self.0.abandon();
        }
    }
}
