//! `reset-password`: whoever opens the mailbox of a forgotten account, and goes on in the browser that asked, sets a new password.
//!
//! Until the mailbox is opened, every page is the same whether there is an account or not. An account that has proved the address
//! gets the password. If it was only claimed, the mailbox's reader gets a fresh account, and the claim gets nothing. An
//! account that signs in with providers gets none: a mailbox alone is no way to add a password.

mod finishing;
mod seeking;

use super::fields::{problems, remembered};
use super::mailing::{self, LIFETIME, LIFETIME_KEY};
use super::{Act, Authenticator, Cause, Effect, Input, Sight, Turn};
use crate::ask::{CodeVerdict, Fact, Question};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Need, Outcome};
use crate::event::action;
use crate::outcome::Rejected;
use crate::page::{FieldName, MailMeaning, MailReason, Page, Problem, Problems, WayKind};
use crate::session::{Errand, Memory, Opens, Recovery};
use domain::Entropy;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub(super) static KIND: Kind = Kind {
    declaration: &DECLARATION,
    build: |config| Arc::new(ResetPassword { lifetime: config.duration("lifetime").unwrap_or(LIFETIME) }),
};

static DECLARATION: Declaration = Declaration {
    name: "reset-password",
    summary: "Asks for a username or an address, sends a mail to the account's address, and lets its reader set a new password.",
    keys: &[LIFETIME_KEY],
    needs: &[Need::Mail],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Challenged, Outcome::Retry],
    establishes: &[Establishes::User, Establishes::NewUser],
    asks: &[
        AskKind::FindUsers,
        AskKind::IdentitiesOf,
        AskKind::ReserveRecovery,
        AskKind::ReserveMail,
        AskKind::CheckMailCode,
        AskKind::FindUser,
        AskKind::FindToken,
        AskKind::HashPassword,
    ],
    shows: true,
};

#[derive(Debug)]
struct ResetPassword {
    lifetime: Duration,
}

/// Where a login is between the forgotten password and the new one.
enum Stage<'a> {
    /// Somebody says who they are, or wants another mail.
    Seeking,
    /// The mail's button or code is there.
    Opening(&'a Recovery),
    /// The mailbox is open.
    Opened(&'a Recovery),
}

impl Authenticator for ResetPassword {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn applies(&self, sight: &Sight<'_>) -> bool {
        sight.policy.sends_mail
    }

    fn ways(&self, _sight: &Sight<'_>) -> Vec<WayKind> {
        vec![WayKind::Recover]
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, entropy: &Entropy) -> Turn {
        if !self.applies(sight) {
            return Turn::just(Act::Attempted);
        }
        match input {
            Input::Enter { .. } | Input::Way { .. } if self.goes_on(sight) => Turn::just(Act::Show { retry: false }),
            Input::Enter { .. } | Input::Way { .. } => Turn::just(Act::Show { retry: false }).with(anew(None, Vec::new())),
            Input::Form(form) => match sight.memory() {
                Some(Memory::Mail { errand: Errand::Recover(recovery), .. }) => {
                    mailing::form(sight, form, self.lifetime, || seeking::seek(&recovery.name))
                }
                Some(Memory::Opened { until, .. }) if form.action == action::CONTINUE && sight.now >= *until => too_late(sight),
                Some(Memory::Opened { recovery, .. }) if form.action == action::CONTINUE => {
                    finishing::read(form).map_or_else(|problem| finishing::again(sight, problem), |_| finishing::look(recovery))
                }
                Some(Memory::Opened { .. } | Memory::Mail { .. }) => Turn::just(Act::Reject(Rejected::UnknownAction)),
                _ => seeking::named(form),
            },
            Input::MailPressed(token) if sight.session.waits_for(token) => opening(sight),
            Input::MailPressed(_) => Turn::just(Act::Reject(Rejected::DeadLink)),
            Input::Fact { cause, question, fact } => self.fact(sight, cause, question, fact, entropy),
            Input::Returned { .. } | Input::Called(_) | Input::LetThrough(_) => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        match sight.memory() {
            Some(Memory::Mail { errand: Errand::Recover(recovery), .. }) => {
                mailing::page(sight, self.lifetime, recovery.name.clone(), MailReason::NewPassword)
            }
            Some(Memory::Opened { recovery, problems, .. }) => {
                Some(Page::NewPassword { address: recovery.mailbox.to_string(), problems: problems.clone() })
            }
            memory => {
                let hint = || sight.session.request.login_hint.as_deref().and_then(domain::text::display_name);
                Some(Page::ForgottenPassword {
                    username: remembered(memory, FieldName::Username).or_else(hint).unwrap_or_default(),
                    problems: problems(memory),
                })
            }
        }
    }

    fn mail(&self, sight: &Sight<'_>) -> Option<MailMeaning> {
        match sight.memory()? {
            Memory::Mail { errand: Errand::Recover(Recovery { mailbox, opens, .. }), .. } => match opens {
                Opens::Account(..) => Some(MailMeaning::NewPassword { address: mailbox.to_string(), fresh: false }),
                Opens::FreshAccount => Some(MailMeaning::NewPassword { address: mailbox.to_string(), fresh: true }),
                Opens::Elsewhere(_) | Opens::Nobody => None,
            },
            _ => None,
        }
    }
}

impl ResetPassword {
    /// Whether the page that was left is still of use.
    fn goes_on(&self, sight: &Sight<'_>) -> bool {
        match sight.memory() {
            Some(Memory::Opened { until, .. }) => sight.now < *until,
            _ => mailing::is_live(sight, self.lifetime),
        }
    }

    fn fact(&self, sight: &Sight<'_>, cause: &Cause, question: &Question, fact: Fact, entropy: &Entropy) -> Turn {
        match (stage(sight, cause), fact) {
            (_, Fact::MailCode(CodeVerdict::Right)) => opening(sight),
            (_, Fact::MailCode(CodeVerdict::Wrong)) => mailing::problem(sight, Problem::WrongCode),
            (_, Fact::MailCode(CodeVerdict::TooMany)) => mailing::problem(sight, Problem::CodeExhausted),
            (Stage::Opening(recovery), Fact::FoundToken(Some(token))) => {
                finishing::open(sight, cause, recovery, &token, self.lifetime)
            }
            (Stage::Opening(_), Fact::FoundToken(None)) => mailing::dead(sight, cause),
            (Stage::Opening(recovery), fact) => match finishing::still_opens(recovery, &fact) {
                Some(true) => mailing::find_newest(sight, cause),
                Some(false) => mailing::dead(sight, cause),
                None => Turn::just(Act::WrongFact),
            },
            (Stage::Opened(recovery), fact) => finishing::fact(sight, cause, recovery, fact, entropy),
            (Stage::Seeking, fact) => seeking::fact(sight, cause, (question, fact), self.lifetime, entropy),
        }
    }
}

fn stage<'a>(sight: &Sight<'a>, cause: &Cause) -> Stage<'a> {
    match sight.memory() {
        Some(Memory::Opened { recovery, .. }) => Stage::Opened(recovery),
        Some(Memory::Mail { errand: Errand::Recover(recovery), .. }) if mailing::answers_the_mail(sight, cause) => {
            Stage::Opening(recovery)
        }
        _ => Stage::Seeking,
    }
}

/// The mailbox was opened: is what it opens still as it was?
fn opening(sight: &Sight<'_>) -> Turn {
    match sight.memory() {
        Some(Memory::Mail { errand: Errand::Recover(recovery), .. }) => finishing::look(recovery),
        _ => Turn::just(Act::Reject(Rejected::DeadLink)),
    }
}

/// The first page again, with the name that was typed.
fn anew(name: Option<&str>, problems: Problems) -> Effect {
    let values: BTreeMap<_, _> = name.map(|name| (FieldName::Username, name.to_owned())).into_iter().collect();
    Effect::Remember(Memory::Form { values, problems })
}

/// What the mailbox opened isn't open any more: because of the time, or because the account's past died.
fn too_late(sight: &Sight<'_>) -> Turn {
    let name = match sight.memory() {
        Some(Memory::Opened { recovery, .. }) => Some(recovery.name.as_str()),
        _ => None,
    };
    Turn::just(Act::Show { retry: true }).with(anew(name, vec![(FieldName::Username, Problem::TooLate)]))
}
