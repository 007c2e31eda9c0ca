//! The page about notices to the staff.

use super::{Scene, Topic, address};
use crate::access::Scope;
use crate::domain::notice::{Kind, Step, Target, subject};
use crate::notify::{Address, HookKind, Settings, Way};
use crate::pages::view::{EmptyState, NoticeRow, NoticesPage, Step as Instruction, TargetRow, Tested};
use crate::store::{Delivery, Outgoing};

/// Rows of one list: more trouble than that has one reason, and the first rows tell it.
const ROWS: usize = 50;

/// Targets that hear of a scope's schools, with what became of the newest notices.
#[must_use]
pub fn notices(scene: &Scene<'_>, scope: &Scope) -> NoticesPage {
    let newest_first: Vec<_> = scene.state.newest_notices(scene.now).collect();
    let settings = &scene.state.config().notices;
    let mut told: Vec<_> = targets_in(scene, scope).collect();
    told.sort_by_key(|target| target.step);
    let rows = told
        .iter()
        .map(|target| row(scene, settings, target, &newest_first));
    // Tests stand with their targets.
    let of_scope = |known: &&&Outgoing| {
        known
            .notice
            .school
            .as_ref()
            .is_some_and(|school| scope.covers_school(school))
    };
    let waits = |known: &&&Outgoing| !known.delivery.is_done();
    let given_up = |known: &&&Outgoing| matches!(known.delivery, Delivery::GivenUp { .. });
    let line = |known: &&Outgoing| notice_row(scene, settings, known);
    NoticesPage {
        frame: scene.frame(
            "Notices",
            vec![scene.district_link()],
            address::DISTRICT_LOG,
            Some(&Topic::Notices(scope.clone())),
        ),
        waiting: newest_first
            .iter()
            .rev()
            .filter(of_scope)
            .filter(waits)
            .take(ROWS)
            .map(line)
            .collect(),
        given_up: newest_first
            .iter()
            .filter(of_scope)
            .filter(given_up)
            .take(ROWS)
            .map(line)
            .collect(),
        targets: rows.collect(),
        empty: empty(),
    }
}

/// Targets that hear of a school of this scope.
pub(crate) fn targets_in<'a>(
    scene: &'a Scene<'_>,
    scope: &'a Scope,
) -> impl Iterator<Item = &'a Target> + 'a {
    let targets = scene.state.config().notices.plan.targets.iter();
    targets.filter(move |target| {
        matches!(scope, Scope::District) || scene.schools_in(scope).any(|school| target.hears_of(school))
    })
}

fn row(scene: &Scene<'_>, settings: &Settings, target: &Target, newest_first: &[&Outgoing]) -> TargetRow {
    let mine = || {
        newest_first
            .iter()
            .filter(|known| known.notice.target == target.id)
    };
    let arrived = mine()
        .filter_map(|known| match known.delivery {
            Delivery::Delivered { at } => Some(at),
            _ => None,
        })
        .max();
    let failed = mine()
        .filter_map(|known| known.failed.as_ref())
        .max_by_key(|(at, _)| *at);
    let failed = failed.filter(|(at, _)| arrived.is_none_or(|arrived| arrived < *at));
    let test = mine().find(|known| known.notice.kind == Kind::Test);
    TargetRow {
        id: target.id.to_string(),
        name: target.name.to_string(),
        when: when(settings, target.step),
        how: settings.ways.get(&target.id).map(how).unwrap_or_default(),
        schools: match &target.schools {
            None => "all schools".to_owned(),
            Some(named) => {
                let titles: Vec<_> = named.iter().map(|school| scene.school_title(school)).collect();
                titles.join(", ")
            }
        },
        arrived: arrived.map(|at| scene.time_to_the_second(at)),
        failed: failed.map(|(at, why)| (scene.time_to_the_second(*at), why.to_string())),
        waiting: mine()
            .filter(|known| !known.delivery.is_done() && known.notice.kind != Kind::Test)
            .count(),
        test_waits: test.is_some_and(|test| !test.delivery.is_done()),
        tested: test.filter(|test| test.delivery.is_done()).map(|test| Tested {
            at: scene.time_to_the_second(test.notice.at),
            arrived: matches!(test.delivery, Delivery::Delivered { .. }),
        }),
    }
}

fn when(settings: &Settings, step: Step) -> String {
    match step {
        Step::First => "Told at once".to_owned(),
        later => {
            let minutes = settings.plan.ladder.wait(later).as_mins();
            format!("Told when nobody is on the way for {minutes} min")
        }
    }
}

/// Without what is a secret.
fn how(way: &Way) -> String {
    let at = |address: &Address| match address {
        Address::Written(address) => format!(" on {}", address.host()),
        Address::Kept(_) => String::new(),
    };
    match way {
        Way::Mail(to) => {
            let to: Vec<_> = to.iter().map(|mailbox| mailbox.email.to_string()).collect();
            format!("By mail to {}", to.join(", "))
        }
        Way::Hook(hook) => {
            let what = match &hook.kind {
                HookKind::Signed(_) => "By a signed message to another program",
                HookKind::GoogleChat => "In Google Chat",
                HookKind::Teams => "In Microsoft Teams",
                HookKind::Slack => "In Slack",
                HookKind::Ntfy(_) => "On telephones, by ntfy",
            };
            format!("{what}{}", at(&hook.address))
        }
    }
}

fn notice_row(scene: &Scene<'_>, settings: &Settings, known: &Outgoing) -> NoticeRow {
    let target = settings.plan.target(&known.notice.target);
    let times = match known.failures {
        1 => "tried once".to_owned(),
        many => format!("tried {many} times"),
    };
    NoticeRow {
        subject: subject(&known.notice),
        target: target.map_or_else(
            || known.notice.target.to_string(),
            |target| target.name.to_string(),
        ),
        at: scene.time(known.notice.at),
        story: known
            .failed
            .as_ref()
            .map(|(_, why)| format!("{times}: {why}"))
            .unwrap_or_default(),
    }
}

fn empty() -> EmptyState {
    EmptyState {
        headline: "Nobody is told yet".to_owned(),
        meaning: "When something goes wrong in a testing room, only people who look at RoomReady see it.".to_owned(),
        steps: vec![
            Instruction {
                words: "Say in the collector's configuration whom to tell:".to_owned(),
                command: Some(
                    "[notices]\n  [notices.mail]\n  server = \"smtp.example.org\"\n  from = \"roomready@example.org\"\n\n  \
                     [[notices.target]]\n  id = \"on-call\"\n  name = \"Technician on call\"\n  step = 1\n  kind = \"mail\"\n  \
                     to = [\"on-call@example.org\"]"
                        .to_owned(),
                ),
            },
            Instruction {
                words: "Start the collector again, come back to this page, and send a test.".to_owned(),
                command: None,
            },
        ],
    }
}
