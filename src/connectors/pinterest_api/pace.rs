//! How fast calls may follow each other, and how long to wait before another attempt. Pure: the time is an argument.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::transport::Reply;

/// What one category of calls (reads, writes) may do. All threads share it.
#[derive(Debug)]
pub(super) struct Pace {
    /// Nothing is sent before.
    not_before: Duration,
    /// At most so many calls in so much time.
    windows: Vec<Window>,
    /// When calls were sent, as far as a window looks back.
    sent: VecDeque<Duration>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Window {
    calls: usize,
    time: Duration,
}

/// Stated for apps with standard access: 100 calls a second for each user of an app, 1,000 reads a minute. Headers know better.
const DEFAULT_WINDOWS: [Window; 2] =
    [Window { calls: 100, time: Duration::from_secs(1) }, Window { calls: 1000, time: Duration::from_secs(60) }];

/// A window is believed up to a day.
const LONGEST: u64 = 86_400;

impl Pace {
    pub(super) fn new() -> Self {
        Pace { not_before: Duration::ZERO, windows: DEFAULT_WINDOWS.to_vec(), sent: VecDeque::new() }
    }

    /// Takes the leave to send a call now, or tells how long to wait before asking again.
    pub(super) fn admit(&mut self, now: Duration) -> Result<(), Duration> {
        let until = self
            .windows
            .iter()
            .filter_map(|window| window.free_at(&self.sent, now))
            .fold(self.not_before, Duration::max);
        if until > now {
            return Err(until - now);
        }
        let longest = self.windows.iter().map(|window| window.time).max().unwrap_or_default();
        while self.sent.front().is_some_and(|first| *first + longest <= now) {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
        Ok(())
    }

    /// Lets nothing out for a while: the platform asked for it.
    pub(super) fn hold(&mut self, now: Duration, time: Duration) {
        self.not_before = self.not_before.max(now + time);
    }

    /// Learns from the headers of an answer.
    pub(super) fn learn(&mut self, reply: &Reply, now: Duration) {
        if let Some(windows) = reply.header("x-ratelimit-limit").map(windows).filter(|windows| !windows.is_empty()) {
            self.windows = windows;
        }
        if let Some(wait) = exhausted(reply) {
            self.hold(now, wait);
        }
    }
}

impl Window {
    /// When the oldest of the last calls leaves the window, where it is full.
    fn free_at(self, sent: &VecDeque<Duration>, now: Duration) -> Option<Duration> {
        let oldest = sent.get(sent.len().checked_sub(self.calls)?)?;
        let free = *oldest + self.time;
        (free > now).then_some(free)
    }
}

/// `100, 100;w=1, 1000;w=60`: calls and seconds. What is not understood is passed over.
fn windows(header: &str) -> Vec<Window> {
    let window = |part: &str| {
        let (calls, rest) = part.split_once(';')?;
        let seconds: u64 = rest.split(';').find_map(|word| word.trim().strip_prefix("w="))?.trim().parse().ok()?;
        let calls: usize = calls.trim().parse().ok()?;
        let fits = calls > 0 && (1..=LONGEST).contains(&seconds);
        fits.then_some(Window { calls, time: Duration::from_secs(seconds) })
    };
    header.split(',').filter_map(window).collect()
}

/// Until when nothing more is allowed, where the answer says that the window is used up.
fn exhausted(reply: &Reply) -> Option<Duration> {
    let remaining = number(reply.header("x-ratelimit-remaining")?)?;
    let reset = number(reply.header("x-ratelimit-reset")?)?;
    (remaining == 0 && reset <= LONGEST).then(|| Duration::from_secs(reset))
}

/// The first number of a header, whatever follows it.
fn number(header: &str) -> Option<u64> {
    header.split([',', ';']).next()?.trim().parse().ok()
}

/// What `Retry-After` asks for: seconds, or a day and time.
pub(super) fn retry_after(reply: &Reply, wall: Timestamp) -> Option<Duration> {
    let header = reply.header("retry-after")?.trim();
    if let Ok(seconds) = header.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = rfc2822::parse(header).ok()?.timestamp();
    // Unsigned: a moment that is over asks for nothing.
    Some(Duration::try_from(until.duration_since(wall)).unwrap_or_default())
}

/// What a refusal for too many calls asks for, in whatever header it says so.
pub(super) fn asked(reply: &Reply, wall: Timestamp) -> Option<Duration> {
    retry_after(reply, wall).or_else(|| exhausted(reply))
}

/// The first wait without advice.
const FIRST: Duration = Duration::from_millis(200);

/// No wait without advice is longer.
const LONGEST_BACKOFF: Duration = Duration::from_secs(20);

/// How long to wait after so many attempts that failed: twice as long each time, and between half and all of it by chance, so that
/// threads and machines don't come back together.
pub(super) fn backoff(attempts: u32, chance: f64) -> Duration {
    let whole = FIRST.saturating_mul(2u32.saturating_pow(attempts.saturating_sub(1))).min(LONGEST_BACKOFF);
    whole.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(headers: &[(&str, &str)]) -> Reply {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Reply { status: 200, headers: headers.collect(), body: Vec::new() }
    }

    const fn ms(time: u64) -> Duration {
        Duration::from_millis(time)
    }

    #[test]
    fn the_windows_of_a_real_answer_are_kept() {
        let mut pace = Pace::new();
        pace.learn(&reply(&[("x-ratelimit-limit", "2, 2;w=1, 3;w=60")]), ms(0));
        assert_eq!(pace.admit(ms(0)), Ok(()));
        assert_eq!(pace.admit(ms(100)), Ok(()));
        assert_eq!(pace.admit(ms(200)), Err(ms(800)));
        assert_eq!(pace.admit(ms(1000)), Ok(()));
        assert_eq!(pace.admit(ms(2000)), Err(ms(58_000)));
        assert_eq!(pace.admit(ms(60_000)), Ok(()));
    }

    #[test]
    fn headers_that_make_no_sense_change_nothing() {
        let mut pace = Pace::new();
        for nonsense in ["", "many", "0;w=1", "5;w=0", "5;w=99999999999", ";;;,=,w=1", "-1;w=1"] {
            pace.learn(&reply(&[("x-ratelimit-limit", nonsense)]), ms(0));
            assert_eq!(pace.windows, DEFAULT_WINDOWS, "{nonsense}");
        }
        pace.learn(&reply(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "soon")]), ms(0));
        assert_eq!(pace.admit(ms(0)), Ok(()));
    }

    #[test]
    fn when_nothing_remains_everybody_waits_for_the_reset() {
        let mut pace = Pace::new();
        pace.learn(&reply(&[("x-ratelimit-remaining", "1"), ("x-ratelimit-reset", "9")]), ms(0));
        assert_eq!(pace.admit(ms(0)), Ok(()));
        pace.learn(&reply(&[("x-ratelimit-remaining", "0, 0;w=1"), ("x-ratelimit-reset", "2")]), ms(500));
        assert_eq!(pace.admit(ms(1000)), Err(ms(1500)));
        assert_eq!(pace.admit(ms(2500)), Ok(()));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let wall: Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
        let asked = |value| retry_after(&reply(&[("retry-after", value)]), wall);
        assert_eq!(asked("7"), Some(ms(7000)));
        assert_eq!(asked("Wed, 25 Nov 2026 10:00:30 GMT"), Some(ms(30_000)));
        assert_eq!(asked("Wed, 25 Nov 2026 09:00:00 GMT"), Some(ms(0)));
        assert_eq!(asked("tomorrow"), None);
        assert_eq!(asked("-5"), None);
    }

    #[test]
    fn waits_grow_and_differ_and_end() {
        assert_eq!(backoff(1, 1.0), ms(200));
        assert_eq!(backoff(1, 0.0), ms(100));
        assert_eq!(backoff(4, 1.0), ms(1600));
        assert_eq!(backoff(60, 1.0), LONGEST_BACKOFF);
    }
}
