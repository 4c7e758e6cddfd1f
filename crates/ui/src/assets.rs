//! The two files that pages load: the stylesheet and the mark, named by their content.

use domain::Digest;
use std::sync::LazyLock;

/// A file that pages load. Its name changes with its content, so a browser may keep it for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The name under `/assets/`.
    pub name: String,
    /// The media type, for `Content-Type`.
    pub media_type: &'static str,
    /// What is in it.
    pub text: String,
}

static MARK: LazyLock<Asset> =
    LazyLock::new(|| Asset::named_by_content("svg", "image/svg+xml", include_str!("../assets/braid.svg").to_owned()));

/// The stylesheet names the mark, so it has to be known first.
static STYLESHEET: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../assets/braid.css").replace("braid.svg", &MARK.name);
    Asset::named_by_content("css", "text/css; charset=utf-8", text)
});

/// All files that pages load. The server serves each under `{base}/assets/{name}`, and nothing else there.
pub fn assets() -> [&'static Asset; 2] {
    [stylesheet(), mark()]
}

/// The stylesheet.
pub(crate) fn stylesheet() -> &'static Asset {
    &STYLESHEET
}

/// Three woven strands: beside the realm's name, and as a ribbon on the card.
pub(crate) fn mark() -> &'static Asset {
    &MARK
}

impl Asset {
    fn named_by_content(extension: &str, media_type: &'static str, text: String) -> Self {
        let hash: String = Digest::of_bytes(text.as_bytes()).as_str().chars().take(12).collect();
        Self { name: format!("braid-{hash}.{extension}"), media_type, text }
    }

    /// Where a page finds it, below the realm's path prefix.
    pub(crate) fn href(&self, base: &str) -> String {
        format!("{base}/assets/{}", self.name)
    }
}
