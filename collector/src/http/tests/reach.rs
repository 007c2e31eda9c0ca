//! Whether a network reaches the collector: open to everybody, bounded, and without a word about schools.

use super::harness::Collector;
use crate::limits;

#[tokio::test]
async fn whoever_opens_it_learns_about_the_network_and_nothing_else() {
    let collector = Collector::in_lincoln().await;
    let page = collector.get("/reach").await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("Does this network reach RoomReady?"),
        "{}",
        page.text
    );
    assert!(
        !page.text.contains("Lincoln") && !page.text.contains("Cedar Valley"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn its_stream_speaks_with_pauses_and_ends_by_itself() {
    let collector = Collector::in_lincoln().await;
    let begun = tokio::time::Instant::now();
    let stream = collector.get("/reach/stream").await;
    assert_eq!(stream.status, 200);
    assert_eq!(
        stream.text.matches("data:").count(),
        usize::from(limits::REACH_WORDS),
        "{}",
        stream.text
    );
    assert!(
        stream.text.contains("event: last") || stream.text.contains("event:last"),
        "{}",
        stream.text
    );
    assert!(begun.elapsed() >= limits::REACH_PAUSE * u32::from(limits::REACH_WORDS - 1));
}

#[tokio::test]
async fn more_than_some_at_once_are_asked_to_come_back() {
    let collector = Collector::in_lincoln().await;
    let tries = (0..=limits::MOST_REACH_STREAMS).map(|_| collector.get("/reach/stream"));
    let replies = futures_util::future::join_all(tries).await;
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status == 503).collect();
    assert!(!refused.is_empty(), "one too many");
    assert!(refused.iter().all(|reply| reply.header("retry-after").is_some()));
}
