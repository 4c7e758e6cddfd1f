//! As much HTML as our own pages have: forms, links, text.

/// A form as a browser would send it.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// Where it goes.
    pub action: String,
    /// How.
    pub method: String,
    /// Its fields with their values, in order.
    pub fields: Vec<(String, String)>,
    /// Its buttons.
    pub buttons: Vec<Button>,
}

/// A button that sends its form.
#[derive(Debug, Clone, Default)]
pub struct Button {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// What is written on it.
    pub label: String,
}

impl Form {
    /// The value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Writes into a field, or adds it.
    pub fn set(&mut self, name: &str, value: &str) {
        match self.fields.iter_mut().find(|(key, _)| key == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.fields.push((name.to_owned(), value.to_owned())),
        }
    }

    /// What is sent when this button is pressed.
    pub fn pressed(&self, button: usize) -> Vec<(String, String)> {
        let Button { name, value, .. } = &self.buttons[button];
        self.fields.iter().cloned().chain([(name.clone(), value.clone())]).collect()
    }
}

struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(String, String)>,
    after: &'a str,
}

impl Tag<'_> {
    fn get(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }
}

pub(crate) fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut open = false;
    for tag in tags(html) {
        let text = |name| tag.get(name).unwrap_or_default();
        match (tag.name, forms.last_mut()) {
            ("form", _) => {
                forms.push(Form { action: text("action"), method: text("method"), ..Form::default() });
                open = true;
            }
            ("/form", _) => open = false,
            ("input", Some(form)) if open && tag.get("name").is_some() => form.fields.push((text("name"), text("value"))),
            ("button", Some(form)) if open => {
                let label = self::text(tag.after.split("</button>").next().unwrap_or_default());
                form.buttons.push(Button { name: text("name"), value: text("value"), label });
            }
            _ => {}
        }
    }
    forms
}

/// Where a page goes on by itself (`<meta http-equiv="refresh">`).
pub(crate) fn refresh(html: &str) -> Option<String> {
    let meta = tags(html).find(|tag| tag.name == "meta" && tag.get("http-equiv").as_deref() == Some("refresh"))?;
    let content = meta.get("content")?;
    Some(content.split_once("url=")?.1.trim_matches(['\'', '"']).to_owned())
}

pub(crate) fn links(html: &str) -> Vec<(String, String)> {
    let links = tags(html).filter(|tag| tag.name == "a");
    links.map(|tag| (text(tag.after.split("</a>").next().unwrap_or_default()), tag.get("href").unwrap_or_default())).collect()
}

/// What is in the first element with this name.
pub(crate) fn inner<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    tags(html).find(|tag| tag.name == name)?.after.split(&format!("</{name}>")).next()
}

/// The text of a piece of HTML, with single spaces.
pub(crate) fn text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let (inside, after) = tag.split_once('>').unwrap_or_default();
        let inline = ["bdi", "/bdi", "strong", "/strong", "b", "/b", "code", "/code", "span", "/span"];
        if !inline.contains(&inside.split(' ').next().unwrap_or_default()) {
            text.push(' ');
        }
        rest = after;
    }
    text.push_str(rest);
    unescape(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    html.split('<').skip(1).scan(0, move |_, piece| Some(piece)).filter_map(move |piece| {
        let start = piece.as_ptr() as usize - html.as_ptr() as usize;
        let (inside, _) = piece.split_once('>')?;
        let after = html.get(start + inside.len() + 1..)?;
        let name = inside.split([' ', '\n', '/']).next().filter(|name| !name.is_empty());
        let name = name.or_else(|| inside.get(..inside.len().min(inside.find(' ').unwrap_or(inside.len()))))?;
        let attributes = inside.get(name.len()..).unwrap_or_default();
        Some(Tag { name, attributes: read_attributes(attributes), after })
    })
}

fn read_attributes(text: &str) -> Vec<(String, String)> {
    let mut read = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find([' ', '=', '\n']).unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        rest = &rest[end..];
        let value = rest.strip_prefix("=\"").and_then(|quoted| quoted.split_once('"'));
        let value = value.map(|(value, after)| {
            rest = after;
            unescape(value)
        });
        read.push((name, value.unwrap_or_default()));
        rest = rest.trim_start_matches([' ', '\n', '=']);
    }
    read
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (entity, tail) = after.split_once(';').unwrap_or((after, ""));
        let number = entity.strip_prefix("#x").map_or_else(
            || entity.strip_prefix('#').and_then(|digits| digits.parse().ok()),
            |digits| u32::from_str_radix(digits, 16).ok(),
        );
        match (entity, number.and_then(char::from_u32)) {
            (_, Some(c)) => out.push(c),
            ("amp", _) => out.push('&'),
            ("lt", _) => out.push('<'),
            ("gt", _) => out.push('>'),
            ("quot", _) => out.push('"'),
            _ => {
                out.push('&');
                rest = after;
                continue;
            }
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_a_browser_would_send_it() {
        let page = r#"<h1>A &amp; <bdi>B</bdi></h1><form method="post" action="/x?a=1&amp;b=2" novalidate>
            <input type="hidden" name="csrf" value="&#34;t"><input name="email" value="" required>
            <button class="primary" name="action" value="continue">Go <b>on</b></button></form><a href="/y">Back to it</a>"#;
        let [form] = forms(page).try_into().unwrap();
        assert_eq!((form.method.as_str(), form.action.as_str()), ("post", "/x?a=1&b=2"));
        assert_eq!(form.fields, [("csrf".into(), "\"t".into()), ("email".into(), String::new())]);
        assert_eq!((form.buttons[0].value.as_str(), form.buttons[0].label.as_str()), ("continue", "Go on"));
        assert_eq!(inner(page, "h1").map(text), Some("A & B".into()));
        assert_eq!(links(page), [("Back to it".into(), "/y".into())]);
    }
}
