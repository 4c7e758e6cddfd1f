//! The answers to a login's questions, from the store and from what people really have.

use super::browser::Browser;
use super::place::Place;
use domain::{CallbackParams, Digest, Secret, Timestamp, UpstreamExchange, UpstreamFailure, UserId};
use flow_runtime::world::one_time_code;
use flow_runtime::{CodeVerdict, Counter, Fact, OneTimeVerdict, PasswordVerdict, Question, Reservation};
use persistence::{CountKey, Counted, SingleUse};
use std::time::Duration;

/// What is stored of a password: the password, in the form that the oracle wants of a hash.
pub(super) fn stored(password: &str) -> Secret {
    Secret::new(format!("$plain$v=1${password}"))
}

/// A stand-in for the HMAC of a token: six digits that nobody knows without the mail.
pub(super) fn code_of(token: &Digest) -> String {
    let sum = token.as_str().bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(131).wrapping_add(u64::from(byte)));
    format!("{:06}", sum % 1_000_000)
}

/// The steps whose codes count at a time.
pub(super) fn steps_at(now: Timestamp) -> [i64; 3] {
    let current = now.as_seconds() / 30;
    [current - 1, current, current + 1]
}

fn reservations(reservations: &[Reservation], subject: &CountKey) -> Vec<Counted> {
    let key = |counter| match counter {
        Counter::PasswordByNetwork | Counter::RegistrationByNetwork | Counter::MailByNetwork => CountKey::text("network"),
        _ => subject.clone(),
    };
    let counted = |reservation: &Reservation| Counted { reservation: reservation.clone(), key: key(reservation.counter) };
    reservations.iter().map(counted).collect()
}

impl Browser {
    /// The answer. None: the question was for something that was used up before.
    pub(super) async fn answer(&mut self, place: &Place, question: &Question) -> Option<Fact> {
        let cost = cost(question);
        if let Some((_, fact)) = self.counted.iter().find(|(paid, _)| cost.as_ref() == Some(paid)) {
            return Some(fact.clone());
        }
        let fact = self.find(place, question).await;
        if let (Some(cost), Some(fact)) = (cost, &fact) {
            self.counted.push((cost, fact.clone()));
        }
        fact
    }

    async fn find(&mut self, place: &Place, question: &Question) -> Option<Fact> {
        let (store, realm, now) = (&place.store, &place.realm, place.now());
        Some(match question {
            Question::LiveSession(digest) => {
                let live = store.live_session(realm, digest, now).await.unwrap();
                if let Some(live) = &live {
                    place.truth().came_signed_in(self.key, &live.user);
                }
                Fact::LiveSession(live.map(Box::new))
            }
            Question::FindUsers { username, email } => {
                Fact::FoundUsers(Box::new(store.find_users(realm, username.as_ref(), email.as_ref()).await.unwrap()))
            }
            Question::FindUser(user) => Fact::FoundUser(store.find_user(realm, *user).await.unwrap().map(Box::new)),
            Question::FindCandidates(sought) => Fact::Candidates(Box::new(store.find_candidates(realm, sought).await.unwrap())),
            Question::IdentitiesOf(user) => Fact::OwnIdentities(store.own_identities(realm, *user).await.unwrap().map(Box::new)),
            Question::FindIdentity(key) => Fact::FoundIdentity(store.find_identity(realm, key).await.unwrap().map(Box::new)),
            Question::GrantedScopes { user, client } => {
                Fact::GrantedScopes(store.granted_scopes(realm, *user, client).await.unwrap())
            }
            Question::FindToken(digest) => Fact::FoundToken(store.find_token(realm, digest, now).await.unwrap().map(Box::new)),
            Question::HashPassword { password, reservations: wanted } => {
                let counted = reservations(wanted, &CountKey::text("network"));
                Fact::PasswordHash(match store.reserve(realm, &counted, now).await.unwrap() {
                    None => Ok(stored(password.reveal())),
                    Some(until) => Err(until),
                })
            }
            Question::ReserveMail { address, reservations: wanted } => {
                let counted = reservations(wanted, &CountKey::text(&address.key()));
                Fact::MailReserved(store.reserve(realm, &counted, now).await.unwrap())
            }
            Question::ReserveRecovery { name, reservations: wanted } => {
                let counted = reservations(wanted, &CountKey::text(&name.to_lowercase()));
                Fact::MailReserved(store.reserve(realm, &counted, now).await.unwrap())
            }
            Question::Redeem { exchange, params } => return self.redeem(place, exchange, params).await,
            Question::CheckPassword { user, login, password, reservations } => {
                Fact::Password(self.password(place, (*user, login), password, reservations).await)
            }
            Question::CheckOneTimeCode { user, code, reservations } => {
                Fact::OneTimeCode(self.one_time_code(place, *user, code, reservations).await)
            }
            Question::TryOneTimeCode { user, seed, code, reservations: wanted } => {
                let counted = reservations(wanted, &CountKey::user(*user));
                Fact::TriedOneTimeCode(match store.reserve(realm, &counted, now).await.unwrap() {
                    None => Ok(steps_at(now).into_iter().find(|step| one_time_code(seed, *step) == code.reveal())),
                    Some(until) => Err(until),
                })
            }
            Question::CheckMailCode { token, code, reservation } => {
                Fact::MailCode(self.mail_code(place, token, code, reservation).await)
            }
        })
    }

    async fn password(
        &self,
        place: &Place,
        (user, login): (Option<UserId>, &str),
        password: &Secret,
        wanted: &[Reservation],
    ) -> PasswordVerdict {
        let subject = user.map_or_else(|| CountKey::text(&login.to_lowercase()), CountKey::user);
        let counted = reservations(wanted, &subject);
        if let Some(until) = place.store.reserve(&place.realm, &counted, place.now()).await.unwrap() {
            return PasswordVerdict::TooMany { until };
        }
        let Some(user) = user else { return PasswordVerdict::Wrong };
        match place.store.password_hash(&place.realm, user).await.unwrap() {
            Some((hash, user)) if hash.reveal() == stored(password.reveal()).reveal() => {
                place.truth().gave_password(self.key, &user);
                PasswordVerdict::Right(Box::new(user))
            }
            _ => PasswordVerdict::Wrong,
        }
    }

    async fn one_time_code(&self, place: &Place, user: UserId, code: &Secret, wanted: &[Reservation]) -> OneTimeVerdict {
        let (store, realm, now) = (&place.store, &place.realm, place.now());
        let counted = reservations(wanted, &CountKey::user(user));
        if let Some(until) = store.reserve(realm, &counted, now).await.unwrap() {
            return OneTimeVerdict::TooMany { until };
        }
        let Some(stored) = store.one_time_codes(realm, user).await.unwrap() else { return OneTimeVerdict::Wrong };
        let right = |step: &i64| one_time_code(&stored.secret.seed, *step) == code.reveal();
        let Some(step) = steps_at(now).into_iter().find(right) else { return OneTimeVerdict::Wrong };
        if !store.use_one_time_code(realm, (user, stored.set_at), step, self.key).await.unwrap() {
            return OneTimeVerdict::Used;
        }
        place.truth().gave_code(self.key, &stored.user, step);
        OneTimeVerdict::Right(Box::new(stored.user))
    }

    async fn mail_code(&self, place: &Place, token: &Digest, code: &Secret, wanted: &Reservation) -> CodeVerdict {
        let counted = reservations(std::slice::from_ref(wanted), &CountKey::text(token.as_str()));
        if place.store.reserve(&place.realm, &counted, place.now()).await.unwrap().is_some() {
            return CodeVerdict::TooMany;
        }
        if code.reveal() == code_of(token) { CodeVerdict::Right } else { CodeVerdict::Wrong }
    }

    /// Trades the code, once. The code says which of the person's identities came back.
    async fn redeem(&mut self, place: &Place, exchange: &UpstreamExchange, params: &CallbackParams) -> Option<Fact> {
        if let Some((id, fact)) = &self.redeemed
            && *id == exchange.id
        {
            return Some(fact.clone());
        }
        let (now, mark) = (place.now(), Digest::of_bytes(exchange.id.as_bytes()));
        let until = now.plus(Duration::from_hours(24));
        if !place.store.use_once(&place.realm, SingleUse::Exchange, &mark, until, now).await.unwrap() {
            return None;
        }
        let number: Option<usize> = params.code.as_ref().and_then(|code| code.reveal().parse().ok());
        let answer = match number.and_then(|number| place.cast.people[self.who].identities.get(number)) {
            Some(identity) => {
                let mut identity = identity.clone();
                identity.auth_time = Some(if exchange.fresh { now } else { now.minus(Duration::from_hours(1)) });
                place.truth().asserted(self.key, exchange.id, &identity);
                Ok(Box::new(identity))
            }
            None => Err(UpstreamFailure::Cancelled),
        };
        let fact = Fact::Brokered(answer);
        self.redeemed = Some((exchange.id, fact.clone()));
        Some(fact)
    }
}

/// A question that is counted, and for whom.
fn cost(question: &Question) -> Option<String> {
    let subject = match question {
        Question::CheckPassword { user, login, .. } => user.map_or_else(|| login.clone(), |user| user.to_string()),
        Question::CheckMailCode { token, .. } => token.as_str().to_owned(),
        Question::CheckOneTimeCode { user, .. } | Question::TryOneTimeCode { user, .. } => user.to_string(),
        Question::ReserveMail { address, .. } => address.key(),
        Question::ReserveRecovery { name, .. } => name.to_lowercase(),
        Question::HashPassword { .. } => String::new(),
        _ => return None,
    };
    Some(format!("{:?} {subject}", question.kind()))
}
