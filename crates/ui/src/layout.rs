//! What all pages share: title, error summary, message, hidden fields, other ways, and the way out.

use crate::assets;
use crate::chrome::{Chrome, Leave};
use crate::name::shown;
use crate::words;
use domain::ProviderAlias;
use flow_runtime::View;
use flow_runtime::page::{Problems, Way as OpenWay, WayKind};

/// What all pages share, as `templates/layout.html` and the partials read it.
pub(crate) struct Layout<'a> {
    pub(crate) lang: &'static str,
    pub(crate) dir: &'static str,
    pub(crate) realm: String,
    pub(crate) client: Option<String>,
    pub(crate) stylesheet: String,
    pub(crate) mark: String,
    pub(crate) reference: Option<&'a str>,
    pub(crate) problems: Vec<Line>,
    pub(crate) message: Option<words::Note>,
    pub(crate) action: &'a str,
    pub(crate) csrf: &'a str,
    pub(crate) step: &'a str,
    pub(crate) ways: Vec<Way>,
    pub(crate) restart: bool,
    leave: Leave<'a>,
}

/// A line of the error summary.
pub(crate) struct Line {
    /// The id of the field that it leads to.
    pub(crate) field: &'static str,
    pub(crate) text: String,
}

/// Another way, as one button.
pub(crate) struct Way {
    pub(crate) id: String,
    pub(crate) provider: Option<String>,
    pub(crate) label: String,
    /// The button's class.
    pub(crate) look: &'static str,
}

impl<'a> Layout<'a> {
    /// Around a page of a login.
    pub(crate) fn of(view: &'a View, problems: &Problems, chrome: &Chrome<'a>) -> Self {
        Self {
            client: Some(shown(&view.client, words::SOME_CLIENT)),
            reference: chrome.reference,
            problems: problems
                .iter()
                .map(|(field, problem)| Line { field: field.as_str(), text: words::problem(*field, problem, chrome.now) })
                .collect(),
            message: view.message.as_ref().map(words::message),
            action: chrome.action,
            csrf: chrome.csrf,
            step: &view.step.0,
            ways: view.ways.iter().map(Way::of).collect(),
            restart: view.can_restart,
            leave: chrome.leave,
            ..Self::bare(&view.realm, chrome.base)
        }
    }

    /// Around a page that belongs to no login: it has no form.
    pub(crate) fn bare(realm: &str, base: &str) -> Self {
        Self {
            lang: words::LANG,
            dir: words::DIR,
            realm: shown(realm, words::SOME_REALM),
            client: None,
            stylesheet: assets::stylesheet().href(base),
            mark: assets::mark().href(base),
            reference: None,
            problems: Vec::new(),
            message: None,
            action: "",
            csrf: "",
            step: "",
            ways: Vec::new(),
            restart: false,
            leave: Leave::Nowhere,
        }
    }

    /// With a reference for whoever asks for help.
    pub(crate) fn with_reference(self, reference: Option<&'a str>) -> Self {
        Self { reference, ..self }
    }

    /// Takes out the way to one provider, if it is there.
    pub(crate) fn take_way_to(&mut self, alias: &ProviderAlias) -> Option<Way> {
        let place = self.ways.iter().position(|way| way.provider.as_deref() == Some(alias.as_str()))?;
        Some(self.ways.remove(place))
    }

    /// Says this of all problems, where a page knows better words.
    pub(crate) fn say_instead(&mut self, text: &str) {
        for line in &mut self.problems {
            text.clone_into(&mut line.text);
        }
    }

    /// Whether a form came back with problems.
    pub(crate) fn failed(&self) -> bool {
        !self.problems.is_empty()
    }

    /// Whether nothing stands before the first field that a person should read first.
    pub(crate) fn is_calm(&self) -> bool {
        !self.failed() && self.message.is_none()
    }

    pub(crate) fn has_a_way_out(&self) -> bool {
        self.restart || self.leave != Leave::Nowhere
    }

    pub(crate) fn offers_a_button(&self) -> bool {
        self.restart || self.leave_by_button()
    }

    pub(crate) fn leave_by_button(&self) -> bool {
        self.leave == Leave::Button
    }

    pub(crate) fn leave_link(&self) -> Option<&'a str> {
        match self.leave {
            Leave::Link(link) => Some(link),
            Leave::Nowhere | Leave::Button => None,
        }
    }

    /// What the way out is called after.
    pub(crate) fn client_name(&self) -> &str {
        self.client.as_deref().unwrap_or(words::SOME_CLIENT)
    }
}

impl Way {
    /// To the provider where the person should be already.
    pub(crate) fn again(alias: &ProviderAlias, name: &str) -> Self {
        Self { id: String::new(), provider: Some(alias.to_string()), label: format!("Go to {name} again"), look: "primary" }
    }

    /// As something beside the page's purpose.
    pub(crate) fn beside(self) -> Self {
        Self { look: "link", ..self }
    }

    fn of(way: &OpenWay) -> Self {
        let (provider, look) = match &way.kind {
            WayKind::Provider { alias, .. } => (Some(alias.to_string()), "second provider"),
            WayKind::LinkedProvider { alias, .. } => (Some(alias.to_string()), "second"),
            WayKind::Login | WayKind::Register | WayKind::Password | WayKind::Mail | WayKind::Recover | WayKind::OneTimeCode => {
                (None, "second")
            }
        };
        Self { id: way.id.clone(), provider, label: words::way(&way.kind), look }
    }
}
