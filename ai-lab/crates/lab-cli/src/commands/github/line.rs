//! The line to GitHub: its address, the token, the clock.

use std::io::{self, Write as _};
use std::thread;
use std::time::{Duration, Instant};

use lab_model::Moment;
use lab_ops::github::{ApiAddress, Pace, TokenSources, Wait, Wire, token};

use crate::commands::tool::places;
use crate::context::Context;
use crate::failure::CommandError;

/// Shorter waits are not worth a line.
const WORTH_TELLING: Duration = Duration::from_secs(3);

/// Where GitHub is: `AI_LAB_GITHUB_API`, else GitHub's own.
pub(super) fn api(context: &Context<'_>) -> Result<ApiAddress, CommandError> {
    match context.environment.text("AI_LAB_GITHUB_API")? {
        None => Ok(ApiAddress::default()),
        Some(text) => text
            .parse()
            .map_err(|error| CommandError::variable("AI_LAB_GITHUB_API", &error)),
    }
}

/// The connection, with the token of the environment, of the framework's secrets or of GitHub's own program.
pub(super) fn wire(context: &Context<'_>) -> Result<Wire, CommandError> {
    let environment = context.environment;
    let lab = context.lab()?;
    let sources = TokenSources {
        own: environment.text("AI_LAB_GITHUB_TOKEN")?,
        usual: environment.text("GITHUB_TOKEN")?,
        framework: Some((&lab, places(context)?)),
        ask_gh: true,
    };
    Ok(Wire::new(Some(token(&sources)?)))
}

/// The clock as it goes on; waits are told on standard error.
#[derive(Debug)]
pub(super) struct Clock {
    began: Moment,
    since: Instant,
}

impl Clock {
    /// Goes on from when the command began.
    pub(super) fn from(began: Moment) -> Self {
        Self {
            began,
            since: Instant::now(),
        }
    }
}

impl Pace for Clock {
    fn now(&self) -> Moment {
        let gone = i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX);
        Moment::from_ms(self.began.ms().saturating_add(gone)).unwrap_or(self.began)
    }

    fn wait(&mut self, time: Duration, why: Wait) {
        let why = match why {
            Wait::BetweenWrites => "between two writes",
            Wait::Limit => "as GitHub asks",
            Wait::Again => "before another try",
            Wait::Settling => "until a lost answer would show",
        };
        if time >= WORTH_TELLING {
            // Whoever has closed it does not want to know.
            let _ = writeln!(io::stderr().lock(), "waiting {} s {why}", time.as_secs());
        }
        let until = Instant::now() + time;
        while let Some(left) = until
            .checked_duration_since(Instant::now())
            .filter(|left| !left.is_zero())
        {
            thread::park_timeout(left);
        }
    }
}
