//! What people press.

use roomready_collector::domain::people::{CodeText, StillWorking, Symptom};
use roomready_shared::strict::{Reader, Value};

use crate::rehearse::read::school::School;
use crate::rehearse::read::time::Times;
use crate::rehearse::scenario::{Press, Pressed};

#[derive(Debug, Clone, Copy)]
enum Button {
    Plain(Plain),
    Note,
    CannotSignIn,
    Frozen,
    Message,
    Seat(fn(usize) -> Pressed),
    Swap,
    Pause,
    Resume,
    StillWorking,
}

#[derive(Debug, Clone, Copy)]
enum Plain {
    Start,
    Break,
    BreakOver,
    End,
    Hand,
    OnMyWay,
    Undo,
}

const BUTTONS: [(&str, Button); 18] = [
    ("start", Button::Plain(Plain::Start)),
    ("break", Button::Plain(Plain::Break)),
    ("break_over", Button::Plain(Plain::BreakOver)),
    ("end", Button::Plain(Plain::End)),
    ("hand", Button::Plain(Plain::Hand)),
    ("on_my_way", Button::Plain(Plain::OnMyWay)),
    ("undo", Button::Plain(Plain::Undo)),
    ("note", Button::Note),
    ("cannot_sign_in", Button::CannotSignIn),
    ("frozen", Button::Frozen),
    ("message", Button::Message),
    ("seat_needs_help", Button::Seat(Pressed::SeatNeedsHelp)),
    ("seat_helped", Button::Seat(Pressed::SeatHelped)),
    ("seat_finished", Button::Seat(Pressed::SeatFinished)),
    ("released", Button::Seat(Pressed::Released)),
    ("swap", Button::Swap),
    ("pause", Button::Pause),
    ("resume", Button::Resume),
];

/// The word that has an answer of its own.
const STILL_WORKING: (&str, Button) = ("still_working", Button::StillWorking);

const ANSWERS: [(&str, StillWorking); 3] = [
    ("all", StillWorking::All),
    ("some_stopped", StillWorking::Some),
    ("taken_back", StillWorking::None),
];

pub(super) fn press(table: &mut Reader<'_>, times: &Times, school: &School) -> Option<Press> {
    let known: Vec<_> = BUTTONS.iter().copied().chain([STILL_WORKING]).collect();
    let button = table
        .required("press", "\"break\"")
        .and_then(|value| value.word(&known));
    let room = table.optional("room").map(|value| school.room_named(value));
    let pressed = table.optional("pressed").map(|value| times.at(value));
    let what = pressed_what(table, times, school, button?)?;
    Some(Press {
        room: match room {
            Some(room) => Some(room?),
            None => None,
        },
        pressed: match pressed {
            Some(pressed) => Some(pressed?),
            None => None,
        },
        what,
    })
}

fn pressed_what(table: &mut Reader<'_>, times: &Times, school: &School, button: Button) -> Option<Pressed> {
    let mut device = |key: &str| {
        table
            .required(key, "\"101-04\"")
            .and_then(|value| school.device_named(value))
    };
    Some(match button {
        Button::Plain(plain) => match plain {
            Plain::Start => Pressed::Start,
            Plain::Break => Pressed::Break,
            Plain::BreakOver => Pressed::BreakOver,
            Plain::End => Pressed::End,
            Plain::Hand => Pressed::Hand,
            Plain::OnMyWay => Pressed::OnMyWay,
            Plain::Undo => Pressed::Undo,
        },
        Button::CannotSignIn => Pressed::Symptom(device("device")?, Symptom::CannotSignIn),
        Button::Frozen => Pressed::Symptom(device("device")?, Symptom::Frozen),
        Button::Message => {
            let device = device("device");
            let code = table
                .required("code", "\"1005\"")
                .and_then(Value::parsed::<CodeText>);
            Pressed::Symptom(device?, Symptom::Message { code: code? })
        }
        Button::Seat(pressed) => pressed(device("device")?),
        Button::Swap => {
            let (old, new) = (device("old"), device("new"));
            Pressed::Swap { old: old?, new: new? }
        }
        Button::Note => {
            let text = table.required("text", "\"Fire drill\"").and_then(Value::text);
            Pressed::Note(text?.to_owned())
        }
        Button::Pause => {
            let from = table
                .required("since", "\"09:20\"")
                .and_then(|value| times.at(value));
            let until = table.optional("until").map(|value| times.at(value));
            Pressed::Pause {
                from: from?,
                until: match until {
                    Some(until) => Some(until?),
                    None => None,
                },
            }
        }
        Button::Resume => {
            let from = table
                .required("since", "\"09:30\"")
                .and_then(|value| times.at(value));
            Pressed::Resume { from: from? }
        }
        Button::StillWorking => {
            let answer = table
                .required("answer", "\"all\"")
                .and_then(|value| value.word(&ANSWERS));
            Pressed::StillWorking(answer?)
        }
    })
}
