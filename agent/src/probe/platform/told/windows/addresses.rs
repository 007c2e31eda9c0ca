//! Kinds of adapters, and addresses as the network calls write them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use roomready_shared::facts::LinkKind;

/// By the number that IANA gives each kind of interface.
pub const fn kind_of(if_type: u32) -> LinkKind {
    match if_type {
        6 => LinkKind::Wired,
        71 => LinkKind::Wireless,
        // Mobile broadband by GSM and by CDMA.
        243 | 244 => LinkKind::Mobile,
        // Dialled connections (many VPNs), virtual adapters of VPN programs, tunnels.
        23 | 53 | 131 => LinkKind::Tunnel,
        _ => LinkKind::Other,
    }
}

/// An address in a `SOCKADDR`; `None` for families that are no internet.
pub fn address(bytes: &[u8]) -> Option<IpAddr> {
    const INTERNET: u16 = 2;
    const INTERNET_6: u16 = 23;
    match u16::from_le_bytes(bytes.get(..2)?.try_into().ok()?) {
        INTERNET => {
            let four: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
            Some(IpAddr::V4(Ipv4Addr::from(four)))
        }
        INTERNET_6 => {
            let sixteen: [u8; 16] = bytes.get(8..24)?.try_into().ok()?;
            Some(IpAddr::V6(Ipv6Addr::from(sixteen)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_both_families_are_read_and_others_are_not() {
        let mut four = [0_u8; 16];
        four[0] = 2;
        four[4..8].copy_from_slice(&[10, 2, 7, 1]);
        assert_eq!(address(&four), Some("10.2.7.1".parse().expect("an address")));
        let mut six = [0_u8; 28];
        six[0] = 23;
        (six[8], six[9], six[23]) = (0x20, 0x01, 1);
        assert_eq!(address(&six), Some("2001::1".parse().expect("an address")));
        assert_eq!(address(&six[..20]), None);
        assert_eq!(address(&[17, 0, 1, 2, 3, 4, 5, 6]), None);
        assert_eq!(address(&[]), None);
    }

    #[test]
    fn a_cable_a_radio_and_a_tunnel_are_told_apart() {
        assert_eq!(kind_of(6), LinkKind::Wired);
        assert_eq!(kind_of(71), LinkKind::Wireless);
        assert_eq!(kind_of(53), LinkKind::Tunnel);
        assert_eq!(kind_of(243), LinkKind::Mobile);
        assert_eq!(kind_of(24), LinkKind::Other);
    }
}
