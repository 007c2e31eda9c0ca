//! The few files a page asks for, embedded: no build step, nothing from elsewhere.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// One file served under `/assets/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// Name after `/assets/`.
    pub name: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// Its content.
    pub body: &'static str,
}

/// All styles as one file, so that a page is complete after one request.
pub const STYLE: Asset = Asset {
    name: "roomready.css",
    content_type: "text/css; charset=utf-8",
    body: concat!(
        include_str!("../../assets/tokens.css"),
        include_str!("../../assets/base.css"),
        include_str!("../../assets/components.css"),
        include_str!("../../assets/forms.css"),
        include_str!("../../assets/board.css"),
        include_str!("../../assets/forms.css"),
        include_str!("../../assets/people.css"),
        include_str!("../../assets/print.css"),
    ),
};

/// What makes an open page live.
pub const LIVE: Asset = Asset {
    name: "live.js",
    content_type: "text/javascript; charset=utf-8",
    body: include_str!("../../assets/live.js"),
};

/// What tries a network.
pub const REACH: Asset = Asset {
    name: "reach.js",
    content_type: "text/javascript; charset=utf-8",
    body: include_str!("../../assets/reach.js"),
};

/// The picture in the tab.
pub const ICON: Asset = Asset {
    name: "icon.svg",
    content_type: "image/svg+xml",
    body: include_str!("../../assets/icon.svg"),
};

/// Every asset.
pub const ALL: [Asset; 4] = [STYLE, LIVE, REACH, ICON];

/// The strictest policy these pages work under; the router sends it with every page.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Addresses carry the content's digest, so a browser may keep an asset as long as it likes.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// Hex digits of the digest in an address; enough to tell versions apart, nobody is kept out by it.
const DIGEST_DIGITS: usize = 12;

static URLS: LazyLock<[(&str, String); ALL.len()]> = LazyLock::new(|| {
    ALL.map(|asset| {
        let digest = hex::encode(Sha256::digest(asset.body.as_bytes()));
        (
            asset.name,
            format!("/assets/{}?v={}", asset.name, &digest[..DIGEST_DIGITS]),
        )
    })
});

impl Asset {
    /// The asset of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|asset| asset.name == name)
    }

    /// Its address, different for each version of its content.
    #[must_use]
    pub fn url(&self) -> &'static str {
        URLS.iter()
            .find(|(name, _)| *name == self.name)
            .map_or("/assets/", |(_, url)| url)
    }
}
