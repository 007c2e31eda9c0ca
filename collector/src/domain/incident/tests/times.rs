//! When a device was in an incident.

use super::*;

fn first() -> DeviceId {
    DeviceId::new(uuid::Uuid::from_u128(1))
}

/// Opened for seat 12 at second 2,460.
fn lost() -> Incident {
    Incident::open(opened(Condition::LostContact, Some("12")))
}

#[test]
fn it_is_out_of_it_when_it_is_back_and_not_when_the_last_of_them_is() {
    let mut incident = lost();
    assert_eq!(incident.times(first()), [(at(2_460), None)]);
    incident.amend(&Change::Returned {
        device: first(),
        until: at(2_700),
    });
    incident.end(at(3_600), Ending::HeardAgain);
    assert_eq!(incident.times(first()), [(at(2_460), Some(at(2_700)))]);
    assert!(incident.times(DeviceId::new(uuid::Uuid::from_u128(2))).is_empty());
}

#[test]
fn it_comes_into_it_again_and_what_its_records_tell_in_pieces_is_one_stay() {
    let mut incident = lost();
    incident.amend(&Change::Returned {
        device: first(),
        until: at(2_700),
    });
    let again = Member {
        since: at(3_000),
        ..opened(Condition::LostContact, Some("12")).members.remove(0)
    };
    incident.amend(&Change::Joined(again));
    let piece = |counted, from, until| Span {
        from: at(from),
        until: Some(at(until)),
        counted,
        basis: Basis::Measured,
        plus_minus_ms: 0,
    };
    incident.amend(&Change::Exact {
        device: first(),
        spans: vec![
            piece(Counted::CutOff, 2_465, 2_600),
            piece(Counted::Working, 2_600, 2_690),
        ],
    });
    assert_eq!(
        incident.times(first()),
        [(at(2_465), Some(at(2_690))), (at(3_000), None)]
    );
}

#[test]
fn what_goes_on_around_its_gaps_is_one_stay() {
    let mut incident = Incident::open(opened(Condition::Unstable, Some("12")));
    let gap = Span {
        from: at(2_500),
        until: Some(at(2_520)),
        counted: Counted::Unheard,
        basis: Basis::Inferred,
        plus_minus_ms: 0,
    };
    incident.amend(&Change::Exact {
        device: first(),
        spans: vec![gap],
    });
    assert_eq!(incident.times(first()), [(at(2_460), None)]);
    incident.end(at(3_600), Ending::Cleared);
    assert_eq!(incident.times(first()), [(at(2_460), Some(at(3_600)))]);
}
