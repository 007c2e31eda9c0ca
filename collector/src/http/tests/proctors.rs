//! Proctors: from a coordinator's link to a room of their own, and what is pressed in it.

mod links;
mod room;
mod seats;

use std::time::Duration;

use super::harness::{Collector, LINCOLN, Reply, SignedInAs, lincoln_as};
use crate::access::Role;
use crate::fleet;
use crate::serve::Timeouts;

const ROOM: &str = "/schools/lincoln-ms/rooms/101";
const PROCTORS: &str = "/schools/lincoln-ms/sessions/math/proctors";

/// Lincoln with a second room, on whose boards proctors may look on any screen.
fn two_rooms() -> String {
    let second = "  [[school.room]]\n  id = \"102\"\n  name = \"Room 102\"\n[[device]]\nname = \"LIN-1\"";
    let text = LINCOLN.replacen("[[device]]\nname = \"LIN-1\"", second, 1);
    format!("proctor_screen = \"any\"\nphone_rule = \"Phones stay in the desk.\"\n{text}")
}

/// A school with its coordinator.
struct Story {
    collector: Collector,
    coordinator: SignedInAs,
}

/// What a coordinator holds in hand after making a link.
struct Made {
    /// The link's secret, from its sheet.
    token: String,
    /// The word to speak.
    word: String,
    /// Address of the link under the session's page.
    url: String,
}

impl Story {
    async fn begin() -> Self {
        Self::of(&two_rooms()).await
    }

    async fn of(config: &str) -> Self {
        let collector = Collector::start_with(lincoln_as(config), Timeouts::default()).await;
        let coordinator = collector
            .signed_in_as(Role::SchoolCoordinator, &["lincoln-ms"])
            .await;
        Self {
            collector,
            coordinator,
        }
    }

    async fn see(&self, path: &str, person: &SignedInAs) -> Reply {
        self.collector.get_with(path, &person.cookie).await
    }

    async fn press(&self, path: &str, person: &SignedInAs, fields: &str) -> Reply {
        self.collector.post_form(path, person, fields).await
    }

    async fn make_link(&self) -> Made {
        // Of two links the newer one stands first.
        self.collector.clock.pass(Duration::from_millis(1));
        let made = self.press(PROCTORS, &self.coordinator, "").await;
        assert_eq!(
            (made.status, made.header("location")),
            (303, Some(PROCTORS)),
            "{}",
            made.text
        );
        let page = self.see(PROCTORS, &self.coordinator).await.text;
        let after = |mark: &str| {
            page.split_once(mark)
                .unwrap_or_else(|| panic!("no {mark} in {page}"))
                .1
        };
        let word = after("word-digits\">")[..4].to_owned();
        let key = after("id=\"link-").split('"').next().unwrap().to_owned();
        let url = format!("{PROCTORS}/{key}");
        let sheet = self.see(&format!("{url}/sheet"), &self.coordinator).await;
        assert_eq!(sheet.status, 200);
        let address = sheet.text.split_once("sheet-address").unwrap().1;
        let address: String = address.split_once("</pre>").unwrap().0.replace("<wbr>", "");
        let typed: String = address
            .split("<span>")
            .skip(1)
            .filter_map(|part| part.split('<').next())
            .collect();
        let token = typed.split_once("token=").unwrap().1.to_owned();
        Made { token, word, url }
    }

    /// What a browser sends from the entry page.
    async fn try_to_enter(&self, made: &Made, name: &str, word: &str) -> Reply {
        let form = format!("token={}&name={name}&role=substitute&word={word}", made.token);
        self.collector.post("/proctor", "", &form).await
    }

    async fn enter(&self, made: &Made, name: &str) -> SignedInAs {
        let entered = self.try_to_enter(made, name, &made.word).await;
        assert_eq!(entered.status, 303, "{}", entered.text);
        let to = entered.header("location").unwrap();
        assert!(
            !to.contains(&made.token),
            "the secret leaves the address bar: {to}"
        );
        SignedInAs::of_cookie(entered.header("set-cookie").unwrap())
    }

    /// Lets minutes pass, without a tick.
    fn minutes_pass(&self, minutes: u64) {
        self.collector.clock.pass(Duration::from_secs(60 * minutes));
    }

    /// The district is another from now on, as after an edit of its settings.
    async fn edit(&self, config: &str) {
        let known = self.collector.store.devices().await.unwrap();
        let now = crate::clock::Clock::wall(&*self.collector.clock);
        self.collector.fleet.adopt(lincoln_as(config), known, now);
    }

    /// The fleet as the next run of the collector would rebuild it.
    async fn after_a_restart(&self, config: &str) -> fleet::Fleet {
        let now = crate::clock::Clock::wall(&*self.collector.clock);
        fleet::restore(lincoln_as(config), &*self.collector.store, now)
            .await
            .unwrap()
    }
}
