//! Any bytes under any names.

use super::*;
use crate::ports::Outbox as _;
use proptest::collection::vec;
use proptest::prelude::*;
use roomready_shared::ids::StreamId;

fn stream(byte: u8) -> StreamId {
    StreamId::new(uuid::Uuid::from_bytes([byte; 16]))
}

fn entries() -> impl Strategy<Value = Vec<u8>> {
    let number = || prop_oneof![0_u64..20, Just(u64::MAX), Just(LARGEST_SEQ), any::<u64>()];
    let record = number().prop_map(|seq| {
        let record = serde_json::json!({"news": {"seq": seq, "at": "2027-01-15T08:00:00Z", "mono_ms": 1,
            "epoch": uuid::Uuid::nil(), "body": {"kind": "app_started"}}});
        record.to_string().into_bytes()
    });
    let lost = (number(), number(), number()).prop_map(|(from, to, next)| {
        serde_json::json!({"lost": {"from": from, "to": to, "why": "full", "next": next}})
            .to_string()
            .into_bytes()
    });
    let done = (number(), number()).prop_map(|(through, next)| {
        serde_json::json!({"done": {"through": through, "next": next}})
            .to_string()
            .into_bytes()
    });
    let goes_on = number().prop_map(|next| {
        serde_json::json!({"goes_on": {"next": next}})
            .to_string()
            .into_bytes()
    });
    let framed = prop_oneof![record, lost, done, goes_on, vec(any::<u8>(), 0..40)].prop_map(|json| {
        let mut bytes = Vec::new();
        frame::write(&mut bytes, &json);
        bytes
    });
    prop_oneof![4 => framed, 1 => vec(any::<u8>(), 0..40)]
}

fn file() -> impl Strategy<Value = (SegmentName, Option<Vec<u8>>)> {
    let content = vec(entries(), 0..8).prop_map(|parts| parts.concat());
    let first = prop_oneof![4 => 1_u64..20, 1 => Just(LARGEST_SEQ)];
    (0_u64..6, first, 0_u8..3, proptest::option::weighted(0.9, content)).prop_map(
        |(index, first, byte, bytes)| {
            let stream = stream(byte);
            (SegmentName { index, first, stream }, bytes)
        },
    )
}

proptest! {
    #[test]
    fn any_bytes_give_an_answer_and_the_same_bytes_the_same(mut files in vec(file(), 0..6)) {
        files.sort_by_key(|(name, _)| *name);
        let found = recover(&files);
        prop_assert_eq!(&found, &recover(&files));
        for mut line in found.lines {
            // Every number is a record or a loss, so that a stream can always be told to its end.
            let mut turns = 0;
            while !line.is_finished() {
                let batch = line.batch(64);
                let told = batch.news.iter().map(|record| record.seq).chain(batch.lost.iter().map(|loss| loss.to));
                let told = told.max().expect("something is told while something is open");
                prop_assert!(told > line.done());
                line.acknowledge(told);
                turns += 1;
                prop_assert!(turns < 200);
            }
        }
    }

    #[test]
    fn an_outbox_opens_on_any_bytes_and_goes_on(files in vec(file(), 0..6), noise in vec(any::<u8>(), 0..300)) {
        opens_and_goes_on(files, &noise);
    }
}

/// Whatever lies in the folder, a record that is pushed beside it is delivered, also after the next start.
fn opens_and_goes_on(mut files: Vec<(SegmentName, Option<Vec<u8>>)>, noise: &[u8]) {
    files.dedup_by_key(|(name, _)| *name);
    let folder = super::super::simulated::SimulatedFolder::default();
    for (name, bytes) in &files {
        folder.put(&name.to_string(), bytes.as_deref().unwrap_or(noise));
    }
    folder.put("lock", noise);
    folder.put("something-else-x.outbox1", noise);
    let mint = Box::new(|| stream(200));
    let mut outbox = super::super::DiskOutbox::open(folder.clone(), mint).expect("opens");
    let moment = crate::ports::Moment {
        wall: roomready_shared::units::Timestamp::UNIX_EPOCH,
        mono_ms: 0,
        awake_ms: 0,
    };
    let epoch = roomready_shared::ids::ClockEpoch::new(uuid::Uuid::nil());
    let started = roomready_shared::wire::v1::NewsBody::AppStarted;
    let seq = outbox
        .push(moment, epoch, &started)
        .expect("an empty disk takes a record");
    drop(outbox);
    let mut again = super::super::DiskOutbox::open(folder, Box::new(|| stream(201))).expect("opens again");
    let mut last = None;
    while again.waiting() > 0 {
        let batch = again.batch(64);
        last = batch.news.last().map(|record| record.seq).or(last);
        let told = batch
            .lost
            .iter()
            .map(|loss| loss.to)
            .chain(last)
            .max()
            .expect("something is told");
        again.acknowledge(batch.stream, told);
    }
    assert_eq!(last, Some(seq), "what was kept beside them is there");
}

#[test]
fn a_stream_that_has_come_to_the_end_of_its_numbers_is_left_for_a_new_one() {
    for first in [LARGEST_SEQ, LARGEST_SEQ - 1, LARGEST_SEQ - 2] {
        let name = SegmentName {
            index: 1,
            first,
            stream: stream(1),
        };
        for content in [Some(vec![]), Some(vec![0; 40]), Some(vec![7; 9]), None] {
            opens_and_goes_on(vec![(name, content)], &[1, 2, 3]);
        }
    }
}

/// Only a folder that was put together from copies looks like this: streams of which one begins within another.
#[test]
fn a_folder_in_which_streams_lie_between_each_other_still_keeps_what_is_pushed() {
    let name = |index, first, byte| SegmentName {
        index,
        first,
        stream: stream(byte),
    };
    let files = vec![
        (name(1, 1, 2), None),
        (name(1, 2, 2), None),
        (name(0, 1, 1), None),
        (name(5, 9, 2), None),
        (name(1, 3, 1), None),
    ];
    opens_and_goes_on(files, &[]);
}
