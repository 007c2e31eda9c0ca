//! Proxy settings as Windows writes them.

use roomready_shared::facts::{HostPort, Proxy};

/// Values of one `Internet Settings` key, a user's or the machine's.
#[derive(Debug, Default, Clone)]
pub struct UserProxy {
    /// `ProxyEnable`.
    pub enabled: Option<u32>,
    /// `ProxyServer`.
    pub server: Option<String>,
    /// `AutoConfigURL`.
    pub script: Option<String>,
}

impl UserProxy {
    /// A script goes before a fixed proxy, as it does for the system. Looking for a script by itself is on everywhere and
    /// hardly ever finds one, so it says nothing and is not read.
    pub fn understand(&self) -> Proxy {
        if self
            .script
            .as_deref()
            .is_some_and(|address| !address.trim().is_empty())
        {
            return Proxy::Script;
        }
        match &self.server {
            Some(server) if self.enabled == Some(1) => named(server),
            _ => Proxy::Direct,
        }
    }
}

/// "10.2.0.9:8080", "http://proxy.example:8080", or one for each kind of address: "http=…;https=…". Test apps talk
/// HTTPS, so that one counts.
pub fn named(text: &str) -> Proxy {
    let parts = || {
        text.split([';', ' '])
            .map(str::trim)
            .filter(|part| !part.is_empty())
    };
    let of = |kind: &str| {
        parts().find_map(|part| {
            let (word, value) = part.split_once('=')?;
            word.eq_ignore_ascii_case(kind).then_some(value)
        })
    };
    let for_all = || parts().find(|part| !part.contains('='));
    let Some(found) = of("https").or_else(for_all) else {
        // Kinds of addresses that test apps do not use may have one.
        return Proxy::Direct;
    };
    let bare = found
        .split_once("://")
        .map_or(found, |(_, bare)| bare)
        .trim_end_matches('/');
    HostPort::parse(bare)
        // Without a port it is that of HTTP.
        .or_else(|_| HostPort::parse(&format!("{bare}:80")))
        .map_or(Proxy::NotTold, Proxy::Fixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(text: &str) -> Proxy {
        Proxy::Fixed(HostPort::parse(text).expect("a host with port"))
    }

    #[test]
    fn the_proxy_for_encrypted_addresses_counts() {
        assert_eq!(named("10.2.0.9:8080"), fixed("10.2.0.9:8080"));
        assert_eq!(named("http://proxy.example:3128/"), fixed("proxy.example:3128"));
        assert_eq!(
            named("http=10.2.0.9:80;https=10.2.0.9:8443"),
            fixed("10.2.0.9:8443")
        );
        assert_eq!(named("proxy.example"), fixed("proxy.example:80"));
        assert_eq!(named("ftp=10.2.0.9:21"), Proxy::Direct);
        assert_eq!(named("proxy_of_school:80"), Proxy::NotTold);
    }

    #[test]
    fn a_user_s_proxy_counts_when_it_is_switched_on_and_a_script_goes_first() {
        let mut user = UserProxy {
            enabled: Some(0),
            server: Some("10.2.0.9:8080".into()),
            script: None,
        };
        assert_eq!(user.understand(), Proxy::Direct);
        user.enabled = Some(1);
        assert_eq!(user.understand(), fixed("10.2.0.9:8080"));
        user.script = Some("http://wpad.example/proxy.pac".into());
        assert_eq!(user.understand(), Proxy::Script);
        assert_eq!(UserProxy::default().understand(), Proxy::Direct);
    }
}
