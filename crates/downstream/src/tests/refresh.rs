//! Refresh tokens: one good generation, and the end of a family.

use super::fixture::{ada, confidential, entropy, in_seconds, issued, refresh_request, registration};
use crate::grant::{self, GRANT_LIFETIME, REFRESH_LIFETIME};
use crate::{Client, ClientRegistration, ErrorCode, Grant, Issuance, RefreshRefusal, RefreshToken, TokenError};
use domain::{Digest, Epoch, Secret, Timestamp, User};
use proptest::prelude::*;

const DAY: i64 = 24 * 60 * 60;

fn refresh(
    token: &(Secret, RefreshToken),
    grant: &Grant,
    scope: &str,
    now: Timestamp,
    seed: u8,
) -> Result<Issuance, RefreshRefusal> {
    let request = refresh_request(&token.0, scope);
    grant::refresh(&request, &token.1, grant, &confidential("app"), Some(&ada()), now, &entropy(seed))
}

/// A family with its first refresh token.
fn family() -> (Grant, (Secret, RefreshToken)) {
    let issuance = issued();
    (issuance.grant, issuance.refresh.unwrap())
}

const REFUSED: Result<Issuance, RefreshRefusal> = Err(RefreshRefusal::Refused(TokenError::REFRESH_TOKEN_NOT_GOOD));
const REUSED: Result<Issuance, RefreshRefusal> = Err(RefreshRefusal::Reused(TokenError::REFRESH_TOKEN_NOT_GOOD));

#[test]
fn oidc_tk_11_every_refresh_makes_the_next_generation() {
    let (grant, first) = family();
    let next = refresh(&first, &grant, "", in_seconds(60), 10).unwrap();
    let (token, row) = next.refresh.clone().unwrap();
    assert_eq!((next.grant.generation, row.generation, row.grant), (1, 1, grant.id));
    assert_eq!(row.digest, Digest::of(&token));
    assert_ne!(token, first.0);
    assert_eq!(next.nonce, None);
    assert_eq!(next.grant, Grant { generation: 1, ..grant });
}

#[test]
fn oidc_tk_11_an_old_generation_ends_the_family() {
    let (grant, first) = family();
    let next = refresh(&first, &grant, "", in_seconds(60), 10).unwrap();
    assert_eq!(refresh(&first, &next.grant, "", in_seconds(61), 11), REUSED);
    // Also much later, and also when the family is dead already: it is never good again.
    assert_eq!(refresh(&first, &next.grant, "", in_seconds(13 * DAY), 11), REUSED);
    let revoked = Grant { revoked_at: Some(in_seconds(62)), ..next.grant };
    assert_eq!(refresh(&next.refresh.unwrap(), &revoked, "", in_seconds(63), 12), REFUSED);
}

#[test]
fn oidc_tk_16_a_repeated_refresh_has_no_grace() {
    let (grant, first) = family();
    let winner = refresh(&first, &grant, "", in_seconds(60), 10).unwrap();
    // The loser of the race holds the same generation; it reads again and finds the winner's.
    assert_eq!(refresh(&first, &winner.grant, "", in_seconds(60), 11), REUSED);
}

#[test]
fn oidc_tk_11_a_refresh_token_is_good_for_its_client_account_and_epoch_only() {
    let (grant, (token, row)) = family();
    let ask = |client: &Client, user: Option<&User>| {
        grant::refresh(&refresh_request(&token, ""), &row, &grant, client, user, in_seconds(60), &entropy(10))
    };
    let app = confidential("app");
    let disabled = Client::register(ClientRegistration { enabled: false, ..registration("app") }).unwrap();
    let closed = User { state: domain::AccountState::Disabled, ..ada() };
    let moved = User { epoch: Epoch(5), ..ada() };
    let refused = [
        (&confidential("other"), Some(&ada())),
        (&disabled, Some(&ada())),
        (&app, None),
        (&app, Some(&closed)),
        (&app, Some(&moved)),
    ];
    for (client, user) in refused {
        assert_eq!(ask(client, user), REFUSED);
    }
    assert!(ask(&app, Some(&ada())).is_ok());
    let no_longer = ClientRegistration { scopes: vec!["openid".to_owned()], ..registration("app") };
    let error = ask(&Client::register(no_longer).unwrap(), Some(&ada())).unwrap_err().error();
    assert_eq!(error.code, ErrorCode::UnauthorizedClient);
}

#[test]
fn oidc_tk_11_another_client_cannot_end_the_family() {
    let (grant, (token, row)) = family();
    let moved_on = Grant { generation: 1, ..grant };
    let answer = grant::refresh(
        &refresh_request(&token, ""),
        &row,
        &moved_on,
        &confidential("other"),
        Some(&ada()),
        in_seconds(60),
        &entropy(10),
    );
    assert_eq!(answer, REFUSED);
}

#[test]
fn a_row_of_another_token_or_family_is_refused() {
    let (grant, (token, row)) = family();
    assert_eq!(refresh(&(Secret::new("another"), row.clone()), &grant, "", in_seconds(60), 10), REFUSED);
    let other = Grant { id: domain::GrantId::from_bytes([9; 16]), ..grant };
    assert_eq!(refresh(&(token, row), &other, "", in_seconds(60), 10), REFUSED);
}

#[test]
fn oidc_tk_12_a_refresh_narrows_the_scope_and_never_widens_it() {
    let (grant, first) = family();
    let narrow = refresh(&first, &grant, "openid email", in_seconds(60), 10).unwrap();
    assert_eq!(narrow.scopes, ["openid", "email"]);
    assert_eq!(narrow.grant.scopes, grant.scopes, "the grant keeps its own");
    let wider = Grant { scopes: vec!["openid".to_owned(), "offline_access".to_owned()], ..grant };
    for scope in ["openid email", "email", "admin"] {
        let refused = refresh(&first, &wider, scope, in_seconds(60), 10).unwrap_err();
        assert!(matches!(refused, RefreshRefusal::Refused(error) if error.code == ErrorCode::InvalidScope), "{scope}");
    }
}

#[test]
fn oidc_tk_13_a_family_ends_although_it_is_used() {
    let (grant, mut token) = family();
    let mut family = grant;
    for day in [10, 20, 29] {
        let next = refresh(&token, &family, "", in_seconds(day * DAY), 10).unwrap();
        (family, token) = (next.grant, next.refresh.unwrap());
    }
    assert_eq!(token.1.expires_at, family.expires_at, "the last token ends with its family");
    assert_eq!(refresh(&token, &family, "", family.created_at.plus(GRANT_LIFETIME), 10), REFUSED);
}

#[test]
fn oidc_tk_13_an_idle_family_ends_sooner() {
    let (grant, first) = family();
    let end = grant.created_at.plus(REFRESH_LIFETIME);
    assert!(refresh(&first, &grant, "", end.minus(std::time::Duration::from_millis(1)), 10).is_ok());
    assert_eq!(refresh(&first, &grant, "", end, 10), REFUSED);
}

proptest! {
    /// Whatever the order in which tokens are presented, at most one is good at any time, and the first old one is the end.
    #[test]
    fn inv_6_a_generation_is_accepted_at_most_once(presented in prop::collection::vec(0..6_usize, 1..20)) {
        let (mut family, first) = family();
        let mut tokens = vec![first];
        let mut accepted = Vec::new();
        for (seed, index) in (20..).zip(presented) {
            let Some(token) = tokens.get(index) else { continue };
            match refresh(token, &family, "", in_seconds(60), seed) {
                Ok(next) => {
                    prop_assert_eq!(index, tokens.len() - 1);
                    prop_assert!(!accepted.contains(&index));
                    accepted.push(index);
                    family = next.grant;
                    tokens.push(next.refresh.unwrap());
                }
                Err(RefreshRefusal::Reused(_)) => family.revoked_at = Some(in_seconds(60)),
                Err(RefreshRefusal::Refused(_)) => prop_assert!(family.revoked_at.is_some()),
            }
            if family.revoked_at.is_some() {
                let last = tokens.last().unwrap();
                prop_assert!(refresh(last, &family, "", in_seconds(60), 99).is_err());
            }
        }
    }
}
