//! The connection that the default route uses. Names of networks and hardware addresses are in the same answer and are
//! left there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use roomready_shared::facts::{Link, LinkKind, MAX_RESOLVERS, Outcome, Subnet};
use roomready_shared::units::ShortText;
use windows_sys::Win32::Foundation::{ERROR_BUFFER_OVERFLOW, ERROR_SUCCESS};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GAA_FLAG_INCLUDE_GATEWAYS, GAA_FLAG_SKIP_ANYCAST, GAA_FLAG_SKIP_FRIENDLY_NAME, GAA_FLAG_SKIP_MULTICAST,
    GetAdaptersAddresses, GetBestInterfaceEx, IP_ADAPTER_ADDRESSES_LH,
};
use windows_sys::Win32::Networking::WinSock::{
    AF_INET, AF_INET6, AF_UNSPEC, SOCKADDR, SOCKADDR_IN, SOCKADDR_IN6, SOCKET_ADDRESS,
};

use super::super::told::windows::addresses::{address, kind_of};
use super::proxy;

/// What Microsoft proposes for a first try.
const FIRST_SIZE: usize = 16 * 1024;
/// A hundred virtual adapters stay below.
const MAX_SIZE: usize = 1024 * 1024;
/// Addresses kept for documentation: the routes to them are those to the internet. Nothing is sent there.
const OUTSIDE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const OUTSIDE_6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);

/// What is taken of one adapter.
#[derive(Debug)]
struct Adapter {
    index: u32,
    index_6: u32,
    metric: u32,
    is_up: bool,
    kind: LinkKind,
    networks: Vec<(IpAddr, u8)>,
    gateways: Vec<IpAddr>,
    resolvers: Vec<IpAddr>,
}

pub(crate) fn gateways() -> Result<Vec<IpAddr>, String> {
    Ok(preferred(adapters()?).map_or_else(Vec::new, |adapter| adapter.gateways))
}

/// The adapter's number for the newer family, which is what stands after the sign in "fe80::1%7".
pub(crate) fn zone() -> Option<u32> {
    let adapter = preferred(adapters().ok()?)?;
    let is_of_link = |gateway: &IpAddr| matches!(gateway, IpAddr::V6(six) if six.is_unicast_link_local());
    (adapter.index_6 != 0 && adapter.gateways.iter().any(is_of_link)).then_some(adapter.index_6)
}

pub(crate) fn link() -> Outcome<Link> {
    let found = match adapters() {
        Ok(found) => preferred(found),
        Err(why) => {
            return Outcome::Failed(ShortText::fit(&format!("connections could not be listed: {why}")));
        }
    };
    let Some(adapter) = found else {
        return Outcome::Failed(ShortText::fit(
            "this device has no way out of its network: no default gateway is set",
        ));
    };
    let gateway = adapter.gateways.first().copied();
    // The network that the gateway belongs to, else the first one of the same family.
    let subnet = |wanted: &dyn Fn(IpAddr, u8) -> bool| {
        adapter
            .networks
            .iter()
            .find(|(address, prefix)| wanted(*address, *prefix))
            .and_then(|(address, prefix)| Subnet::of(*address, *prefix))
    };
    let holds = |address: IpAddr, prefix| {
        gateway.is_some_and(|gateway| Subnet::of(address, prefix) == Subnet::of(gateway, prefix))
    };
    let is_of_family =
        |address: IpAddr, _| gateway.is_none_or(|gateway| gateway.is_ipv4() == address.is_ipv4());
    Outcome::Measured(Link {
        kind: adapter.kind,
        subnet: subnet(&holds).or_else(|| subnet(&is_of_family)),
        gateway,
        resolvers: adapter.resolvers.iter().copied().take(MAX_RESOLVERS).collect(),
        proxy: proxy::setting(),
    })
}

/// The adapter that leads to the internet, by the system's own choice; else the cheapest that has a gateway.
fn preferred(mut adapters: Vec<Adapter>) -> Option<Adapter> {
    let chosen = best_interface().and_then(|best| {
        adapters
            .iter()
            .position(|adapter| adapter.index == best || adapter.index_6 == best)
    });
    let at = chosen.or_else(|| {
        adapters
            .iter()
            .enumerate()
            .filter(|(_, adapter)| adapter.is_up && !adapter.gateways.is_empty())
            .min_by_key(|(_, adapter)| adapter.metric)
            .map(|(at, _)| at)
    })?;
    Some(adapters.swap_remove(at))
}

fn best_interface() -> Option<u32> {
    let mut four = SOCKADDR_IN {
        sin_family: AF_INET,
        ..SOCKADDR_IN::default()
    };
    four.sin_addr.S_un.S_addr = u32::from_ne_bytes(OUTSIDE.octets());
    let mut six = SOCKADDR_IN6 {
        sin6_family: AF_INET6,
        ..SOCKADDR_IN6::default()
    };
    six.sin6_addr.u.Byte = OUTSIDE_6.octets();
    let ask = |address: *const SOCKADDR| {
        let mut index = 0_u32;
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the address is a whole one of the family that it names and lives through the call.
        let error = unsafe { GetBestInterfaceEx(address, &raw mut index) };
        (error == 0).then_some(index)
    };
    ask((&raw const four).cast()).or_else(|| ask((&raw const six).cast()))
}

fn adapters() -> Result<Vec<Adapter>, String> {
    let mut size = FIRST_SIZE;
    loop {
        // Records begin at multiples of eight.
        let mut list = vec![0_u64; size.div_ceil(8)];
        let mut length = u32::try_from(list.len() * 8).map_err(|error| error.to_string())?;
        let first: *mut IP_ADAPTER_ADDRESSES_LH = list.as_mut_ptr().cast();
        let flags = GAA_FLAG_INCLUDE_GATEWAYS
            | GAA_FLAG_SKIP_ANYCAST
            | GAA_FLAG_SKIP_MULTICAST
            | GAA_FLAG_SKIP_FRIENDLY_NAME;
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the list lives through the call and is as long as the call is told.
        let error = unsafe {
            GetAdaptersAddresses(
                u32::from(AF_UNSPEC),
                flags,
                std::ptr::null(),
                first,
                &raw mut length,
            )
        };
        match error {
            ERROR_SUCCESS => {
                #[expect(unsafe_code, reason = "a chain of records that the system has just written")]
                // SAFETY: after success the list holds a chain of adapters that ends with null, each with its own chains;
                // all of it lies in `list`, which lives until after this call.
                return Ok(unsafe { walk(first) });
            }
            ERROR_BUFFER_OVERFLOW if size < MAX_SIZE => size = (length as usize + FIRST_SIZE).min(MAX_SIZE),
            // No adapter at all.
            232 => return Ok(vec![]),
            other => return Err(std::io::Error::from_raw_os_error(other.cast_signed()).to_string()),
        }
    }
}

#[expect(unsafe_code, reason = "follows the system's addresses")]
/// # Safety
/// `first` is null or begins a chain as `GetAdaptersAddresses` writes it.
unsafe fn walk(first: *const IP_ADAPTER_ADDRESSES_LH) -> Vec<Adapter> {
    let mut adapters = vec![];
    let mut here = first;
    // SAFETY: by the caller's promise each address is null or a whole record.
    while let Some(record) = unsafe { here.as_ref() } {
        let mut adapter = Adapter {
            // SAFETY: both members of the union are plain numbers.
            index: unsafe { record.Anonymous1.Anonymous.IfIndex },
            index_6: record.Ipv6IfIndex,
            metric: record.Ipv4Metric,
            // IfOperStatusUp.
            is_up: record.OperStatus == 1,
            kind: kind_of(record.IfType),
            networks: vec![],
            gateways: vec![],
            resolvers: vec![],
        };
        let mut own = record.FirstUnicastAddress;
        // SAFETY: as above.
        while let Some(one) = unsafe { own.as_ref() } {
            // SAFETY: as above.
            let told = unsafe { read(&one.Address) };
            adapter
                .networks
                .extend(told.map(|address| (address, one.OnLinkPrefixLength)));
            own = one.Next;
        }
        let mut gateway = record.FirstGatewayAddress;
        // SAFETY: as above.
        while let Some(one) = unsafe { gateway.as_ref() } {
            // SAFETY: as above.
            adapter.gateways.extend(unsafe { read(&one.Address) });
            gateway = one.Next;
        }
        let mut resolver = record.FirstDnsServerAddress;
        // SAFETY: as above.
        while let Some(one) = unsafe { resolver.as_ref() } {
            // SAFETY: as above.
            adapter.resolvers.extend(unsafe { read(&one.Address) });
            resolver = one.Next;
        }
        // IPv4 first, as the routes of the other systems are told.
        adapter.gateways.sort_by_key(IpAddr::is_ipv6);
        adapters.push(adapter);
        here = record.Next;
    }
    adapters
}

#[expect(unsafe_code, reason = "reads an address that the system has written")]
/// # Safety
/// The address is null or points at as many bytes as its length says.
unsafe fn read(told: &SOCKET_ADDRESS) -> Option<IpAddr> {
    let length = usize::try_from(told.iSockaddrLength).ok()?;
    if told.lpSockaddr.is_null() {
        return None;
    }
    // SAFETY: by the caller's promise.
    address(unsafe { std::slice::from_raw_parts(told.lpSockaddr.cast::<u8>(), length) })
}
