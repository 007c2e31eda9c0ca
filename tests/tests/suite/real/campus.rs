//! A school's network that breaks, with real agents behind it: the incidents that come out.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use roomready_tests::clock::now;
use roomready_tests::network::campus::{Campus, OpenSchool, Part, Stands, device};
use roomready_tests::school::Incident;
use roomready_tests::wait::{PATIENCE, wait_until};

const ROOMS: [&str; 2] = ["101", "102"];
const DEVICES: u8 = 3;

fn names(room: &str) -> BTreeSet<String> {
    (1..=DEVICES).map(|number| device(room, number)).collect()
}

fn members(incident: &Incident) -> BTreeSet<String> {
    incident.members.keys().cloned().collect()
}

/// Everybody is heard, and has looked around.
async fn settled(school: &OpenSchool) {
    wait_until("all devices heard", PATIENCE, async || {
        let record = school.record();
        let looked = record.streams().into_iter().filter(|stream| {
            let news = record.news(*stream);
            news.iter().any(|news| !news.body["facts"]["gateway"].is_null())
        });
        let looked = looked.count();
        if looked == ROOMS.len() * usize::from(DEVICES) {
            Ok(())
        } else {
            Err(looked)
        }
    })
    .await;
}

#[tokio::test]
async fn a_room_whose_link_is_cut_is_one_incident_of_that_room_and_each_record_comes_once() {
    let Some(campus) = Campus::lay(&ROOMS, DEVICES).await else {
        return;
    };
    let school = campus.open(Stands::OnPremises, DEVICES).await;
    settled(&school).await;
    let cut = now();
    school.campus.breaks(Part::Room("101"));
    let incident = wait_until("the incident", PATIENCE, async || {
        let all = school.record().incidents();
        match all.as_slice() {
            [one] if one.members.len() == usize::from(DEVICES) => Ok(one.clone()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    assert_eq!(
        (incident.condition.as_str(), incident.cause.as_str()),
        ("lost_contact", "room_network"),
        "{incident:?}"
    );
    assert_eq!(incident.rooms, BTreeSet::from(["101".to_owned()]));
    assert_eq!(members(&incident), names("101"), "nobody of the other room");
    for (name, since) in &incident.members {
        // The last good sign: a beat at most, and what a busy machine adds, before the cut.
        let before = cut.duration_since(*since);
        assert!(before.abs() < SignedDuration::from_secs(8), "{name}: {before}");
    }
    let mended = now();
    school.campus.mends(Part::Room("101"));
    let over = wait_until("its end", PATIENCE, async || {
        let all = school.record().incidents();
        match all.as_slice() {
            [one] if one.until.is_some() => Ok(one.clone()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    let until = over.until.expect("it is over");
    assert!(
        until >= mended && until.duration_since(mended) < SignedDuration::from_secs(45),
        "mended {mended}, over {until}"
    );
    let record = school.record();
    for stream in record.streams() {
        let numbers: Vec<u64> = record.news(stream).iter().map(|news| news.seq).collect();
        let whole: Vec<u64> = (1..=numbers.len() as u64).collect();
        assert_eq!(numbers, whole, "each record once, in order");
    }
}
