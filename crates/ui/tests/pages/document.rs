//! A small reader for the HTML that the templates write: tags with attributes in double quotes, nothing cleverer.

/// An opening tag.
#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) name: String,
    attributes: Vec<(String, Option<String>)>,
}

impl Tag {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == name).and_then(|(_, value)| value.as_deref())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|(found, _)| found == name)
    }
}

/// All opening tags, in order.
pub(crate) fn tags(html: &str) -> Vec<Tag> {
    html.split('<').skip(1).filter(|piece| piece.starts_with(|c: char| c.is_ascii_alphabetic())).map(tag).collect()
}

/// What stands between a tag and its end, for tags that don't nest.
pub(crate) fn inside<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    html.split(&open)
        .skip(1)
        .map(|piece| {
            let (body, _) = piece.split_once(&close).unwrap_or_else(|| panic!("<{name}> isn't closed"));
            body.split_once('>').unwrap().1
        })
        .collect()
}

fn tag(piece: &str) -> Tag {
    let end = piece.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or_else(|| panic!("a tag without end: {piece}"));
    let (name, mut rest) = piece.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.starts_with('>') {
            return Tag { name: name.to_owned(), attributes };
        }
        let end = rest.find(['=', '>', ' ', '\n']).unwrap_or_else(|| panic!("a broken tag: {piece}"));
        let (attribute, after) = rest.split_at(end);
        let value = after.strip_prefix("=\"").map(|quoted| quoted.split_once('"').unwrap());
        attributes.push((attribute.to_owned(), value.map(|(value, _)| value.to_owned())));
        rest = value.map_or(after, |(_, rest)| rest);
        assert!(!rest.starts_with('='), "an attribute without quotes: {piece}");
    }
}
