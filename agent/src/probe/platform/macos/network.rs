//! The connection that leads out, by SystemConfiguration, which answers daemons too.

use std::net::IpAddr;

use plist::Value;
use roomready_shared::facts::{Link, Outcome};
use roomready_shared::units::ShortText;
use system_configuration::dynamic_store::{SCDynamicStore, SCDynamicStoreBuilder};
use system_configuration::network_configuration::get_interfaces;

use super::property_list;
use super::told::network::{Primary, kind, primary, proxy, resolvers, subnet};

/// IPv4 first, as on the other systems.
const FAMILIES: [&str; 2] = ["IPv4", "IPv6"];

struct Store(SCDynamicStore);

impl Store {
    fn open() -> Result<Self, String> {
        SCDynamicStoreBuilder::new("roomready-agent")
            .build()
            .map(Self)
            .ok_or_else(|| "the system's network configuration does not answer".into())
    }

    fn value(&self, key: &str) -> Option<Value> {
        let value = self.0.get(key)?;
        property_list::of_system(value.as_CFTypeRef())
    }

    fn ways_out(&self) -> Vec<(&'static str, Primary)> {
        FAMILIES
            .iter()
            .filter_map(|family| {
                let global = self.value(&format!("State:/Network/Global/{family}"))?;
                Some((*family, primary(&global)?))
            })
            .collect()
    }
}

pub(crate) fn gateways() -> Result<Vec<IpAddr>, String> {
    let ways = Store::open()?.ways_out();
    Ok(ways.into_iter().filter_map(|(_, way)| way.gateway).collect())
}

/// The number of the interface that a gateway lies behind whose address holds on its link alone.
pub(crate) fn zone() -> Option<u32> {
    let is_of_link =
        |way: &Primary| matches!(way.gateway, Some(IpAddr::V6(six)) if six.is_unicast_link_local());
    let ways = Store::open().ok()?.ways_out();
    let (_, way) = ways.into_iter().find(|(_, way)| is_of_link(way))?;
    let name = std::ffi::CString::new(way.interface).ok()?;
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the name ends with a zero and lives through the call.
    let number = unsafe { libc::if_nametoindex(name.as_ptr()) };
    (number != 0).then_some(number)
}

pub(crate) fn link() -> Outcome<Link> {
    let store = match Store::open() {
        Ok(store) => store,
        Err(why) => return Outcome::Failed(ShortText::fit(&why)),
    };
    let Some((family, way)) = store.ways_out().into_iter().next() else {
        return Outcome::Failed(ShortText::fit(
            "this device has no way out of its network: no default gateway is set",
        ));
    };
    let addresses = store.value(&format!("State:/Network/Interface/{}/{family}", way.interface));
    let names = store.value("State:/Network/Global/DNS");
    let proxies = store.value("State:/Network/Global/Proxies");
    Outcome::Measured(Link {
        kind: kind(&way.interface, type_of(&way.interface).as_deref()),
        subnet: addresses.as_ref().and_then(subnet),
        gateway: way.gateway,
        resolvers: names.as_ref().map(resolvers).unwrap_or_default(),
        proxy: proxy(proxies.as_ref().unwrap_or(&Value::Boolean(false))),
    })
}

fn type_of(interface: &str) -> Option<String> {
    let known = get_interfaces();
    let found = known
        .iter()
        .find(|known| known.bsd_name().is_some_and(|name| name.to_string() == interface))?;
    found.interface_type_string().map(|word| word.to_string())
}
