//! What a test begins with.

use super::{account, provider, rule, value};
use crate::flow_test::{Given, GivenClient, GivenRequest, Serves};
use crate::reader::code;
use crate::reader::diagnostic::Problems;
use crate::reader::lower::fields::Fields;
use crate::reader::tree::{Entry, Node};
use domain::{ClientId, Prompt, ProviderAlias, Wish};

const KEYS: &[&str] = &["serves", "accounts", "providers", "clients", "linking-rules", "mails", "signed-in", "request"];

const SERVES: &[(&str, Serves)] = &[
    ("sign-in", Serves::Wish(Wish::SignIn)),
    ("registration", Serves::Wish(Wish::Create)),
    ("forgotten-password", Serves::Wish(Wish::Recover)),
    ("verify-address", Serves::Wish(Wish::VerifyAddress)),
    ("change-address", Serves::Wish(Wish::ChangeAddress)),
    ("second-factor", Serves::Wish(Wish::SecondFactor)),
    ("first-login", Serves::FirstLogin),
    ("post-login", Serves::PostLogin),
];

/// Understands a document that says what is given, and nothing else.
pub(in crate::reader) fn document(root: &Node, problems: &mut Problems) -> Given {
    let entries = value::entries(root, root.span, "what is given", problems);
    read(Fields::of(entries.unwrap_or_default()), problems)
}

/// Understands what is given.
pub(super) fn given(entry: &Entry, problems: &mut Problems) -> Given {
    read(Fields::of(value::mapping(entry, problems)), problems)
}

fn read(mut fields: Fields<'_>, problems: &mut Problems) -> Given {
    let serves = fields.take("serves").and_then(|entry| value::word(entry, SERVES, problems));
    let mut given = Given { serves, ..Given::default() };
    for entry in fields.take("accounts").map_or_else(Default::default, |entry| value::mapping(entry, problems)) {
        given.accounts.extend(account::account(entry, problems));
    }
    for entry in fields.take("providers").map_or_else(Default::default, |entry| value::mapping(entry, problems)) {
        let alias = value::read(&entry.key, entry.key_span, ProviderAlias::parse, problems);
        let read = provider::provider(entry, problems);
        given.providers.extend(alias.map(|alias| (alias, read)));
    }
    for entry in fields.take("clients").map_or_else(Default::default, |entry| value::mapping(entry, problems)) {
        let id = value::read(&entry.key, entry.key_span, ClientId::parse, problems);
        let read = client(entry, problems);
        given.clients.extend(id.map(|id| (id, read)));
    }
    given.rules = fields.take("linking-rules").and_then(|entry| rule::rules(entry, problems));
    let mails = fields.take("mails").and_then(|entry| value::word(entry, &[("on", true), ("off", false)], problems));
    given.sends_mail = mails.unwrap_or(true);
    given.signed_in = fields.take("signed-in").and_then(|entry| {
        let name = crate::reader::lower::text(entry, problems)?;
        Some((account::name(name, entry.place(), problems)?, entry.place()))
    });
    given.request = fields.take("request").map_or_else(GivenRequest::default, |entry| request(entry, problems));
    fields.refuse_others("`given`", KEYS, problems);
    given
}

fn client(entry: &Entry, problems: &mut Problems) -> GivenClient {
    let mut fields = Fields::of(value::mapping(entry, problems));
    let consent = fields.take("consent").and_then(|entry| value::flag(entry, problems)).unwrap_or(false);
    let (first_login_flow, post_login_flow) = provider::flows(&mut fields, problems);
    fields.refuse_others("a client", &["consent", "first-login-flow", "post-login-flow"], problems);
    GivenClient { consent, first_login_flow, post_login_flow }
}

fn request(entry: &Entry, problems: &mut Problems) -> GivenRequest {
    let mut fields = Fields::of(value::mapping(entry, problems));
    let mut request = GivenRequest {
        client: fields.take("client").and_then(|entry| value::parsed(entry, ClientId::parse, problems)),
        ..GivenRequest::default()
    };
    for (word, span) in fields.take("prompt").map_or_else(Vec::new, |entry| value::texts(entry, problems)) {
        match word {
            "none" => request.prompt.none = true,
            "login" => request.prompt.login = true,
            "consent" => request.prompt.consent = true,
            "select_account" => request.prompt.select_account = true,
            other => {
                let words = ["none", "login", "consent", "select_account"];
                problems
                    .report(&code::UNKNOWN_WORD, span, format!("`prompt` can't be {}", crate::reader::suggest::quoted(other)))
                    .help(crate::reader::suggest::instead_of(other, &words));
            }
        }
    }
    let Prompt { none, login, consent, select_account } = request.prompt;
    if none && (login || consent || select_account) {
        problems
            .report(&code::BAD_TEST_VALUE, entry.place(), "`none` stands alone in `prompt`")
            .help("delete `none`, or the others");
    }
    let scopes = fields.take("scopes").map(|entry| value::texts(entry, problems));
    request.scopes = scopes.map(|scopes| scopes.into_iter().map(|(scope, _)| scope.to_owned()).collect());
    request.max_age = fields.take("max-age").and_then(|entry| value::lasting(entry, problems)).map(|age| age.as_secs());
    request.login_hint = fields.take("login-hint").and_then(|entry| value::line(entry, problems));
    let hint = fields.take("provider-hint");
    request.provider_hint = hint.and_then(|entry| value::parsed(entry, ProviderAlias::parse, problems));
    let wishes: Vec<(&str, Wish)> = SERVES
        .iter()
        .filter_map(|(word, serves)| match serves {
            Serves::Wish(wish) => Some((*word, *wish)),
            Serves::FirstLogin | Serves::PostLogin => None,
        })
        .collect();
    request.wish = fields.take("wish").and_then(|entry| value::word(entry, &wishes, problems));
    let keys = ["client", "prompt", "scopes", "max-age", "login-hint", "provider-hint", "wish"];
    fields.refuse_others("a request", &keys, problems);
    request
}
