//! What a person is told at the end of a login that didn't go well.

use super::Advice;
use flow_runtime::DenialCode;

/// The words for a denial.
pub(crate) fn denial(code: DenialCode, client: &str, realm: &str) -> Advice {
    let (title, why, what_to_do) = match code {
        DenialCode::AccountDisabled => (
            "This account is closed",
            format!("The account was closed by those who run {realm}."),
            format!("If you think that is a mistake, ask those who run {realm}."),
        ),
        DenialCode::ProviderDisabled => (
            "This provider isn't in use any more",
            format!("{realm} no longer takes sign-ins from that provider."),
            "Start again and choose another way to sign in.".to_owned(),
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
        DenialCode::Undecided => (
            "We couldn't decide if you may sign in",
            "A rule for this sign-in couldn't be worked out, so the answer has to be no.".to_owned(),
            format!("Ask those who run {realm}, and give them the reference below."),
        ),
    };
    Advice { title, why, what_to_do }
}
