//! What the collector said, or that it said nothing.

use roomready_shared::facts::{ClockOffset, Facts};
use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::{Assignment, Command, Lost, MAX_NEWS, ReportReply};

use super::belief::Belief;
use super::{ALIVE_ONLY_MS, BACKLOG_GAP_MS, Cycle, FETCH_AGAIN_MS};
use crate::pace::RETRY_AFTER_MOST_MS;
use crate::ports::{Fetched, Moment};
use crate::probe::Kind;
use crate::uplink::Trouble;

impl Cycle {
    /// The report was answered.
    pub fn replied(&mut self, reply: &ReportReply, now: Moment) {
        let Some(flight) = self.flight.take() else {
            return;
        };
        self.fetch_turn = true;
        let before = self.standing();
        self.outbox.acknowledge(flight.stream, reply.acked_through);
        if let Some(expected) = reply.expected {
            self.outbox.expect(flight.stream, expected);
        }
        for refused in &reply.refused {
            tracing::warn!(seq = refused.seq, why = %refused.why, "the collector could not use a record");
        }
        self.learn_offset(flight.sent, now, reply.server_time);
        let derived = self.derived(self.corrected(now)).phase;
        self.belief.told(reply.phase, derived, now.mono_ms);
        for command in &reply.commands {
            self.obey(*command, now);
        }
        let held = self.assignment.as_ref().map(|held| &held.tag);
        if held != Some(&reply.assignment_tag) && self.fetch_wanted.is_none() {
            self.fetch_wanted = Some(now.mono_ms);
        }
        if self.alive_only_until.is_none() {
            self.batch_limit = (self.batch_limit * 2).min(MAX_NEWS);
        }
        self.answered_again(now);
        let phase = self.conduct_at(now).told();
        self.pace
            .answered(now.mono_ms, reply.next_ms, phase, &mut self.chance);
        // Only what moved forward is a reason to go on at once; an answer that changes nothing would be asked for without
        // end, and in a time of signs of life nothing may go on.
        let moved = flight.last.is_none() || self.standing() != before;
        if self.outbox.waiting() > 0 && self.alive_only_until.is_none() && moved {
            let gap = self.chance.between(BACKLOG_GAP_MS.0, BACKLOG_GAP_MS.1);
            self.pace.not_later_than(now.mono_ms + gap);
        }
    }

    /// Where the stream stands: the oldest number that waits, and the losses to declare.
    fn standing(&self) -> (u64, Vec<Lost>) {
        let batch = self.outbox.batch(0);
        (batch.first_seq, batch.lost)
    }

    /// The report was not answered. What it carried stays in the outbox.
    pub fn failed(&mut self, trouble: &Trouble, now: Moment) {
        let Some(flight) = self.flight.take() else {
            return;
        };
        if matches!(trouble, Trouble::TooLarge | Trouble::Refused { .. }) && flight.last.is_some() {
            self.batch_limit /= 2;
            if self.batch_limit == 0 {
                self.alive_only_until = Some(now.mono_ms + ALIVE_ONLY_MS);
            }
        }
        let phase = self.conduct.told();
        self.pace.failed(now.mono_ms, trouble, phase, &mut self.chance);
        self.missed_answer(trouble, now);
    }

    /// The assignment was asked for. Gives the new one, to be kept on disk.
    pub fn fetched(&mut self, fetched: Result<Fetched, &Trouble>, now: Moment) -> Option<&Assignment> {
        self.fetching = false;
        match fetched {
            Ok(Fetched::New(new)) if new.device == self.settings.device => {
                self.fetch_wanted = None;
                let before = self.requirement_digest();
                let elsewhere =
                    self.assignment.as_ref().and_then(|held| held.outside.as_ref()) != new.outside.as_ref();
                if elsewhere {
                    // What another host answered says nothing of this one.
                    (self.facts.outside, self.told.outside) = (None, None);
                    self.schedule.once_more(Kind::Outside, now.mono_ms);
                }
                self.assignment = Some(*new);
                self.draw_required();
                if before != self.requirement_digest() {
                    self.schedule.all_now(now.mono_ms);
                }
                // Whatever the last answer said, it was said with the older assignment.
                self.belief = Belief::default();
                self.settle_conduct(now);
                self.assignment.as_ref()
            }
            Ok(Fetched::New(other)) => {
                tracing::error!(device = %other.device, "the collector sent another device's assignment; not used");
                self.fetch_wanted = Some(self.fetch_again(now));
                None
            }
            Ok(Fetched::Unchanged) => {
                self.fetch_wanted = None;
                None
            }
            Err(trouble) => {
                let again = self.fetch_again(now);
                // Asked to wait, it waits: reports go on as they may.
                let asked = match trouble {
                    Trouble::Busy {
                        retry_after_ms: Some(asked),
                        ..
                    } => now.mono_ms + (*asked).min(RETRY_AFTER_MOST_MS),
                    _ => 0,
                };
                self.fetch_wanted = Some(again.max(asked));
                None
            }
        }
    }

    /// A new credential was asked for. Where there is none now, the collector orders it again with its next answer.
    pub const fn rotated(&mut self) {
        self.fetching = false;
        self.rotation_wanted = false;
    }

    /// Not everybody at the same moment.
    const fn fetch_again(&mut self, now: Moment) -> u64 {
        now.mono_ms + self.chance.between(FETCH_AGAIN_MS / 2, FETCH_AGAIN_MS)
    }

    /// Half of the round trip is the uncertainty; the collector's clock was read somewhere inside it.
    fn learn_offset(&mut self, sent: Moment, now: Moment, server: Timestamp) {
        let round_trip = now.mono_ms.saturating_sub(sent.mono_ms);
        let half = i64::try_from(round_trip / 2).unwrap_or(i64::MAX);
        let ahead_ms = i64::try_from(now.wall.duration_since(server).as_millis())
            .unwrap_or(i64::MAX)
            .saturating_sub(half);
        let offset = ClockOffset {
            ahead_ms,
            uncertainty_ms: u32::try_from(round_trip / 2).unwrap_or(u32::MAX),
        };
        if self.time.answered(sent, now, server, &mut self.chance) {
            tracing::warn!(
                "this device's clock stood still, or the collector's was set; a new clock epoch begins"
            );
        }
        let mut newer = Facts::none(self.settings.platform);
        newer.clock = Some(self.reading(offset, now));
        let no_news = self.are_no_news(&newer, now);
        self.facts.clock = newer.clock;
        if !no_news {
            self.tell_changes(now);
        }
    }

    fn obey(&mut self, command: Command, now: Moment) {
        match command {
            Command::Recheck => {
                self.told = Facts::none(self.settings.platform);
                self.quiet = None;
                self.schedule.all_now(now.mono_ms);
            }
            Command::Pace { interval_ms } => self.pace.order(interval_ms),
            Command::RotateCredential => self.rotation_wanted = true,
            Command::TooNew => tracing::warn!("asked for something that this version does not know; ignored"),
        }
    }
}
