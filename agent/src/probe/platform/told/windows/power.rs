//! Sleep, lid and the battery at a glance.

use roomready_shared::facts::{Battery, Flow, Idle, LidAction};
use roomready_shared::units::{Percent, Seconds};

/// What a power plan says in seconds; zero is never.
pub const fn idle(seconds: Option<u32>) -> Idle {
    match seconds {
        None => Idle::NotTold,
        Some(0) => Idle::Never,
        Some(seconds) => Idle::After(Seconds(seconds as u64)),
    }
}

/// A device that hibernates is as far away as one that sleeps: whichever comes first counts.
pub fn earlier(sleep: Idle, hibernation: Idle) -> Idle {
    match (sleep, hibernation) {
        (Idle::After(one), Idle::After(other)) => Idle::After(one.min(other)),
        (Idle::After(one), _) | (Idle::Never, Idle::After(one)) => Idle::After(one),
        (Idle::Never, _) => Idle::Never,
        (Idle::NotTold, _) => Idle::NotTold,
    }
}

/// What closing the lid does on the charger and on battery: the more drastic of both, because a test may run on either.
pub fn lid_action(on_mains: Option<u32>, on_battery: Option<u32>) -> Option<LidAction> {
    match on_mains.max(on_battery)? {
        0 => Some(LidAction::Nothing),
        1 => Some(LidAction::Sleep),
        2 => Some(LidAction::Hibernate),
        3 => Some(LidAction::ShutDown),
        _ => None,
    }
}

/// `SYSTEM_POWER_STATUS`, as far as it is used.
#[derive(Debug, Clone, Copy)]
pub struct SystemBattery {
    /// `ACLineStatus`: 0 no charger, 1 charger, 255 not told.
    pub line: u8,
    /// `BatteryFlag`: bit 3 charging, bit 7 no battery, 255 not told.
    pub flag: u8,
    /// `BatteryLifePercent`: 255 is not told.
    pub percent: u8,
}

impl SystemBattery {
    const CHARGING: u8 = 8;
    const NONE: u8 = 128;
    const UNTOLD: u8 = 255;

    /// Whether a charger feeds the device.
    pub const fn charger(self) -> Option<bool> {
        match self.line {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// Whether there is no battery at all, for sure.
    pub const fn is_absent(self) -> bool {
        self.flag != Self::UNTOLD && self.flag & Self::NONE != 0
    }

    /// The battery, if there is one and it says what it holds.
    pub fn at_a_glance(self) -> Option<Battery> {
        if self.flag == Self::UNTOLD || self.is_absent() {
            return None;
        }
        let charge = Percent::new(self.percent).ok()?;
        let flow = match self.charger() {
            _ if self.flag & Self::CHARGING != 0 => Flow::Charging,
            Some(false) => Flow::Discharging,
            _ if self.percent == 100 => Flow::Full,
            _ => Flow::Idle,
        };
        Some(Battery {
            charge,
            flow,
            drain_tenths_per_hour: None,
            health: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_first_counts_and_zero_is_never() {
        let after = |seconds| Idle::After(Seconds(seconds));
        assert_eq!(idle(Some(0)), Idle::Never);
        assert_eq!(idle(None), Idle::NotTold);
        assert_eq!(earlier(idle(Some(900)), idle(Some(600))), after(600));
        assert_eq!(earlier(Idle::Never, after(10_800)), after(10_800));
        assert_eq!(earlier(after(900), Idle::NotTold), after(900));
        assert_eq!(earlier(Idle::NotTold, after(900)), Idle::NotTold);
        assert_eq!(
            earlier(Idle::Never, Idle::NotTold),
            Idle::Never,
            "most plans have no hibernation"
        );
    }

    #[test]
    fn a_lid_does_the_more_drastic_of_two_things() {
        assert_eq!(lid_action(Some(0), Some(1)), Some(LidAction::Sleep));
        assert_eq!(lid_action(Some(3), Some(2)), Some(LidAction::ShutDown));
        assert_eq!(lid_action(None, Some(0)), Some(LidAction::Nothing));
        assert_eq!(lid_action(None, None), None);
        assert_eq!(lid_action(Some(9), None), None);
    }

    #[test]
    fn a_battery_at_a_glance_is_told_from_none_and_from_silence() {
        let of = |line, flag, percent| SystemBattery { line, flag, percent };
        let battery = of(0, 0, 64).at_a_glance().expect("a battery");
        assert_eq!((battery.charge.get(), battery.flow), (64, Flow::Discharging));
        let flow = |battery: SystemBattery| battery.at_a_glance().map(|battery| battery.flow);
        assert_eq!(flow(of(1, 9, 80)), Some(Flow::Charging));
        assert_eq!(flow(of(1, 1, 100)), Some(Flow::Full));
        assert_eq!(flow(of(1, 1, 80)), Some(Flow::Idle));
        assert_eq!(flow(of(1, 128, 255)), None);
        assert!(of(1, 128, 255).is_absent() && !of(255, 255, 255).is_absent());
        assert_eq!(flow(of(255, 255, 255)), None);
        assert_eq!(of(255, 0, 5).charger(), None);
    }
}
