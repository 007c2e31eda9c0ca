//! Battery and charger.

mod drain;

pub(super) use drain::Drain;
use roomready_shared::facts::{Battery, Flow, Outcome, Power};
use roomready_shared::units::{Percent, ShortText};
use starship_battery::State;
use starship_battery::units::energy::watt_hour;
use starship_battery::units::power::watt;
use starship_battery::units::ratio::percent;

/// No battery of a laptop is made to be emptied faster than in twenty minutes; a larger number is a fault of its sensor.
const FASTEST_PER_HOUR: f64 = 3.0;

/// One cell pack, in watt hours and watts.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pack {
    /// In percent, by its own word.
    charge: f32,
    holds: f32,
    full: f32,
    when_new: f32,
    rate: f32,
    state: State,
}

/// Reads all of them.
pub(super) fn read() -> Outcome<Power> {
    if let Some(why) = super::platform::power_unknown() {
        return Outcome::Unsupported(ShortText::fit(why));
    }
    let found = starship_battery::Manager::new().and_then(|manager| manager.batteries());
    let mut packs = vec![];
    let mut trouble = None;
    match found {
        Ok(found) => {
            for battery in found {
                match battery {
                    Ok(battery) => packs.push(pack(&battery)),
                    Err(error) => trouble = Some(error),
                }
            }
        }
        Err(error) => trouble = Some(error),
    }
    match trouble {
        // An empty second bay tells nonsense; the pack that is there counts.
        Some(error) if packs.is_empty() => {
            Outcome::Failed(ShortText::fit(&format!("the battery could not be read: {error}")))
        }
        _ if packs.is_empty() => match super::platform::battery_at_a_glance() {
            Some(battery) => Outcome::Measured(Power::Battery(battery)),
            None => Outcome::Measured(Power::MainsOnly),
        },
        _ => add_up(&packs, super::platform::charger()),
    }
}

fn pack(battery: &starship_battery::Battery) -> Pack {
    Pack {
        charge: battery.state_of_charge().get::<percent>(),
        holds: battery.energy().get::<watt_hour>(),
        full: battery.energy_full().get::<watt_hour>(),
        when_new: battery.energy_full_design().get::<watt_hour>(),
        rate: battery.energy_rate().get::<watt>(),
        state: battery.state(),
    }
}

/// Several packs are one battery: they are added up by what they hold. Where a pack does not say which way its charge
/// flows, whether a charger feeds the device decides: what is not known must not look like being on the charger.
fn add_up(packs: &[Pack], charger: Option<bool>) -> Outcome<Power> {
    if packs.is_empty() {
        return Outcome::Measured(Power::MainsOnly);
    }
    let sum = |part: fn(&Pack) -> f32| packs.iter().map(part).map(f64::from).sum::<f64>();
    let (holds, full, when_new) = (
        sum(|pack| pack.holds),
        sum(|pack| pack.full),
        sum(|pack| pack.when_new),
    );
    let Some(charge) = charge(packs, holds, full) else {
        return Outcome::Failed(ShortText::fit("the battery does not tell how much it holds"));
    };
    let any = |state| packs.iter().any(|pack| pack.state == state);
    // One pack that runs down means that no charger feeds the device.
    let flow = if any(State::Discharging) {
        Flow::Discharging
    } else if any(State::Charging) {
        Flow::Charging
    } else if charger == Some(false) {
        Flow::Discharging
    } else if packs.iter().all(|pack| pack.state == State::Full) {
        Flow::Full
    } else if packs.iter().all(|pack| pack.state == State::Empty) {
        Flow::Discharging
    } else {
        Flow::Idle
    };
    let rate = sum(|pack| pack.rate);
    let per_hour = rate / full;
    let drain_tenths_per_hour = (flow == Flow::Discharging && per_hour > 0.0 && per_hour <= FASTEST_PER_HOUR)
        .then(|| tenths(per_hour));
    Outcome::Measured(Power::Battery(Battery {
        charge,
        flow,
        drain_tenths_per_hour,
        health: (is_amount(full) && is_amount(when_new)).then(|| Percent::clamped(100.0 * full / when_new)),
    }))
}

/// What is left. Some packs tell percents and no amounts: they count alike then, for want of anything better.
fn charge(packs: &[Pack], holds: f64, full: f64) -> Option<Percent> {
    if is_amount(full) && holds.is_finite() {
        return Some(Percent::clamped(100.0 * holds / full));
    }
    let told: Vec<f64> = packs.iter().map(|pack| f64::from(pack.charge)).collect();
    let sound = told.iter().all(|charge| (0.0..=100.0).contains(charge));
    // A pack that tells nothing at all shows as empty, and is not known to be.
    let any = told.iter().any(|charge| *charge > 0.0);
    let count = u32::try_from(told.len()).map(f64::from).ok()?;
    (sound && any).then(|| Percent::clamped(told.iter().sum::<f64>() / count))
}

/// Neither zero, nor less, nor no number at all.
fn is_amount(number: f64) -> bool {
    number.is_finite() && number > 0.0
}

fn tenths(share_per_hour: f64) -> u16 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the range of u16 just before"
    )]
    let tenths = (share_per_hour * 1_000.0).round().clamp(0.0, 65_535.0) as u16;
    tenths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(holds: f32, full: f32, rate: f32, state: State) -> Pack {
        Pack {
            charge: 0.0,
            holds,
            full,
            when_new: 50.0,
            rate,
            state,
        }
    }

    fn battery(packs: &[Pack]) -> Battery {
        match add_up(packs, None) {
            Outcome::Measured(Power::Battery(battery)) => battery,
            other => panic!("no battery: {other:?}"),
        }
    }

    #[test]
    fn a_machine_without_a_battery_is_fed_from_the_wall() {
        assert_eq!(add_up(&[], Some(true)), Outcome::Measured(Power::MainsOnly));
    }

    #[test]
    fn a_battery_that_runs_down_tells_how_fast() {
        let got = battery(&[pack(20.0, 40.0, 8.0, State::Discharging)]);
        assert_eq!(got.charge.get(), 50);
        assert_eq!(got.flow, Flow::Discharging);
        assert_eq!(got.drain_tenths_per_hour, Some(200), "20 % an hour");
        assert_eq!(got.health.map(Percent::get), Some(80));
    }

    #[test]
    fn two_packs_count_by_what_they_hold_and_one_that_runs_down_decides() {
        let got = battery(&[
            pack(30.0, 30.0, 0.0, State::Full),
            pack(0.0, 10.0, 4.0, State::Discharging),
        ]);
        assert_eq!((got.charge.get(), got.flow), (75, Flow::Discharging));
        let held = battery(&[pack(32.0, 40.0, 0.0, State::Unknown)]);
        assert_eq!((held.flow, held.drain_tenths_per_hour), (Flow::Idle, None));
    }

    #[test]
    fn a_pack_that_does_not_say_which_way_it_goes_runs_down_when_no_charger_is_connected() {
        let flow = |state, charger| match add_up(&[pack(8.0, 40.0, 6.0, state)], charger) {
            Outcome::Measured(Power::Battery(battery)) => battery.flow,
            other => panic!("no battery: {other:?}"),
        };
        assert_eq!(flow(State::Unknown, Some(false)), Flow::Discharging);
        assert_eq!(flow(State::Unknown, Some(true)), Flow::Idle);
        assert_eq!(
            flow(State::Charging, Some(false)),
            Flow::Charging,
            "the pack knows better"
        );
    }

    #[test]
    fn a_battery_that_tells_percents_alone_is_believed_and_forecasts_nothing() {
        let of = |charge| Pack {
            charge,
            when_new: 0.0,
            ..pack(0.0, 0.0, 5.0, State::Discharging)
        };
        let got = battery(&[of(40.0)]);
        assert_eq!((got.charge.get(), got.flow), (40, Flow::Discharging));
        assert_eq!((got.drain_tenths_per_hour, got.health), (None, None));
        for nonsense in [0.0, f32::NAN, f32::INFINITY, -3.0] {
            assert!(
                matches!(add_up(&[of(nonsense)], None), Outcome::Failed(_)),
                "{nonsense}"
            );
        }
    }

    #[test]
    fn a_rate_that_no_battery_has_is_left_out() {
        for rate in [0.0, -8.0, f32::NAN, f32::INFINITY, 400.0] {
            let got = battery(&[pack(20.0, 40.0, rate, State::Discharging)]);
            assert_eq!(
                (got.charge.get(), got.drain_tenths_per_hour),
                (50, None),
                "{rate}"
            );
        }
    }

    #[test]
    fn a_battery_that_tells_nonsense_is_said_to_be_unreadable() {
        for full in [0.0, f32::NAN] {
            let got = add_up(&[pack(1.0, full, 1.0, State::Discharging)], None);
            assert!(matches!(got, Outcome::Failed(_)), "{got:?}");
        }
    }
}
