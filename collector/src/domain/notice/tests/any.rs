//! Whatever happens: nobody is told twice, and nothing open is kept from the first step.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
struct Story {
    known: i64,
    lasts: i64,
    said: Vec<i64>,
}

fn story() -> impl Strategy<Value = Story> {
    (0..1_200i64, 1..2_400i64, prop::collection::vec(0..2_000i64, 0..4))
        .prop_map(|(known, lasts, said)| Story { known, lasts, said })
}

fn case(number: usize, story: &Story, now: i64) -> Option<Case> {
    (now >= story.known).then(|| {
        let mut case = incident(&format!("i-{number}"), story.known);
        for said in &story.said {
            let said = story.known + said;
            if said <= now {
                case = answered(case, said);
            }
        }
        let end = story.known + story.lasts;
        if now < end { case } else { over(case, end) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn everybody_hears_of_a_case_once_and_of_its_end_once(stories in prop::collection::vec(story(), 1..6)) {
        let mut ledger = Ledger::default();
        let mut heard: BTreeMap<(TargetId, CaseKey, What), usize> = BTreeMap::new();
        for now in 0..6_000 {
            let cases: Vec<_> = stories.iter().enumerate()
                .filter_map(|(number, story)| case(number, story, now)).collect();
            for due in due(&ledger, &plan(), &[(school(), cases.clone())], at(now)) {
                for (key, what) in &due.tells {
                    *heard.entry((due.target.clone(), key.clone(), *what)).or_default() += 1;
                    let case = cases.iter().find(|case| case.key == *key).unwrap();
                    match what {
                        What::Opened => prop_assert!(case.over.is_none() && !case.is_answered(at(now))),
                        What::Reminder => prop_assert!(!case.is_answered(at(now))),
                        What::Over => prop_assert!(case.over.is_some()),
                    }
                }
                ledger.take(&notice(&due, now));
            }
        }
        for ((target, key, what), times) in &heard {
            if *what != What::Reminder {
                prop_assert_eq!(*times, 1, "{} {:?} {:?}", target, key, what);
            }
            let opened = heard.contains_key(&(target.clone(), key.clone(), What::Opened));
            // Six cases fill no hour, and each second could be written.
            prop_assert!(opened, "nobody hears the end of what they never heard of");
            let ended = heard.contains_key(&(target.clone(), key.clone(), What::Over));
            prop_assert!(ended, "whoever heard of it hears that it is over");
        }
        for (number, story) in stories.iter().enumerate() {
            // Alone for ten seconds within its life: the first step has heard.
            let last = case(number, story, story.known + story.lasts - 1).unwrap();
            let alone = last.unanswered_for(at(story.known + story.lasts - 1));
            if alone >= SignedDuration::from_secs(10) && story.said.is_empty() {
                prop_assert!(heard.contains_key(&(id("on-call"), last.key, What::Opened)));
            }
        }
    }
}
