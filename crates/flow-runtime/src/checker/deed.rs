//! What people can do at a page, as data: a story that breaks a property can be told, and played again.

use super::cast::{ADDRESS, CLAIMANT, FRESH, OTHER, OWN, OWNER, Who, password_of};
use super::realm::Realm;
use super::setting::Setting;
use crate::event::action;
use crate::flow_test::Serves;
use crate::page::WayKind;
use crate::session::AuthenticationSession;
use crate::world::{Given, Login, World, awaited_mail, code_of, form, one_time_code};
use crate::{Event, Page, Rest, View, Viewer, view};
use domain::{CallbackParams, Secret, UpstreamFailure, UserId};

/// One thing that somebody does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// Sends the page's form.
    Form {
        /// The button.
        action: &'static str,
        /// What stands in the fields.
        fields: Vec<(&'static str, String)>,
        /// Whose password is among it.
        shows: Option<UserId>,
    },
    /// Takes another way.
    Way {
        /// Its id.
        id: String,
        /// What it is called.
        name: String,
        /// The provider, if it has one.
        provider: String,
    },
    /// Comes back from the provider.
    Returns(Who),
    /// Opens the newest mail and presses its button, in the same browser.
    OpensMail,
    /// Types the code of the newest mail.
    TypesCode,
    /// Types what the authenticator application of whoever signs in shows.
    TypesOneTimeCode(UserId),
}

/// The page of a login, as the person in front of it sees it.
pub(super) fn seen(world: &World, session: &AuthenticationSession) -> Option<View> {
    view(&world.policy, session, world.now, Viewer::StartingBrowser)
}

impl Deed {
    fn form(action: &'static str, fields: &[(&'static str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self::Form { action, fields, shows: None }
    }

    /// Back to the beginning of the login.
    pub(super) fn start_again() -> Self {
        Self::form(action::RESTART, &[])
    }

    /// Asks for another mail.
    pub(super) fn another_mail() -> Self {
        Self::form(action::RESEND, &[])
    }

    fn going_on(fields: &[(&'static str, &str)]) -> Self {
        Self::form(action::CONTINUE, fields)
    }

    fn password(of: UserId, fields: &[(&'static str, &str)]) -> Self {
        let fields = fields.iter().copied().chain([("password", password_of(of))]);
        let fields = fields.map(|(name, value)| (name, value.to_owned())).collect();
        Self::Form { action: action::CONTINUE, fields, shows: Some(of) }
    }

    /// Whether nobody can do it who has no right to an account that was there before, but for their own.
    pub(super) fn is_a_proof(&self) -> bool {
        match self {
            Self::Form { shows, .. } => shows.is_some_and(|user| user != OWN),
            Self::Returns(who) => matches!(who, Who::Owner | Who::OwnerUnasked),
            Self::OpensMail | Self::TypesCode => true,
            Self::TypesOneTimeCode(user) => *user != OWN,
            Self::Way { .. } => false,
        }
    }

    /// The event that this is in a login; what really happens is noted in the world. None: it can't be done there.
    pub(super) fn event(&self, realm: &Realm, setting: Setting, world: &mut World, login: &Login) -> Option<Event> {
        let session = login.session.as_ref()?;
        match self {
            Self::Form { action, fields, .. } => {
                let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                Some(form(session.step_id(), action, &fields))
            }
            Self::Way { id, provider, .. } => {
                Some(form(session.step_id(), action::WAY, &[("way", id.as_str()), ("provider", provider.as_str())]))
            }
            Self::Returns(who) => {
                let Rest::AtProvider { exchange, .. } = &session.rest else { return None };
                let answer = realm.identity(*who, setting).map(Box::new).ok_or(UpstreamFailure::Cancelled);
                world.upstream.insert("back".to_owned(), answer);
                let params = CallbackParams { code: Some(Secret::new("back")), iss: None, error: None };
                Some(Event::Returned { provider: exchange.provider.clone(), exchange: exchange.id, params })
            }
            Self::OpensMail => {
                let token = awaited_mail(session)?;
                world.given.insert(Given::Mail(login.start.key, token.clone()));
                Some(Event::MailPressed { token })
            }
            Self::TypesCode => {
                let code = code_of(&awaited_mail(session)?);
                Some(form(session.step_id(), action::CONTINUE, &[("code", code.as_str())]))
            }
            Self::TypesOneTimeCode(user) => {
                let code = world.next_one_time_code(*user)?;
                Some(form(session.step_id(), action::CONTINUE, &[("code", code.as_str())]))
            }
        }
    }
}

/// Everything that makes a difference and that somebody can do at the shown page, without leaving the login or starting again.
pub(super) fn deeds(realm: &Realm, setting: Setting, world: &World, session: &AuthenticationSession) -> Vec<Deed> {
    let Some(seen) = seen(world, session) else { return Vec::new() };
    let mut deeds = match &session.rest {
        Rest::AtProvider { .. } => returns(realm, setting, session),
        _ => at(realm, world, session, &seen.page),
    };
    deeds.extend(seen.ways.into_iter().map(|way| {
        let (name, provider) = match &way.kind {
            WayKind::Provider { alias, name } | WayKind::LinkedProvider { alias, name } => (name.clone(), alias.to_string()),
            WayKind::Login => ("sign in with a password".to_owned(), String::new()),
            WayKind::Register => ("make an account".to_owned(), String::new()),
            WayKind::Password => ("the account's password".to_owned(), String::new()),
            WayKind::Mail => ("a mail".to_owned(), String::new()),
            WayKind::Recover => ("forgotten password".to_owned(), String::new()),
            WayKind::OneTimeCode => ("a one-time code".to_owned(), String::new()),
        };
        Deed::Way { id: way.id, name, provider }
    }));
    deeds
}

fn at(realm: &Realm, world: &World, session: &AuthenticationSession, page: &Page) -> Vec<Deed> {
    let right = [OWN, OWNER, CLAIMANT, OTHER].into_iter().filter(|user| world.passwords.contains_key(user));
    let email = |text| Deed::going_on(&[("email", text), ("username", "newcomer")]);
    match page {
        Page::Login { .. } => {
            let name = |user: &UserId| world.users.get(user)?.username.as_ref().map(ToString::to_string);
            let signs_in = right.filter_map(|user| Some(Deed::password(user, &[("username", &name(&user)?)])));
            signs_in.chain([Deed::going_on(&[("username", ADDRESS), ("password", "a guess")])]).collect()
        }
        Page::Reauthenticate { .. } => {
            let others = right.filter(|user| *user != OWN).map(|user| Deed::password(user, &[]));
            others.chain([Deed::going_on(&[("password", "a guess")])]).collect()
        }
        Page::Register { .. } => [ADDRESS, FRESH]
            .map(|email| Deed::going_on(&[("username", "newcomer"), ("email", email), ("password", "a new password")]))
            .into(),
        Page::ReviewProfile { .. } | Page::CompleteProfile { .. } => [ADDRESS, FRESH]
            .map(|address| {
                let names = [("username", "newcomer"), ("given_name", "New"), ("family_name", "Comer")];
                Deed::going_on(&[&names[..], &[("email", address)]].concat())
            })
            .into_iter()
            .chain([email("no address")])
            .collect(),
        Page::AccountExists { can_review, .. } => {
            let review = can_review.then(|| Deed::form(action::REVIEW, &[]));
            std::iter::once(Deed::going_on(&[])).chain(review).collect()
        }
        Page::CheckMail { .. } => {
            vec![Deed::OpensMail, Deed::TypesCode, Deed::going_on(&[("code", "a guess")]), Deed::form(action::RESEND, &[])]
        }
        Page::ProveAtProvider { .. } => vec![Deed::going_on(&[("provider", realm.provider.alias.as_str())])],
        Page::Terms { .. } | Page::Consent { .. } => vec![Deed::going_on(&[]), Deed::form(action::REFUSE, &[])],
        Page::ForgottenPassword { .. } => [ADDRESS, "own", FRESH].map(|name| Deed::going_on(&[("username", name)])).into(),
        Page::NewPassword { .. } | Page::UpdatePassword { .. } => {
            ["short", "a new password"].map(|password| Deed::going_on(&[("password", password)])).into()
        }
        Page::OneTimeCode { .. } => {
            let chosen = session.frame().and_then(|frame| frame.user.as_ref());
            let right = chosen.map(|chosen| Deed::TypesOneTimeCode(chosen.user().id));
            right.into_iter().chain([Deed::going_on(&[("code", "a guess")])]).collect()
        }
        Page::SetUpOneTimeCode { seed, .. } => {
            [one_time_code(seed, 1), "a guess".to_owned()].map(|code| Deed::going_on(&[("code", &code)])).into()
        }
        Page::ChangeAddress { .. } => [ADDRESS, FRESH].map(|address| Deed::going_on(&[("email", address)])).into(),
        Page::AtProvider { .. } | Page::MailPress(_) | Page::MailCode(_) | Page::SignedIn { .. } | Page::Denied { .. } => {
            Vec::new()
        }
    }
}

/// Who may come back. Whoever was sent straight to the provider comes back as the one whom it is about.
fn returns(realm: &Realm, setting: Setting, session: &AuthenticationSession) -> Vec<Deed> {
    match (realm.serves, session.frames.len()) {
        (Serves::FirstLogin, ..=1) => return vec![Deed::Returns(Who::Comer)],
        (Serves::PostLogin, ..=1) => {
            let owner = setting.existing.is_at_provider().then_some(Who::Owner);
            return [Who::Own, Who::Comer].into_iter().chain(owner).map(Deed::Returns).collect();
        }
        _ => {}
    }
    let comes = |who: &Who| match who {
        Who::Comer | Who::Stranger | Who::Nobody => true,
        Who::Own => realm.serves != Serves::FirstLogin,
        Who::Owner | Who::OwnerUnasked => setting.existing.is_at_provider(),
    };
    Who::ALL.into_iter().filter(comes).map(Deed::Returns).collect()
}
