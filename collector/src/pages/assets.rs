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
    /// Its content, as we read it; [`Asset::sent`] is what a browser is sent.
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

/// What tells whoever listens instead of looking.
pub const SAY: Asset = Asset {
    name: "say.js",
    content_type: "text/javascript; charset=utf-8",
    body: include_str!("../../assets/say.js"),
};

/// What keeps a press until it has arrived.
pub const PRESS: Asset = Asset {
    name: "press.js",
    content_type: "text/javascript; charset=utf-8",
    body: include_str!("../../assets/press.js"),
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
pub const ALL: [Asset; 6] = [STYLE, LIVE, SAY, PRESS, REACH, ICON];

/// The strictest policy these pages work under; the router sends it with every page.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Addresses carry the content's digest, so a browser may keep an asset as long as it likes.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// Hex digits of the digest in an address; enough to tell versions apart, nobody is kept out by it.
const DIGEST_DIGITS: usize = 12;

static URLS: LazyLock<[(&str, String); ALL.len()]> = LazyLock::new(|| {
    ALL.map(|asset| {
        let digest = hex::encode(Sha256::digest(asset.sent().as_bytes()));
        (
            asset.name,
            format!("/assets/{}?v={}", asset.name, &digest[..DIGEST_DIGITS]),
        )
    })
});

/// The styles without remarks and indentation: a quarter less for a school's network on the morning of a test.
static PLAIN_STYLE: LazyLock<String> = LazyLock::new(|| without_remarks(STYLE.body));

fn without_remarks(css: &str) -> String {
    let mut rules = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, remark)) = rest.split_once("/*") {
        rules.push_str(before);
        rest = remark.split_once("*/").map_or("", |(_, after)| after);
    }
    rules.push_str(rest);
    let lines = rules.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

impl Asset {
    /// Its content as a browser is sent it.
    #[must_use]
    pub fn sent(&self) -> &'static str {
        if self.name == STYLE.name {
            &PLAIN_STYLE
        } else {
            self.body
        }
    }

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
