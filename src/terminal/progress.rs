//! One line on standard error that counts up while long work goes on, and is gone afterwards.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Work shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(400);

/// Time between two drawings.
const PAUSE: Duration = Duration::from_millis(100);

/// Counts work done. Threads may share it; counting never waits for drawing.
///
/// Draws only where standard error is a terminal, and clears its line when dropped.
pub struct Progress {
    label: &'static str,
    total: Option<u64>,
    done: AtomicU64,
    /// `None` where nothing is drawn.
    pace: Option<Mutex<Pace>>,
}

/// When to draw.
struct Pace {
    began: Instant,
    drawn: Option<Instant>,
}

impl Progress {
    /// Begins to count `label` (`reading files`), up to `total` where it is known.
    pub fn begin(label: &'static str, total: Option<u64>) -> Self {
        let pace = Pace { began: Instant::now(), drawn: None };
        Progress { label, total, done: AtomicU64::new(0), pace: io::stderr().is_terminal().then(|| Mutex::new(pace)) }
    }

    /// Counts `more` things as done.
    pub fn add(&self, more: u64) {
        let done = self.done.fetch_add(more, Ordering::Relaxed) + more;
        let Some(pace) = &self.pace else { return };
        // Another thread is drawing: its line will do.
        let Ok(mut pace) = pace.try_lock() else {
            return;
        };
        let now = Instant::now();
        if pace.due(now) {
            pace.drawn = Some(now);
            draw(&mut io::stderr().lock(), &line(self.label, done, self.total));
        }
    }

    /// How much is done.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let drawn = self.pace.as_mut().and_then(|pace| pace.get_mut().ok()).is_some_and(|pace| pace.drawn.is_some());
        if drawn {
            draw(&mut io::stderr().lock(), "");
        }
    }
}

impl Pace {
    fn due(&self, now: Instant) -> bool {
        match self.drawn {
            None => now.duration_since(self.began) >= PATIENCE,
            Some(drawn) => now.duration_since(drawn) >= PAUSE,
        }
    }
}

/// Replaces the line. A terminal that has gone away is no reason to stop the work.
fn draw(to: &mut impl Write, line: &str) {
    let _ = write!(to, "\r\u{1b}[2K{line}").and_then(|()| to.flush());
}

fn line(label: &str, done: u64, total: Option<u64>) -> String {
    match total {
        Some(total) if total > 0 => {
            let percent = done.min(total) * 100 / total;
            format!("{label}: {done} of {total} ({percent} %)")
        }
        _ => format!("{label}: {done}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_counts_and_tells_the_share() {
        assert_eq!(line("reading files", 12, Some(48)), "reading files: 12 of 48 (25 %)");
        assert_eq!(line("reading files", 12, None), "reading files: 12");
        assert_eq!(line("reading files", 0, Some(0)), "reading files: 0");
        assert_eq!(line("reading files", 50, Some(48)), "reading files: 50 of 48 (100 %)");
    }

    #[test]
    fn short_work_shows_nothing_and_long_work_is_drawn_at_a_pace() {
        let began = Instant::now();
        let mut pace = Pace { began, drawn: None };
        assert!(!pace.due(began + Duration::from_millis(399)));
        assert!(pace.due(began + PATIENCE));
        pace.drawn = Some(began + PATIENCE);
        assert!(!pace.due(began + PATIENCE + Duration::from_millis(99)));
        assert!(pace.due(began + PATIENCE + PAUSE));
    }

    #[test]
    fn drawing_replaces_the_line() {
        let mut to = Vec::new();
        draw(&mut to, "reading files: 1");
        assert_eq!(to, b"\r\x1b[2Kreading files: 1");
    }

    #[test]
    fn threads_count_together() {
        let progress = Progress::begin("counting", None);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1000).for_each(|_| progress.add(1)));
            }
        });
        assert_eq!(progress.done(), 4000);
    }
}
