//! An account with something of everything that can live on one.

use crate::clients::{code_through, keep, redeem_with, refresh_token};
use crate::scene::*;
use domain::{
    ActionToken, AssertedEmail, Attribute, AttributeName, BrowserSession, Entropy, Epoch, IdentityId, LinkedIdentity, Secret,
    Username, Vouched,
};
use flow_runtime::{NewUser, Write};
use persistence::{Redeemed, Store};

/// Somebody with a name, a password, a proved address, an attribute, and two identities, `NAME1` and `NAME2`. All that they
/// gained through the first: a browser session `NAME`, a code that waits, and a grant. There are a consent and a mail, too.
pub(crate) struct Living {
    pub(crate) user: NewUser,
    /// The code that waits.
    pub(crate) code: Secret,
    /// The refresh token of the grant.
    pub(crate) refresh: Secret,
}

/// The one attribute.
pub(crate) fn badge() -> AttributeName {
    AttributeName::parse("badge").unwrap()
}

/// Entropy for a name.
pub(crate) fn entropy(name: &str) -> Entropy {
    let half = Entropy::from_bytes([3; 32]).id(name);
    Entropy::from_bytes([half, half].concat().try_into().unwrap())
}

/// The person, before anything is stored.
pub(crate) fn somebody(name: &str) -> NewUser {
    let badge = (badge(), Attribute::entered(vec![format!("{name}'s badge")]).unwrap());
    NewUser {
        username: Some(Username::parse(name).unwrap()),
        password_hash: Some(Secret::new("$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA")),
        attributes: [badge].into(),
        ..person_at(name, proved(&format!("{name}@example.org")))
    }
}

/// One of their identities, as it is tied: whose address nobody vouched for.
pub(crate) fn tie(name: &str, number: u8) -> LinkedIdentity {
    let email = AssertedEmail { address: address(&format!("{name}@campus.example")), vouched: Vouched::No };
    LinkedIdentity { email: Some(email), created_at: at(i64::from(number)), ..link(name, &format!("{name}{number}")) }
}

/// What the tie is called.
pub(crate) fn tie_id(name: &str, number: u8) -> IdentityId {
    tie(name, number).id
}

/// The account's mail that waits.
pub(crate) fn mail(user: &NewUser, name: &str) -> ActionToken {
    ActionToken { user: Some((user.id, Epoch::default())), ..token(&format!("{name}'s mail"), &format!("{name}'s login")) }
}

/// A browser session that was gained through an identity.
pub(crate) fn session_through(user: &NewUser, name: &str, subject: &str) -> BrowserSession {
    BrowserSession { identity: Some(identity(subject)), ..browser_session(name, user) }
}

/// Makes somebody with everything.
pub(crate) async fn live(store: &Store, name: &str) -> Living {
    let user = somebody(name);
    let subject = format!("{name}1");
    done(
        store,
        vec![
            Write::CreateUser(Box::new(user.clone())),
            Write::Link(Box::new(tie(name, 1))),
            Write::Link(Box::new(tie(name, 2))),
            Write::StartBrowserSession(Box::new(session_through(&user, name, &subject))),
            Write::GrantConsent { user: user.id, client: client(), scopes: vec!["openid".into()], at: at(0) },
            Write::IssueToken(Box::new(mail(&user, name))),
        ],
    )
    .await;
    let (redeemed, kept) = code_through(&user, Some(identity(&subject)), &entropy(&format!("{name}'s used code")));
    keep(store, &kept).await;
    let Redeemed::Issued(issuance) = redeem_with(store, &redeemed, at(1), &entropy(&format!("{name}'s token"))).await else {
        panic!("the code is good")
    };
    let (code, kept) = code_through(&user, Some(identity(&subject)), &entropy(&format!("{name}'s code")));
    keep(store, &kept).await;
    Living { user, code, refresh: refresh_token(&issuance) }
}
