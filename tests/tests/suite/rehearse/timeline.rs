//! A day on which something happens now and then, drawn by chance, with what it must have cost each seat.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use proptest::prelude::*;

/// Students' devices of each room: one of them is less than the share that makes a room's trouble of it.
const SEATS: usize = 5;
/// Rooms with one access point.
const SHARED: [usize; 2] = [0, 1];
const ACCESS_POINT: &str = "ap-east";
/// Rooms with one network, as their devices tell it. The last seat of every room hangs on another one, of the whole school.
const ON_ONE_NETWORK: [usize; 2] = [1, 2];
const NETWORK: &str = "10.2.4.0/22";
const EVERYWHERE: &str = "10.9.0.0/16";
/// Something happens at most once in this time, so that what it costs can be told without knowing the watch.
const APART: Duration = Duration::from_secs(11 * 60);
/// Times in which something may happen, of [`APART`] each.
const MOST: usize = 4;
/// Who is away for longer has surely read its way out meanwhile, and says itself what it was.
const SURELY_READ: Duration = Duration::from_secs(105);
/// How far what is told by the moment may be off.
pub const FINE: Duration = Duration::from_secs(30);
/// First of them, by seconds from the first moment of the day.
const FIRST: Duration = Duration::from_secs(6 * 60);

/// What happens, and to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// One device is without power; its student opens the test app so long after it is back.
    Dies { app_again: Duration },
    /// One device's lid is closed.
    LidCloses,
    /// One device's test app ends with an error and is opened again.
    AppCrashes,
    /// One device's own connection is gone.
    Drops,
    /// Of one device, only the way to the collector.
    CollectorUnreachable,
    /// A room's network.
    RoomDown,
    /// The access point of the first two rooms, as the district's map says.
    AccessPointDown,
    /// The network that two rooms have in common.
    SubnetDown,
    /// The school's way out.
    UplinkDown,
    /// The vendor, for everybody.
    VendorDown,
    /// The collector itself: nothing is told of that.
    CollectorKilled,
}

/// One thing that happens.
#[derive(Debug, Clone)]
pub struct Outage {
    pub trouble: Trouble,
    /// Which room and which of its seats, from 0; of a room's and a school's trouble only what is meant of it counts.
    room: usize,
    seat: usize,
    /// From the first moment of the day.
    pub at: Duration,
    pub lasts: Duration,
}

/// What a seat lost, as far as can be said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lost {
    pub stopped: Duration,
    /// Cut off from everything.
    pub away: Duration,
    /// So much of that may be told as not heard: it was over before the way out was surely read.
    pub unread: Duration,
    /// It may be said to have been unheard for so long: it worked on, too shortly for its silence to say so.
    pub perhaps: Duration,
    /// How far each of them may be off.
    pub within: Duration,
}

/// A day.
#[derive(Debug, Clone)]
pub struct Timeline {
    pub rooms: usize,
    /// The collector stands elsewhere, behind the school's way out.
    pub remote: bool,
    pub seed: u64,
    pub outages: Vec<Outage>,
}

/// Any day.
pub fn any_day() -> impl Strategy<Value = Timeline> {
    let slot = prop_oneof![
        1 => Just(Vec::new()),
        6 => outage().prop_map(|one| vec![one]),
        3 => (outage(), 60..320_u64, 20..60_u64).prop_map(|(one, after, lasts)| restarted_within(one, after, lasts)),
        // Two independent causes at once.
        4 => (one_device(), local()).prop_map(|(one, other)| vec![one, other]),
    ];
    (
        3..=4_usize,
        any::<bool>(),
        1..10_000_u64,
        prop::collection::vec(slot, 1..=MOST),
    )
        .prop_map(|(rooms, remote, seed, slots)| Timeline {
            rooms,
            remote,
            seed,
            outages: outages(rooms, slots),
        })
}

/// Something happens, and the collector is killed while it goes on, or while its devices tell what it was.
fn restarted_within(one: Outage, after: u64, lasts: u64) -> Vec<Outage> {
    if one.trouble == Trouble::CollectorKilled {
        return vec![one];
    }
    let after = Duration::from_secs(after).min(one.lasts + Duration::from_secs(20));
    let killed = Outage {
        trouble: Trouble::CollectorKilled,
        at: one.at + after,
        lasts: Duration::from_secs(lasts),
        ..one
    };
    vec![one, killed]
}

fn outages(rooms: usize, slots: Vec<Vec<Outage>>) -> Vec<Outage> {
    let mut all = Vec::new();
    for (slot, drawn) in (0..).zip(slots) {
        let mut taken = None;
        for mut outage in drawn {
            outage.room %= rooms;
            if taken == Some(outage.room) {
                outage.room = (outage.room + 1) % rooms;
            }
            taken = Some(outage.room);
            outage.at += FIRST + APART * slot;
            all.push(outage);
        }
    }
    all.sort_by_key(|outage| outage.at);
    all
}

fn outage() -> impl Strategy<Value = Outage> {
    let wide = prop::sample::select(vec![
        Trouble::AccessPointDown,
        Trouble::SubnetDown,
        Trouble::UplinkDown,
        Trouble::VendorDown,
        Trouble::CollectorKilled,
    ]);
    let lasts = |trouble| match trouble {
        Trouble::CollectorKilled => 20..100_u64,
        _ => 180..300_u64,
    };
    let wide = wide.prop_flat_map(move |trouble| (Just(trouble), lasts(trouble)));
    prop_oneof![
        1 => local(),
        1 => wide.prop_flat_map(|(trouble, lasts)| placed(trouble, lasts)),
    ]
}

fn local() -> impl Strategy<Value = Outage> {
    prop_oneof![
        1 => (60..300_u64).prop_flat_map(|lasts| placed(Trouble::RoomDown, lasts)),
        2 => one_device(),
    ]
}

fn one_device() -> impl Strategy<Value = Outage> {
    let again = (15..60_u64).prop_map(|again| Trouble::Dies {
        app_again: Duration::from_secs(again),
    });
    let trouble = prop_oneof![
        again,
        Just(Trouble::LidCloses),
        Just(Trouble::AppCrashes),
        Just(Trouble::Drops),
        Just(Trouble::CollectorUnreachable),
    ];
    (trouble, 60..300_u64).prop_flat_map(|(trouble, lasts)| placed(trouble, lasts))
}

fn placed(trouble: Trouble, lasts: u64) -> impl Strategy<Value = Outage> {
    (0..4_usize, 0..SEATS, 0..60_u64).prop_map(move |(room, seat, at)| Outage {
        trouble,
        room,
        seat,
        at: Duration::from_secs(at),
        lasts: Duration::from_secs(lasts),
    })
}

impl Outage {
    /// Whose test it disturbs, by the names of devices.
    pub fn hits(&self, timeline: &Timeline) -> Vec<String> {
        match self.trouble {
            Trouble::RoomDown => seats_of(self.room).collect(),
            Trouble::AccessPointDown => SHARED.into_iter().flat_map(seats_of).collect(),
            Trouble::SubnetDown => ON_ONE_NETWORK
                .into_iter()
                .flat_map(|room| seats_of(room).take(SEATS - 1))
                .collect(),
            Trouble::UplinkDown | Trouble::VendorDown | Trouble::CollectorKilled => {
                timeline.devices().collect()
            }
            _ => vec![name(self.room, self.seat)],
        }
    }

    /// Words of the condition and of the cause that it is told with; none for what nobody is told of.
    pub fn is_told_as(&self, timeline: &Timeline) -> Option<(&'static str, &'static str)> {
        Some(match self.trouble {
            Trouble::Dies { .. } | Trouble::Drops | Trouble::CollectorUnreachable => {
                ("lost_contact", "device")
            }
            Trouble::LidCloses => ("slept", "device"),
            Trouble::AppCrashes => ("test_app_crashed", "device"),
            Trouble::RoomDown => ("lost_contact", "room_network"),
            Trouble::AccessPointDown => ("lost_contact", "access_point"),
            Trouble::SubnetDown => ("lost_contact", "subnet"),
            Trouble::UplinkDown if timeline.remote => ("lost_contact", "school_uplink"),
            Trouble::UplinkDown => ("vendor_unreachable", "school_uplink"),
            Trouble::VendorDown => ("vendor_unreachable", "vendor"),
            Trouble::CollectorKilled => return None,
        })
    }

    fn costs(&self) -> Lost {
        let short = self.lasts < SURELY_READ;
        let unread = if short { self.lasts } else { Duration::ZERO };
        // The way out is read once a minute.
        let coarse = Duration::from_secs(80);
        let lost = Lost {
            within: FINE,
            ..Lost::default()
        };
        match self.trouble {
            Trouble::Dies { app_again } => Lost {
                stopped: self.lasts + app_again,
                ..lost
            },
            Trouble::LidCloses | Trouble::AppCrashes => Lost {
                stopped: self.lasts,
                ..lost
            },
            Trouble::Drops | Trouble::RoomDown | Trouble::AccessPointDown | Trouble::SubnetDown => Lost {
                away: self.lasts,
                unread,
                ..lost
            },
            Trouble::UplinkDown | Trouble::VendorDown => Lost {
                away: self.lasts,
                within: coarse,
                ..lost
            },
            Trouble::CollectorUnreachable => Lost {
                perhaps: unread,
                ..lost
            },
            Trouble::CollectorKilled => lost,
        }
    }

    fn event(&self) -> String {
        let device = name(self.room, self.seat);
        let who = match self.trouble {
            Trouble::RoomDown => format!("rooms = [\"{}\"]\n", room(self.room)),
            Trouble::AccessPointDown => format!("access_point = \"{ACCESS_POINT}\"\n"),
            Trouble::SubnetDown => format!("subnet = \"{NETWORK}\"\n"),
            Trouble::UplinkDown | Trouble::VendorDown | Trouble::CollectorKilled => String::new(),
            _ => format!("devices = \"{device}\"\n"),
        };
        let (what, again) = match self.trouble {
            Trouble::Dies { app_again } => (
                "dies",
                format!("app_again_after = \"{}s\"\n", app_again.as_secs()),
            ),
            Trouble::LidCloses => ("lid_closes", String::new()),
            Trouble::AppCrashes => ("app_crashes", String::new()),
            Trouble::Drops => ("drops", String::new()),
            Trouble::CollectorUnreachable => ("collector_unreachable", String::new()),
            Trouble::RoomDown => ("room_network_down", String::new()),
            Trouble::AccessPointDown => ("access_point_down", String::new()),
            Trouble::SubnetDown => ("subnet_down", String::new()),
            Trouble::CollectorKilled => ("collector_killed", String::new()),
            Trouble::UplinkDown => ("uplink_down", String::new()),
            Trouble::VendorDown => ("vendor_down", String::new()),
        };
        format!(
            "[[event]]\nat = \"+{}s\"\nwhat = \"{what}\"\n{who}for = \"{}s\"\n{again}\n",
            self.at.as_secs(),
            self.lasts.as_secs()
        )
    }
}

impl Timeline {
    /// Every device.
    pub fn devices(&self) -> impl Iterator<Item = String> {
        (0..self.rooms).flat_map(|room| (0..SEATS).map(move |seat| name(room, seat)))
    }

    /// What each seat lost, by the device's name.
    pub fn lost(&self) -> BTreeMap<String, Lost> {
        let mut all: BTreeMap<String, Lost> = self.devices().map(|name| (name, Lost::default())).collect();
        for outage in &self.outages {
            let cost = outage.costs();
            for device in outage.hits(self) {
                let lost = all.entry(device).or_default();
                lost.stopped += cost.stopped;
                lost.away += cost.away;
                lost.unread += cost.unread;
                lost.perhaps += cost.perhaps;
                lost.within += cost.within;
            }
        }
        all
    }

    /// The day as a scenario that can be played by hand.
    pub fn scenario(&self) -> String {
        let site = if self.remote { "remote" } else { "on-premises" };
        let seed = self.seed;
        let rooms: String = (0..self.rooms).map(room_table).collect();
        let mut text = format!(
            "title = \"Any day\"\nseed = {seed}\nsite = \"{site}\"\naccess_point_map = true\n\
             from = \"08:57\"\nuntil = \"10:06\"\n\n{rooms}\
             [[devices]]\nrooms = \"all\"\ncount = {}\n\n\
             [[devices]]\nrooms = \"all\"\ncount = 1\nsubnet = \"{EVERYWHERE}\"\n\n\
             [[session]]\nid = \"math\"\nrooms = \"all\"\nstarts = \"09:00\"\nends = \"10:00\"\n\n",
            SEATS - 1
        );
        for outage in &self.outages {
            text.push_str(&outage.event());
        }
        text.push_str("[expect]\n");
        text
    }
}

fn seats_of(room: usize) -> impl Iterator<Item = String> {
    (0..SEATS).map(move |seat| name(room, seat))
}

fn room_table(place: usize) -> String {
    let id = room(place);
    let mut shared = String::new();
    if SHARED.contains(&place) {
        let _ = writeln!(shared, "access_point = \"{ACCESS_POINT}\"");
    }
    if ON_ONE_NETWORK.contains(&place) {
        let _ = writeln!(shared, "subnet = \"{NETWORK}\"");
    }
    format!("[[room]]\nid = \"{id}\"\n{shared}\n")
}

fn room(room: usize) -> String {
    (101 + room).to_string()
}

fn name(at: usize, seat: usize) -> String {
    format!("{}-{:02}", room(at), seat + 1)
}
