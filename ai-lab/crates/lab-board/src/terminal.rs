//! The terminal's loop: keys in, screens out.

use std::io;
use std::time::Duration;

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event};

use crate::board::{Board, Wish};
use crate::draw::draw;
use crate::key::Key;

/// How long nothing has to be pressed until the board is loaded again: others work too.
const IDLE: Duration = Duration::from_secs(2);

/// Who carries a board's wishes out.
pub trait Desk {
    /// Does what someone at the board wants, and tells the board what came of it. A wish for an editor comes while the
    /// terminal is given back.
    fn carry_out(&mut self, wish: &Wish, board: &mut Board);
}

/// Shows the board until someone leaves. The terminal is as it was afterwards, whatever happened.
pub fn run(mut board: Board, desk: &mut dyn Desk) -> io::Result<()> {
    let mut terminal = ratatui::try_init()?;
    let ended = turn(&mut terminal, &mut board, desk);
    let restored = ratatui::try_restore();
    ended.and(restored)
}

fn turn(terminal: &mut DefaultTerminal, board: &mut Board, desk: &mut dyn Desk) -> io::Result<()> {
    desk.carry_out(&board.first(), board);
    loop {
        terminal.draw(|frame| draw(board, frame))?;
        let wish = if event::poll(IDLE)? {
            match event::read()? {
                Event::Key(key) => Key::of(key).and_then(|key| board.press(key)),
                // A new size is drawn like any other change.
                Event::FocusGained
                | Event::FocusLost
                | Event::Mouse(_)
                | Event::Paste(_)
                | Event::Resize(..) => None,
            }
        } else {
            board.idle()
        };
        match wish {
            None => {}
            Some(Wish::Quit) => return Ok(()),
            Some(wish @ Wish::Edit(_)) => {
                ratatui::try_restore()?;
                desk.carry_out(&wish, board);
                *terminal = ratatui::try_init()?;
                terminal.clear()?;
                desk.carry_out(&board.first(), board);
            }
            Some(wish) => desk.carry_out(&wish, board),
        }
    }
}
