//! Finds the answers to the runtime's questions.

use super::{DriveError, Driver};
use crate::{adapters, one_time};
use domain::{CallbackParams, Digest, Entropy, RealmId, Secret, Timestamp, UpstreamExchange, UserId};
use flow_runtime::definition::declaration::AskKind;
use flow_runtime::{CodeVerdict, Counter, Fact, OneTimeVerdict, PasswordVerdict, Question, Reservation};
use persistence::single_use::SingleUse;
use persistence::{CountKey, Counted, Store, StoreError};
use std::error::Error;
use std::time::Duration;
use upstream::Trip;

/// How long a used trip is remembered: longer than any login lasts.
const TRIPS_REMEMBERED: Duration = Duration::from_hours(24);

/// A question that is counted, and for whom.
pub(crate) type Cost = (AskKind, String);

/// What a question costs. The form that it comes from is the request's own, so its password or code is always the same one.
fn cost(question: &Question) -> Option<Cost> {
    let subject = match question {
        Question::CheckPassword { user, login, .. } => user.map_or_else(|| login.clone(), |user| user.to_string()),
        Question::CheckMailCode { token, .. } => token.as_str().to_owned(),
        Question::CheckOneTimeCode { user, .. } | Question::TryOneTimeCode { user, .. } => user.to_string(),
        Question::ReserveMail { address, .. } => address.key(),
        Question::ReserveRecovery { name, .. } => name.to_lowercase(),
        Question::HashPassword { .. } => String::new(),
        _ => return None,
    };
    Some((question.kind(), subject))
}

/// The answer to a question that changes nothing. None: it is one that costs something.
pub(crate) async fn read(
    store: &Store,
    realm: &RealmId,
    question: &Question,
    now: Timestamp,
) -> Result<Option<Fact>, StoreError> {
    Ok(Some(match question {
        Question::LiveSession(digest) => Fact::LiveSession(store.live_session(realm, digest, now).await?.map(Box::new)),
        Question::FindUsers { username, email } => {
            Fact::FoundUsers(Box::new(store.find_users(realm, username.as_ref(), email.as_ref()).await?))
        }
        Question::FindUser(user) => Fact::FoundUser(store.find_user(realm, *user).await?.map(Box::new)),
        Question::FindCandidates(sought) => Fact::Candidates(Box::new(store.find_candidates(realm, sought).await?)),
        Question::IdentitiesOf(user) => Fact::OwnIdentities(store.own_identities(realm, *user).await?.map(Box::new)),
        Question::FindIdentity(key) => Fact::FoundIdentity(store.find_identity(realm, key).await?.map(Box::new)),
        Question::GrantedScopes { user, client } => Fact::GrantedScopes(store.granted_scopes(realm, *user, client).await?),
        Question::FindToken(digest) => Fact::FoundToken(store.find_token(realm, digest, now).await?.map(Box::new)),
        Question::Redeem { .. }
        | Question::HashPassword { .. }
        | Question::CheckPassword { .. }
        | Question::CheckOneTimeCode { .. }
        | Question::TryOneTimeCode { .. }
        | Question::ReserveMail { .. }
        | Question::ReserveRecovery { .. }
        | Question::CheckMailCode { .. } => return Ok(None),
    }))
}

impl Driver<'_> {
    /// The answer. None: the question was for something that was used up before. What is counted is asked once in a request.
    pub(super) async fn answer(&mut self, question: &Question, entropy: &Entropy) -> Result<Option<Fact>, DriveError> {
        let cost = cost(question);
        if let Some((_, fact)) = self.counted.iter().find(|(paid, _)| cost.as_ref() == Some(paid)) {
            return Ok(Some(fact.clone()));
        }
        let fact = self.find(question, entropy).await?;
        if let (Some(cost), Some(fact)) = (cost, &fact) {
            self.counted.push((cost, fact.clone()));
        }
        Ok(fact)
    }

    async fn find(&mut self, question: &Question, entropy: &Entropy) -> Result<Option<Fact>, DriveError> {
        let (store, realm, now) = (&self.shared.store, self.realm.id(), adapters::now());
        Ok(Some(match question {
            Question::HashPassword { password, reservations } => {
                let counted = self.reservations(reservations, &CountKey::text(self.network));
                Fact::PasswordHash(match store.reserve(realm, &counted, now).await? {
                    None => Ok(self.shared.passwords.hash(password, entropy).await?),
                    Some(until) => Err(until),
                })
            }
            Question::Redeem { exchange, params } => return self.redeem(exchange, params).await,
            Question::CheckPassword { user, login, password, reservations } => {
                Fact::Password(self.password(*user, login, password, reservations).await?)
            }
            Question::ReserveMail { address, reservations } => {
                let counted = self.reservations(reservations, &CountKey::text(&address.key()));
                Fact::MailReserved(store.reserve(realm, &counted, now).await?)
            }
            Question::ReserveRecovery { name, reservations } => {
                let counted = self.reservations(reservations, &CountKey::text(&name.to_lowercase()));
                Fact::MailReserved(store.reserve(realm, &counted, now).await?)
            }
            Question::CheckMailCode { token, code, reservation } => {
                Fact::MailCode(self.mail_code(token, code, reservation).await?)
            }
            Question::CheckOneTimeCode { user, code, reservations } => {
                Fact::OneTimeCode(self.one_time_code(*user, code, reservations).await?)
            }
            Question::TryOneTimeCode { user, seed, code, reservations } => {
                let counted = self.reservations(reservations, &CountKey::user(*user));
                Fact::TriedOneTimeCode(match store.reserve(realm, &counted, now).await? {
                    None => Ok(one_time::steps_of(seed, code, now).last().copied()),
                    Some(until) => Err(until),
                })
            }
            question => return Ok(read(store, realm, question, now).await?),
        }))
    }

    /// Gives each reservation the key that it is counted by.
    fn reservations(&self, reservations: &[Reservation], subject: &CountKey) -> Vec<Counted> {
        let key = |counter| match counter {
            Counter::PasswordByNetwork | Counter::RegistrationByNetwork | Counter::MailByNetwork => CountKey::text(self.network),
            Counter::PasswordByAccount
            | Counter::MailByAddress
            | Counter::RecoveryByName
            | Counter::CodeByToken
            | Counter::OneTimeCodeByAccount => subject.clone(),
        };
        let counted = |reservation: &Reservation| Counted { reservation: reservation.clone(), key: key(reservation.counter) };
        reservations.iter().map(counted).collect()
    }

    async fn password(
        &self,
        user: Option<UserId>,
        login: &str,
        password: &Secret,
        reservations: &[Reservation],
    ) -> Result<PasswordVerdict, DriveError> {
        let (store, realm) = (&self.shared.store, self.realm.id());
        let subject = user.map_or_else(|| CountKey::text(&login.to_lowercase()), CountKey::user);
        if let Some(until) = store.reserve(realm, &self.reservations(reservations, &subject), adapters::now()).await? {
            return Ok(PasswordVerdict::TooMany { until });
        }
        let stored = match user {
            Some(user) => store.password_hash(realm, user).await?,
            None => None,
        };
        let right = self.shared.passwords.is_right(stored.as_ref().map(|(hash, _)| hash), password).await?;
        Ok(match stored {
            Some((_, user)) if right => PasswordVerdict::Right(Box::new(user)),
            _ => PasswordVerdict::Wrong,
        })
    }

    /// A right code is used up at once, by this login: should the login look again, or the same form come twice, it counts still.
    async fn one_time_code(
        &self,
        user: UserId,
        code: &Secret,
        reservations: &[Reservation],
    ) -> Result<OneTimeVerdict, DriveError> {
        let (store, realm, now) = (&self.shared.store, self.realm.id(), adapters::now());
        if let Some(until) = store.reserve(realm, &self.reservations(reservations, &CountKey::user(user)), now).await? {
            return Ok(OneTimeVerdict::TooMany { until });
        }
        let Some(stored) = store.one_time_codes(realm, user).await? else { return Ok(OneTimeVerdict::Wrong) };
        let steps = one_time::steps_of(&stored.secret.seed, code, now);
        for step in &steps {
            if store.use_one_time_code(realm, (user, stored.set_at), *step, self.login).await? {
                return Ok(OneTimeVerdict::Right(Box::new(stored.user)));
            }
        }
        Ok(if steps.is_empty() { OneTimeVerdict::Wrong } else { OneTimeVerdict::Used })
    }

    async fn mail_code(&self, token: &Digest, code: &Secret, reservation: &Reservation) -> Result<CodeVerdict, DriveError> {
        let counted = self.reservations(std::slice::from_ref(reservation), &CountKey::text(token.as_str()));
        if self.shared.store.reserve(self.realm.id(), &counted, adapters::now()).await?.is_some() {
            return Ok(CodeVerdict::TooMany);
        }
        let right = self.realm.hub.mail_code_is(token, code);
        Ok(if right { CodeVerdict::Right } else { CodeVerdict::Wrong })
    }

    /// Trades the code, once: the trip is used up first, and what came of it is kept while the login looks again.
    async fn redeem(&mut self, exchange: &UpstreamExchange, params: &CallbackParams) -> Result<Option<Fact>, DriveError> {
        if let Some((id, outcome)) = &self.redeemed
            && *id == exchange.id
        {
            return Ok(Some(Fact::Brokered(outcome.clone())));
        }
        let (now, mark) = (adapters::now(), Digest::of_bytes(exchange.id.as_bytes()));
        let first = self.shared.store.use_once(self.realm.id(), SingleUse::Exchange, &mark, now.plus(TRIPS_REMEMBERED), now);
        if !first.await? {
            return Ok(None);
        }
        let Some(provider) = self.realm.providers.get(&exchange.provider) else {
            return Ok(Some(Fact::Brokered(Err(domain::UpstreamFailure::Unavailable))));
        };
        let trip = self.trip(exchange);
        let outcome = match provider.redeem(&trip, params, now).await {
            Ok(identity) => Ok(Box::new(identity)),
            Err(error) => {
                self.log_upstream(exchange, &error);
                Err(error.failure())
            }
        };
        self.redeemed = Some((exchange.id, outcome.clone()));
        Ok(Some(Fact::Brokered(outcome)))
    }

    /// One trip, with the secrets that belong to it.
    pub(crate) fn trip(&self, exchange: &UpstreamExchange) -> Trip {
        let (hub, login) = (&self.realm.hub, self.login);
        Trip {
            redirect_uri: self.realm.callback_url(&exchange.provider),
            state: hub.state(login, exchange.id, exchange.provider.as_str()),
            nonce: hub.nonce(login, exchange.id),
            verifier: hub.verifier(login, exchange.id),
            fresh: exchange.fresh,
            login_hint: None,
            ui_locales: Vec::new(),
        }
    }

    /// The one line that the log has for a failed trip.
    pub(crate) fn log_upstream(&self, exchange: &UpstreamExchange, error: &(dyn Error + 'static)) {
        let reference = crate::respond::reference_of(self.login);
        tracing::warn!(error, realm = %self.realm.id(), provider = %exchange.provider, reference, "a trip to a provider failed");
    }
}
