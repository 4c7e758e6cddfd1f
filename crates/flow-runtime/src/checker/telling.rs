//! Stories in plain sentences, for operators.

use super::cast::{ADDRESS, OWN, Who};
use super::deed::Deed;
use super::setting::{Existing, Joins, Rules, Setting, Word};
use crate::definition::condition::Condition;
use crate::event::action;
use crate::flow_test::Serves;
use crate::reader::in_words;
use domain::ProviderAlias;

/// The whole story: who comes, what they do, and how it ends.
pub(super) fn told(
    serves: Serves,
    (setting, assumed): (Setting, &[(Condition, Option<bool>)]),
    provider: &ProviderAlias,
    (deeds, end): (&[Deed], &str),
) -> String {
    let mut parts = vec![opening(serves, setting, provider)];
    parts.extend(surroundings(setting));
    parts.extend(assumed.iter().map(|(condition, holds)| {
        let said = in_words(condition, true);
        match holds {
            Some(true) => said,
            Some(false) => format!("not {said}"),
            None => format!("{said} can't be answered, because they haven't got what it asks for"),
        }
    }));
    let told = deeds.iter().filter(|deed| **deed != Deed::Returns(Who::Comer) && **deed != Deed::Returns(Who::Own));
    parts.extend(told.map(sentence));
    format!("{} → {end}", parts.join("; "))
}

fn opening(serves: Serves, setting: Setting, provider: &ProviderAlias) -> String {
    let word = match setting.word {
        Word::Nothing => "which sends no address".to_owned(),
        Word::Trusted => format!("which vouches for the address {ADDRESS} and is trusted with it"),
        Word::Own => "which vouches for another address, and is trusted with it".to_owned(),
        Word::Untrusted => format!("which vouches for the address {ADDRESS}, but isn't trusted with it"),
        Word::Silent => format!("which doesn't vouch for the address {ADDRESS}"),
    };
    match serves {
        Serves::FirstLogin if setting.rules == Rules::ByName => {
            format!("Somebody comes from `{provider}` and is called there like an account")
        }
        Serves::FirstLogin => format!("Somebody comes from `{provider}`, {word}"),
        Serves::Wish(_) => "Somebody comes to sign in".to_owned(),
        Serves::PostLogin => format!("Somebody who has an account signs in with `{provider}`"),
    }
}

fn surroundings(setting: Setting) -> Vec<String> {
    let holders = match setting.existing {
        Existing::Nobody => None,
        Existing::Owner { password: true } => Some("an account with a password has proved that address"),
        Existing::Owner { password: false } => Some("an account without a password has proved that address"),
        Existing::OwnerAtProvider => {
            Some("an account without a password that signs in with another identity has proved that address")
        }
        Existing::Claimant { password: true } => {
            Some("an account with a password says that it has that address, and never proved it")
        }
        Existing::Claimant { password: false } => Some("an account says that it has that address, and never proved it"),
        Existing::ClaimantAtProvider => {
            Some("an account that signs in with another identity says that it has that address, and never proved it")
        }
        Existing::TwoClaimants => Some("two accounts say that they have that address, and neither has proved it"),
        Existing::OwnerAndClaimant => Some("one account has proved that address, and another one only says that it has it"),
        Existing::Closed => Some("an account that is closed has proved that address"),
    };
    let rules = match setting.rules {
        Rules::Usual => None,
        Rules::Nobody => Some("the realm's rules never find anybody".to_owned()),
        Rules::Wants(kind) => Some(format!("the realm's rules want the proof `{}`", kind.as_str())),
        Rules::ByName => Some("the realm's rules find accounts by their usernames".to_owned()),
        Rules::Alone => Some("the realm's rules link alone".to_owned()),
        Rules::Several => Some("the realm's rules refuse where they find several".to_owned()),
        Rules::Refuse => Some("the realm's rules refuse whoever has an account".to_owned()),
    };
    let joins = match setting.joins {
        Joins::AsSetUp => None,
        Joins::HandedOver => Some("the provider is set up to hand over accounts that never proved their address"),
        Joins::Instead => Some("the provider is set up to replace the identity that an account has of it"),
        Joins::IfWanted => Some("the provider is set up to ask before an account gets one more of its identities"),
        Joins::Refused => Some("the provider is set up to refuse a second one of its identities on an account"),
    };
    let mails = (!setting.mails).then(|| "the realm sends no mail".to_owned());
    let due = setting.due.then(|| "something is due at the account".to_owned());
    let live = setting.live.then(|| "the browser is signed in".to_owned());
    let factor = setting.factor.then(|| "the account has a second factor".to_owned());
    let joins = joins.map(str::to_owned);
    holders.map(str::to_owned).into_iter().chain(rules).chain(joins).chain(mails).chain(due).chain(live).chain(factor).collect()
}

fn sentence(deed: &Deed) -> String {
    match deed {
        Deed::Form { shows: Some(OWN), .. } => "they sign in with their own password".to_owned(),
        Deed::Form { shows: Some(_), .. } => "they give the account's password".to_owned(),
        Deed::Form { action: action::RESEND, .. } => "they ask for another mail".to_owned(),
        Deed::Form { action: action::REVIEW, .. } => "they want to correct the profile".to_owned(),
        Deed::Form { action: action::REFUSE, .. } => "they refuse".to_owned(),
        Deed::Form { fields, .. } => {
            let value = |wanted: &str| fields.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str());
            match (value("email"), value("username"), value("password"), value("code")) {
                (_, _, Some("a guess"), _) => "they give a wrong password".to_owned(),
                (_, _, _, Some("a guess")) => "they type a wrong code".to_owned(),
                (_, _, _, Some(_)) => "they type the code that the new application shows".to_owned(),
                (Some(email), _, Some(_), _) => format!("they make an account with the address {email}"),
                (Some(email), ..) => format!("they enter the address {email}"),
                (None, _, Some(_), _) => "they set a new password".to_owned(),
                (None, Some(name), ..) => format!("they say that they are {name}"),
                _ => "they go on".to_owned(),
            }
        }
        Deed::Way { name, .. } => format!("they choose another way: {name}"),
        Deed::Returns(who) => match who {
            Who::Comer | Who::Own => "they come back from the provider".to_owned(),
            Who::Owner => "they sign in anew at the provider, as the account's owner".to_owned(),
            Who::OwnerUnasked => {
                "they come back from the provider as the account's owner, without having signed in anew".to_owned()
            }
            Who::Stranger => "they come back from the provider as somebody else".to_owned(),
            Who::Nobody => "they cancel at the provider".to_owned(),
        },
        Deed::OpensMail => "they open the mail".to_owned(),
        Deed::TypesCode => "they type the mail's code".to_owned(),
        Deed::TypesOneTimeCode(_) => "they type a code of the account's application".to_owned(),
    }
}
