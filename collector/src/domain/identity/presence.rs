//! Whether one machine speaks with a device's credential, or two. Pure, and a few words of memory for each device.
//!
//! Every report carries the device's monotonic clock and the epoch that it belongs to. A machine has one such clock at a
//! time: its next boot begins another, and the one before never comes back. Two machines that share a credential, because
//! a disk was copied or a credential was taken, take turns: this one, that one, this one again. So what tells them apart is
//! not a new clock, which every boot brings, but *a clock that comes back*, again and again.
//!
//! A clock is told by its epoch, and by where it stands against ours: that is when its machine was booted. One that comes
//! back after a machine that was booted at another time is a second machine. One that comes back after another epoch of the
//! same boot may be an agent whose disk kept the older epoch; there both have to come back, without a third between.
//!
//! Not noticed: copies of one running machine that stand less than [`SAME_RUN_MS`] apart, a copy that was booted at the
//! same time and begins a new epoch with nearly each report, and two that are never heard on one day.
//!
//! | What an honest device does | What is seen of it |
//! |---|---|
//! | it boots, or its agent begins a new epoch | a new clock; the one before does not come back |
//! | it sleeps, is set to another time, or replays its outbox | nothing: the clock counts sleep, and wall clocks play no part |
//! | an answer is lost and the report is sent again | the same clock, further on |
//! | a report that was given up arrives late, after another boot | it was *sent* before the new clock was last heard, as its own clock shows: it says nothing |
//! | its disk keeps no epoch, so that each restart of the agent takes up an old one | one clock of this boot comes back, the others never do |
//! | its disk is put back at each boot (labs are run so), and it numbers other records alike | its stream is contradicted, and no clock comes back |
//! | this collector starts again | all of this begins anew |

use roomready_shared::ids::ClockEpoch;

/// Signs of one epoch whose clocks stand this near to each other are of one machine, in milliseconds: a report that was
/// given up may arrive as late as networks and systems still send it, which they do for a minute or two.
pub const SAME_RUN_MS: u64 = 2 * 60 * 1_000;
/// So often each of two clocks has come back before they are two machines: once may be a chain of late reports.
pub const RETURNS: u8 = 2;
/// Reports of two machines taking turns, until that is noticed.
pub const NOTICED_WITHIN: usize = 6;
/// A clock that was not heard for this long is forgotten, in milliseconds.
pub const REMEMBERED_MS: u64 = 24 * 60 * 60 * 1_000;
/// Clocks that are remembered of one device. Two are enough to tell two machines; the rest are reboots in between.
const RUNS: usize = 4;
/// Two clocks drift apart by at most one part in this many.
const DRIFT: u64 = 4_000;
/// What one return weighs where both machines tell that they have been answered: then it is known how long their reports
/// are under way, and a late one is told from one that is sent now.
const ANSWERED: u8 = 4;
/// What it weighs otherwise. A whole chain of reports that were never answered may arrive late.
const UNANSWERED: u8 = 1;

/// When a report was sent by its device's clock, and heard by ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    /// The run of the device's clock.
    pub epoch: ClockEpoch,
    /// The device's monotonic clock, in milliseconds.
    pub mono_ms: u64,
    /// The device tells that it was answered in this epoch.
    pub answered: bool,
    /// This collector's monotonic clock, in milliseconds.
    pub received_ms: u64,
}

/// One clock, as it was heard.
#[derive(Debug, Clone, Copy)]
struct Run {
    epoch: ClockEpoch,
    /// Our clock less the device's: the least there was, so that it holds the least time on the way.
    offset_ms: i64,
    /// When its latest report was sent, by our clock.
    sent_ms: i64,
    /// When it was last heard.
    heard_ms: u64,
    answered: bool,
    /// What its returns after other epochs of the same boot weigh.
    returns: u8,
}

/// What is remembered of the machines behind one device's credential.
#[derive(Debug, Clone, Default)]
pub struct Presence {
    /// The one that spoke last comes first.
    runs: Vec<Run>,
    /// What returns after a machine that was booted at another time weigh, and when there last was one.
    apart: u8,
    apart_ms: u64,
    /// When a record was offered under a number that another record has.
    contradicted_ms: Option<u64>,
}

impl Presence {
    /// Hears a sign. True when two machines speak.
    #[must_use]
    pub fn hear(&mut self, sign: Sign) -> bool {
        self.forget(sign.received_ms);
        let offset_ms = signed(sign.received_ms).saturating_sub(signed(sign.mono_ms));
        match self.runs.iter().position(|run| run.is(sign.epoch, offset_ms)) {
            None => self.begin(sign, offset_ms),
            Some(place) => {
                let sent_ms = self.runs[place].hear(sign, offset_ms);
                let others = self.runs.iter().enumerate().filter(|(other, _)| *other != place);
                let latest = others.map(|(_, run)| run.sent_ms).max();
                // Sent before another clock was last heard: it was under way for long, and says nothing of now.
                if place > 0 && latest.is_none_or(|latest| sent_ms > latest) {
                    self.come_back(place, sign.received_ms);
                }
            }
        }
        self.are_two()
    }

    /// A record was offered under a number under which another one is stored. A disk that was put back does that too, so
    /// alone it says nothing.
    pub const fn contradicted(&mut self, received_ms: u64) {
        self.contradicted_ms = Some(received_ms);
    }

    fn begin(&mut self, sign: Sign, offset_ms: i64) {
        // A third one: whoever came back before may have been this very machine.
        self.runs.iter_mut().for_each(|run| run.returns = 0);
        let run = Run {
            epoch: sign.epoch,
            offset_ms,
            sent_ms: signed(sign.received_ms),
            heard_ms: sign.received_ms,
            answered: sign.answered,
            returns: 0,
        };
        self.runs.insert(0, run);
        self.runs.truncate(RUNS);
    }

    fn come_back(&mut self, place: usize, now_ms: u64) {
        let before = self.runs[0];
        let run = &mut self.runs[place];
        let weight = if run.answered && before.answered {
            ANSWERED
        } else {
            UNANSWERED
        };
        if run.offset_ms.abs_diff(before.offset_ms) > SAME_RUN_MS {
            self.apart = self.apart.saturating_add(weight);
            self.apart_ms = now_ms;
        } else {
            run.returns = run.returns.saturating_add(weight);
        }
        self.runs[..=place].rotate_right(1);
    }

    fn are_two(&self) -> bool {
        let enough = ANSWERED * RETURNS;
        let of_one_boot = self.runs.iter().filter(|run| run.returns >= enough).count();
        let came_back = self.apart >= ANSWERED || self.runs.iter().any(|run| run.returns >= ANSWERED);
        of_one_boot >= 2 || self.apart >= 2 * enough || (self.contradicted_ms.is_some() && came_back)
    }

    fn forget(&mut self, now_ms: u64) {
        let is_fresh = |at: u64| now_ms.saturating_sub(at) < REMEMBERED_MS;
        self.runs.retain(|run| is_fresh(run.heard_ms));
        self.contradicted_ms = self.contradicted_ms.filter(|at| is_fresh(*at));
        if !is_fresh(self.apart_ms) {
            self.apart = 0;
        }
    }
}

impl Run {
    fn is(&self, epoch: ClockEpoch, offset_ms: i64) -> bool {
        self.epoch == epoch && self.offset_ms.abs_diff(offset_ms) <= SAME_RUN_MS
    }

    /// Gives when the sign was sent, by our clock.
    fn hear(&mut self, sign: Sign, offset_ms: i64) -> i64 {
        let drift = signed(sign.received_ms.saturating_sub(self.heard_ms) / DRIFT);
        self.offset_ms = offset_ms.min(self.offset_ms.saturating_add(drift));
        self.heard_ms = self.heard_ms.max(sign.received_ms);
        self.answered |= sign.answered;
        let sent_ms = signed(sign.mono_ms).saturating_add(self.offset_ms);
        self.sent_ms = self.sent_ms.max(sent_ms);
        sent_ms
    }
}

fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
