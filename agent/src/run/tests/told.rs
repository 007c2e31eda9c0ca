//! What the loop says of itself on this machine, and why it goes.

use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::GoodbyeReason;

use super::*;
use crate::status::{Stage, Status};

#[derive(Clone, Default)]
struct Board(Arc<Mutex<Vec<(Instant, Status)>>>);

impl Board {
    fn shown(&self) -> Vec<(Instant, Status)> {
        self.0.lock().expect("one test").clone()
    }

    fn last(&self) -> Status {
        self.shown().pop().expect("something was said").1
    }
}

// The test's own clock, to say when it was shown.
impl StatusBoard for Board {
    fn show(&mut self, status: &Status) {
        self.0
            .lock()
            .expect("one test")
            .push((Instant::now(), status.clone()));
    }
}

/// A system that restarts when it stops, and sleeps when told.
#[derive(Default)]
struct Sleepy(Notify);

impl Leaving for Sleepy {
    fn why(&self, _now: Timestamp) -> BoxFuture<'_, GoodbyeReason> {
        Box::pin(async { GoodbyeReason::Restart })
    }
    fn sleeps(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.0.notified())
    }
}

async fn minutes(minutes: u64) {
    tokio::time::sleep_until(Instant::now() + Duration::from_secs(60 * minutes)).await;
}

#[tokio::test(start_paused = true)]
async fn the_status_is_written_once_a_minute_and_when_something_changes() {
    let board = Board::default();
    let device = start_with(Box::new(board.clone()), Arc::new(Silent));
    minutes(10).await;
    let quiet = board.shown().len();
    assert!((10..=16).contains(&quiet), "about once a minute: {quiet}");
    assert!(board.last().answered.is_some() && board.last().trouble.is_none());

    device.collector.away.store(true, Ordering::SeqCst);
    let away = Instant::now();
    minutes(10).await;
    let shown = board.shown();
    let (when, told) = shown
        .iter()
        .find(|(_, status)| status.trouble.is_some())
        .expect("trouble is told");
    assert!(
        *when - away <= Duration::from_secs(12),
        "soon: {:?}",
        *when - away
    );
    assert!(told.trouble.as_ref().is_some_and(|told| !told.refused));
    let during = shown.len() - quiet;
    assert!(
        during <= 14,
        "the same trouble is not written with each try: {during}"
    );

    device.collector.away.store(false, Ordering::SeqCst);
    minutes(1).await;
    assert_eq!(board.last().trouble, None);
    assert!(board.last().past_trouble.is_some(), "said to be over");
    device.stop.cancel();
    device.agent.await.expect("it ends");
    assert_eq!(board.last().stage, Stage::Ended(GoodbyeReason::AgentStopped));
}

#[tokio::test(start_paused = true)]
async fn a_system_that_says_so_is_told_from_an_agent_that_is_only_stopped() {
    let leaving = Arc::new(Sleepy::default());
    let device = start_with(Box::new(NoBoard), Arc::clone(&leaving) as Arc<dyn Leaving>);
    let goodbyes = |report: &Report| {
        let news = report.news.iter().filter(|news| news.body["kind"] == "goodbye");
        news.map(|news| news.body["reason"].to_string())
            .collect::<Vec<_>>()
    };
    minutes(1).await;
    leaving.0.notify_one();
    let asked = Instant::now();
    let slept = device
        .collector
        .hears(|report| goodbyes(report) == ["\"sleep\""])
        .await;
    assert!(slept - asked < Duration::from_secs(1), "before it sleeps");
    // It wakes, and goes on as before.
    minutes(1).await;
    device.stop.cancel();
    let ended = device.agent.await.expect("it ends");
    assert!(ended.goodbye_heard);
    let heard = device.collector.heard.lock().expect("one test");
    let last = &heard.last().expect("a goodbye").1;
    assert_eq!(goodbyes(last), ["\"restart\""]);
}
