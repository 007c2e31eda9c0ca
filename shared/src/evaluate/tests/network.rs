//! Servers that answer, slowly or not at all.

use super::*;

#[test]
fn servers_that_do_not_answer_keep_a_laptop_from_being_ready() {
    let mut facts = good_laptop();
    let host = HostPort::parse("home.testnav.com:443").expect("a host");
    facts
        .vendor
        .insert(host.clone(), by_agent(reach(0, 5, 0)).expect("a reading"));
    assert_eq!(
        told(&facts, "vendor-servers"),
        (
            Verdict::Fail,
            "home.testnav.com:443 does not answer: connection refused".to_owned()
        )
    );
    assert_eq!(judge(&facts).readiness, Readiness::NotReady);
    facts.vendor.clear();
    assert_eq!(told(&facts, "vendor-servers").0, Verdict::Unknown);
    facts
        .vendor
        .insert(host, by_agent(reach(33_000, 10, 9)).expect("a reading"));
    assert_eq!(
        told(&facts, "vendor-latency"),
        (Verdict::Warn, "33 ms, 10 % lost".to_owned())
    );
}

#[test]
fn one_of_several_servers_that_is_silent_decides() {
    let mut requirement = shipped("drc-insight-2026-27");
    for rule in &mut requirement.rules {
        rule.authority.confidence = Confidence::High;
    }
    let mut facts = good_laptop();
    let [first, second] = [&requirement.hosts[0], &requirement.hosts[1]].map(Clone::clone);
    let mut judged = |first_answers: u16, second_answers: Option<u16>| {
        facts.vendor.clear();
        facts.vendor.insert(
            first.clone(),
            by_agent(reach(1_000, 5, first_answers)).expect("a reading"),
        );
        if let Some(answered) = second_answers {
            facts.vendor.insert(
                second.clone(),
                by_agent(reach(1_000, 5, answered)).expect("a reading"),
            );
        }
        let assessment = evaluate(&requirement, &facts, &Occasion::None, time(NOW));
        finding(&assessment, "vendor-servers").verdict
    };
    assert_eq!(judged(5, Some(5)), Verdict::Pass);
    assert_eq!(judged(5, Some(0)), Verdict::Fail);
    assert_eq!(judged(5, None), Verdict::Unknown);
    assert_eq!(judged(0, None), Verdict::Fail);
}
