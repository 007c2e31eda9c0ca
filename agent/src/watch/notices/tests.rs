use proptest::prelude::*;
use roomready_shared::units::{ShortText, Timestamp};
use roomready_shared::wire::v1::MatterKind;

use super::*;

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;

fn at() -> Timestamp {
    "2026-11-26T15:38:00Z".parse().unwrap()
}

fn matter(id: &str) -> Matter {
    Matter {
        id: ShortText::fit(id),
        kind: MatterKind::Incident,
        place: ShortText::fit("Room 101, Lincoln Middle School"),
        what: ShortText::fit("14 devices are not answering"),
        since: at(),
        devices: 14,
        on_the_way: false,
        page: format!("/incidents/{id}"),
    }
}

fn taken(id: &str) -> Matter {
    Matter {
        on_the_way: true,
        ..matter(id)
    }
}

fn sight(matters: &[Matter]) -> Sight {
    Sight {
        at: at(),
        matters: matters.to_vec(),
        more: 0,
    }
}

/// A computer of the staff, second by second.
#[derive(Default)]
struct Desk {
    state: State,
    now_ms: u64,
}

impl Desk {
    /// Where the collector says that nothing is open.
    fn calm() -> Self {
        let mut desk = Self::default();
        assert_eq!(desk.sees(&[]), []);
        desk
    }

    fn hears(&mut self, heard: &Heard<'_>) -> Vec<Notice> {
        self.state.step(heard, self.now_ms)
    }

    fn sees(&mut self, matters: &[Matter]) -> Vec<Notice> {
        self.hears(&Heard::Sight(&sight(matters)))
    }

    /// What shows while so much time passes.
    fn waits(&mut self, ms: u64) -> Vec<Notice> {
        let until = self.now_ms + ms;
        let mut shown = Vec::new();
        while self.now_ms < until {
            self.now_ms += SECOND;
            shown.extend(self.hears(&Heard::Tick));
        }
        shown
    }
}

fn told(ids: &[&str], again: bool) -> Notice {
    Notice::Open {
        matters: ids.iter().map(|id| matter(id)).collect(),
        again,
        more: 0,
    }
}

#[test]
fn something_new_is_told_once_within_seconds() {
    let mut desk = Desk::calm();
    assert_eq!(desk.sees(&[matter("a")]), [], "others may follow in a moment");
    assert_eq!(desk.waits(GATHER_MS), [told(&["a"], false)]);
    desk.sees(&[matter("a")]);
    assert_eq!(desk.waits(MINUTE), [], "quiet until somebody acts");
}

#[test]
fn several_within_a_few_seconds_are_one_notice_worst_first() {
    let mut desk = Desk::calm();
    desk.sees(&[matter("a")]);
    desk.waits(2 * SECOND);
    desk.sees(&[matter("b"), matter("a")]);
    desk.waits(SECOND);
    desk.sees(&[matter("b"), matter("a"), matter("c")]);
    assert_eq!(desk.waits(10 * SECOND), [told(&["b", "a", "c"], false)]);
}

#[test]
fn what_is_open_when_the_program_starts_is_one_notice() {
    let mut desk = Desk::default();
    desk.sees(&[matter("a"), taken("b"), matter("c")]);
    assert_eq!(desk.waits(10 * SECOND), [told(&["a", "c"], false)]);
}

#[test]
fn what_was_over_before_it_was_told_is_not_told() {
    let mut desk = Desk::calm();
    desk.sees(&[matter("a")]);
    desk.waits(2 * SECOND);
    desk.sees(&[]);
    assert_eq!(desk.waits(10 * MINUTE), []);
}

#[test]
fn nothing_is_repeated_while_somebody_is_on_the_way() {
    let mut desk = Desk::calm();
    desk.sees(&[matter("a")]);
    assert_eq!(desk.waits(10 * SECOND).len(), 1);
    desk.sees(&[taken("a")]);
    assert_eq!(desk.waits(60 * MINUTE), []);
    desk.sees(&[matter("a")]);
    assert_eq!(
        desk.waits(10 * SECOND),
        [told(&["a"], true)],
        "nobody is on the way any more"
    );
}

#[test]
fn what_somebody_is_on_the_way_to_before_it_is_told_stays_quiet() {
    let mut desk = Desk::calm();
    desk.sees(&[matter("a")]);
    desk.waits(2 * SECOND);
    desk.sees(&[taken("a")]);
    assert_eq!(desk.waits(10 * MINUTE), []);
}

#[test]
fn after_five_minutes_without_anybody_it_is_told_again_and_not_for_ever() {
    let mut desk = Desk::calm();
    desk.sees(&[matter("a")]);
    desk.waits(GATHER_MS);
    assert_eq!(desk.waits(REMIND_MS - SECOND), []);
    assert_eq!(desk.waits(SECOND), [told(&["a"], true)]);
    let rest = desk.waits(24 * 60 * MINUTE);
    assert_eq!(rest.len(), 2, "three reminders in all: {rest:?}");
}

#[test]
fn a_reminder_takes_with_it_what_would_follow_in_a_moment() {
    let mut desk = Desk::calm();
    desk.sees(&[matter("a")]);
    desk.waits(GATHER_MS);
    desk.waits(REMIND_MS - 2 * SECOND);
    desk.sees(&[matter("a"), matter("b")]);
    assert_eq!(desk.waits(2 * SECOND), [told(&["a", "b"], false)], "one is new");
    assert_eq!(desk.waits(10 * SECOND), []);
}

#[test]
fn a_lost_connection_is_told_once_and_so_is_its_return() {
    let mut desk = Desk::calm();
    desk.hears(&Heard::Gone);
    assert_eq!(desk.waits(LOST_MS - SECOND), []);
    assert_eq!(desk.waits(SECOND), [Notice::Lost]);
    desk.hears(&Heard::Gone);
    assert_eq!(desk.waits(60 * MINUTE), []);
    assert_eq!(desk.sees(&[]), [Notice::Back]);
    assert_eq!(desk.waits(60 * MINUTE), []);
}

#[test]
fn a_collector_that_is_started_anew_is_not_worth_a_word() {
    let mut desk = Desk::calm();
    desk.hears(&Heard::Gone);
    assert_eq!(desk.waits(LOST_MS - SECOND), []);
    assert_eq!(desk.sees(&[]), []);
    assert_eq!(desk.waits(10 * MINUTE), []);
}

#[test]
fn nobody_is_reminded_of_what_may_be_over_and_what_goes_on_is_told_when_the_connection_is_back() {
    let mut desk = Desk::calm();
    desk.sees(&[matter("a"), matter("b")]);
    desk.waits(10 * SECOND);
    desk.hears(&Heard::Gone);
    assert_eq!(desk.waits(30 * MINUTE), [Notice::Lost]);
    assert_eq!(
        desk.sees(&[matter("b"), matter("c")]),
        [Notice::Back, told(&["b", "c"], false)]
    );
}

#[test]
fn nothing_shows_before_the_collector_has_said_in_this_run_that_it_may() {
    let mut desk = Desk::default();
    for heard in [Heard::Gone, Heard::Alive, Heard::Tick, Heard::Gone] {
        assert_eq!(desk.hears(&heard), []);
    }
    assert_eq!(desk.waits(60 * MINUTE), []);
    assert!(!desk.state.may_show());
}

#[test]
fn heartbeats_keep_the_connection_and_bring_it_back() {
    let mut desk = Desk::calm();
    desk.hears(&Heard::Gone);
    assert_eq!(desk.waits(LOST_MS), [Notice::Lost]);
    assert_eq!(desk.hears(&Heard::Alive), [Notice::Back]);
}

proptest! {
    /// Whatever the collector says: nothing that somebody is on the way to is told, nothing more often than it may be, and
    /// never two notices within the time in which they are gathered.
    #[test]
    fn over_any_hour_nobody_is_told_too_often(
        hour in proptest::collection::vec((0_u64..60, proptest::collection::vec((0_usize..6, any::<bool>()), 0..6)), 1..60)
    ) {
        let mut desk = Desk::calm();
        let mut times = BTreeMap::<String, u32>::new();
        let mut last_told: Option<u64> = None;
        for (seconds, open) in hour {
            let open: BTreeMap<usize, bool> = open.into_iter().collect();
            let matters: Vec<_> = open
                .iter()
                .map(|(id, is_taken)| if *is_taken { taken(&id.to_string()) } else { matter(&id.to_string()) })
                .collect();
            let gone: Vec<_> = times.keys().filter(|id| !matters.iter().any(|m| m.id.as_str() == id.as_str())).cloned().collect();
            times.retain(|id, _| !gone.contains(id));
            prop_assert!(desk.sees(&matters).len() <= 1);
            for _ in 0..seconds {
                let shown = desk.waits(SECOND);
                prop_assert!(shown.len() <= 1);
                let Some(Notice::Open { matters, .. }) = shown.first() else { continue };
                prop_assert!(!matters.is_empty());
                prop_assert!(matters.iter().all(|told| !told.on_the_way));
                if let Some(last) = last_told {
                    prop_assert!(desk.now_ms - last >= SECOND);
                }
                last_told = Some(desk.now_ms);
                for told in matters {
                    let times = times.entry(told.id.to_string()).or_default();
                    *times += 1;
                    prop_assert!(*times <= 1 + MOST_REMINDERS + 1, "told {times} times");
                }
            }
        }
    }
}
