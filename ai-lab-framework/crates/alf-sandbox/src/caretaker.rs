//! Makes work folders ahead of their executions and takes them away behind them, on a thread of its own.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};

use crate::work::{WorkError, WorkFolder};

/// How many folders may wait to be taken away; beyond that whoever brings one takes it away. Stops callers that are
/// quicker than the disk from filling it.
const MOST_WAITING: usize = 64;

/// Names the spare folders of this process, whoever makes them.
static SPARES: AtomicU64 = AtomicU64::new(0);

/// What a framework with many calls has instead of [`WorkFolder::make`] and its drop: no call waits for the disk.
///
/// No tool ever sees a folder that another one had. Dropped, it waits until all folders are gone.
#[derive(Debug)]
pub struct Caretaker {
    used: Option<SyncSender<WorkFolder>>,
    thread: Option<JoinHandle<()>>,
    spare: Arc<Mutex<Option<WorkFolder>>>,
}

impl Caretaker {
    /// Starts the thread.
    pub fn new() -> io::Result<Self> {
        let (used, waiting) = sync_channel(MOST_WAITING);
        let spare = Arc::default();
        let kept = Arc::clone(&spare);
        let thread = Builder::new()
            .name("work-folders".to_owned())
            .spawn(move || carry_out(&waiting, &kept))?;
        Ok(Self {
            used: Some(used),
            thread: Some(thread),
            spare,
        })
    }

    /// As [`WorkFolder::make`].
    pub fn make(&self, path: &Path) -> Result<WorkFolder, WorkError> {
        let spare = kept(&self.spare).take();
        match spare.and_then(|spare| spare.renamed(path)) {
            Some(work) => Ok(work),
            None => WorkFolder::make(path),
        }
    }

    /// Takes a folder away, and has another ready beside it; it may still be there when this returns.
    pub fn take_away(&self, work: WorkFolder) {
        if let Some(used) = &self.used {
            // Refused, it comes back and is dropped: taken away here and now.
            let _refused = used.try_send(work);
        }
    }
}

impl Drop for Caretaker {
    fn drop(&mut self) {
        drop(self.used.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has been told where it happened; the next start removes what it left.
            let _panicked = thread.join();
        }
    }
}

fn carry_out(used: &Receiver<WorkFolder>, spare: &Mutex<Option<WorkFolder>>) {
    for work in used {
        let parent = work.path().parent().map(Path::to_owned);
        drop(work);
        if let Some(parent) = parent.filter(|_| kept(spare).is_none()) {
            let number = SPARES.fetch_add(1, Ordering::Relaxed);
            let name = format!("spare-{}-{number}", std::process::id());
            // Without one, the next call makes its own and says why where it cannot.
            let made = WorkFolder::make(&parent.join(name)).ok();
            *kept(spare) = made;
        }
    }
    let left = kept(spare).take();
    drop(left);
}

fn kept(spare: &Mutex<Option<WorkFolder>>) -> MutexGuard<'_, Option<WorkFolder>> {
    // It is consistent after any panic: a folder or none.
    spare.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    use crate::work::sweep_leftovers;

    #[test]
    fn every_folder_is_a_new_one_private_and_gone_at_the_end() {
        let home = tempfile::tempdir().expect("a folder");
        let caretaker = Caretaker::new().expect("a thread");
        let mut kept_apart = Vec::new();
        let mut seen = BTreeSet::new();
        for number in 0..50_u64 {
            let path = home.path().join(format!("work/e-{number}"));
            let work = caretaker.make(&path).expect("it can be made");
            assert_eq!(work.path(), path);
            let artifacts = path.join("artifacts");
            for folder in [&path, &artifacts] {
                let found = fs::metadata(folder).expect("it is there");
                assert_eq!(found.permissions().mode() & 0o777, 0o700);
            }
            let entries = fs::read_dir(&path).expect("a folder").count();
            assert_eq!(entries, 1, "nobody was in it before");
            // A number may come back once its folder is gone, and no sooner.
            let inode = fs::metadata(&path).expect("it is there").ino();
            assert!(
                number % 2 == 0 || seen.insert(inode),
                "a folder that is in use"
            );
            fs::File::create(path.join("left")).expect("it can be made");
            if number % 2 == 0 {
                caretaker.take_away(work);
            } else {
                kept_apart.push(work);
            }
        }
        sweep_leftovers(home.path());
        for work in kept_apart {
            assert!(work.path().exists(), "it is held");
            caretaker.take_away(work);
        }
        drop(caretaker);
        let left = fs::read_dir(home.path().join("work")).expect("a folder");
        assert_eq!(left.count(), 0);
    }

    #[test]
    fn there_is_one_of_each_name() {
        let home = tempfile::tempdir().expect("a folder");
        let caretaker = Caretaker::new().expect("a thread");
        let path = home.path().join("work/e-1");
        let work = caretaker.make(&path).expect("it can be made");
        for _ in 0..3 {
            assert!(caretaker.make(&path).is_err(), "there is one already");
        }
        drop(work);
    }
}
