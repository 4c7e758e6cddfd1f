//! What a person is told at the end of a login that didn't go well.

use super::Advice;
use flow_runtime::DenialCode;

/// The words for a denial.
#[expect(clippy::too_many_lines, reason = "one entry for each code")]
pub(crate) fn denial(code: DenialCode, client: &str, realm: &str, provider: &str) -> Advice {
    let (title, why, what_to_do) = match code {
        DenialCode::AccountDisabled => (
            "This account is closed",
            format!("The account was closed by those who run {realm}."),
            format!("If you think that is a mistake, ask those who run {realm}."),
        ),
        DenialCode::AccountChanged => (
            "Your account was changed meanwhile",
            "While you were here, the account got a new password or another address, or it was signed out everywhere: perhaps by you, in another window."
                .to_owned(),
            format!("Start again and sign in anew. If you changed nothing, tell those who run {realm}."),
        ),
        DenialCode::ProviderDisabled => (
            "This provider isn't in use any more",
            format!("{realm} no longer takes sign-ins from that provider."),
            "Start again and choose another way to sign in.".to_owned(),
        ),
        DenialCode::AuthorityRefused => (
            "You can't sign in from there",
            format!("{realm} lets in people from certain organisations behind {provider}, and yours isn't one of them."),
            "Choose another organisation or another way to sign in.".into(),
        ),
        DenialCode::LinkOnly => (
            "This provider doesn't sign you in by itself",
            format!("Sign-ins at {provider} belong to accounts in {realm}, but they don't begin here."),
            "Choose another way to sign in.".into(),
        ),
        DenialCode::Ambiguous => (
            "We can't tell which account is yours",
            format!(
                "What {provider} told us about you fits more than one account in {realm}, so we didn't choose. Nothing changed."
            ),
            format!(
                "If you have signed in to {realm} before, start again and do it the same way. If that doesn't work, ask those who run {realm}."
            ),
        ),
        DenialCode::RefusedByRule => (
            "You can't sign in this way",
            format!("{realm} has a rule against this sign-in at {provider}. Nothing changed."),
            format!(
                "If you have signed in to {realm} before, start again and do it the same way. If that doesn't work, ask those who run {realm}."
            ),
        ),
        DenialCode::NoWayLeft => (
            "We can't sign you in this way",
            "Nothing that was left to try could show who you are.".to_owned(),
            format!("Start again and choose another way, or ask those who run {realm}."),
        ),
        DenialCode::NoAccount => (
            "There is no account for you yet",
            format!("{realm} doesn't make accounts by itself here."),
            format!("Ask those who run {realm} for an account."),
        ),
        DenialCode::NoProofPossible => (
            "We can't connect this sign-in to an account",
            format!(
                "There is nothing that you could show us here that would tell whether an account in {realm} is yours. Nothing changed."
            ),
            format!(
                "If you have signed in to {realm} before, start again and do it the same way. If that doesn't work, ask those who run {realm}."
            ),
        ),
        DenialCode::ProviderAlreadyLinked => (
            "This account has another sign-in of that provider",
            format!(
                "It is linked to another identity at {provider} already, and {realm} doesn't add one more. Nothing was linked."
            ),
            format!(
                "Start again and sign in at {provider} as you did before, or use another way. If you can't, ask those who run {realm}."
            ),
        ),
        DenialCode::InteractionRequired | DenialCode::LoginRequired | DenialCode::ConsentRequired => (
            "You need to sign in yourself",
            format!("{client} tried to sign you in without asking you, and that isn't possible now."),
            format!("Go back to {client} and choose to sign in there."),
        ),
        DenialCode::ConsentRefused => (
            "You didn't allow access",
            format!("{client} learned nothing about you."),
            format!("Go back to {client}, or start again if you changed your mind."),
        ),
        DenialCode::Left => (
            "You stopped signing in",
            format!("Nothing was sent to {client}, and nothing changed here."),
            format!("Go back to {client} to begin again."),
        ),
        DenialCode::FlowGone => (
            "This sign-in can't go on",
            "The way people sign in here was changed while you were at it.".to_owned(),
            "Start again. Nothing was lost, but you have to sign in anew.".to_owned(),
        ),
        DenialCode::ClientDisabled => (
            "This application can't be used now",
            format!("Those who run {realm} have switched off sign-in for {client}."),
            format!("If you need it, ask those who run {realm}."),
        ),
        DenialCode::Busy => (
            "Too much happened at once",
            "Your account was changed again and again while you signed in.".to_owned(),
            "Wait a moment, then start again.".to_owned(),
        ),
        DenialCode::DeniedByFlow => (
            "You can't sign in here",
            format!("{realm} doesn't let this sign-in through."),
            format!("If you think that is a mistake, ask those who run {realm}."),
        ),
        DenialCode::TermsRefused => (
            "You didn't accept the terms",
            format!(
                "{realm} can only be used by people who accept its terms. You weren't signed in, and {client} learned nothing about you."
            ),
            format!("Start again if you changed your mind, or go back to {client}."),
        ),
        DenialCode::OtherUser => (
            "You signed in as two people",
            format!("{realm} asked you to sign in more than once, and each time it was another account. Nothing changed."),
            "Start again, and use the same account each time.".to_owned(),
        ),
        DenialCode::Undecided => (
            "We couldn't decide if you may sign in",
            "A rule for this sign-in couldn't be worked out, so the answer has to be no.".to_owned(),
            format!("Ask those who run {realm}, and give them the reference below."),
        ),
    };
    Advice { title, why, what_to_do }
}
