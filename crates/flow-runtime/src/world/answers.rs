//! How the world answers questions, and what it counts on the way.

use super::{Given, World, code_of};
use crate::{
    Candidate, Candidates, CodeVerdict, Counter, Fact, FoundUsers, KnownIdentity, LiveSession, OneTimeVerdict, PasswordVerdict,
    Question, Reservation, Sought,
};
use domain::{
    Attribute, AttributeName, BrokeredIdentity, EmailAddress, ExchangeId, Provenance, Secret, SessionKey, Timestamp, User,
    UserId, Username,
};
use std::time::Duration;

impl World {
    /// Answers as the driver would: what costs is counted first.
    pub fn answer(&mut self, login: SessionKey, question: &Question) -> Fact {
        self.asked.push(question.kind());
        match question {
            Question::LiveSession(digest) => {
                let live = self.sessions.get(digest).filter(|session| self.now < session.expires_at);
                let live = live.and_then(|session| {
                    Some(LiveSession { session: session.clone(), user: self.users.get(&session.user)?.clone() })
                });
                Fact::LiveSession(live.map(Box::new))
            }
            Question::FindUsers { username, email } => {
                Fact::FoundUsers(Box::new(self.find_users(username.as_ref(), email.as_ref())))
            }
            Question::FindCandidates(sought) => Fact::Candidates(Box::new(self.find_candidates(sought))),
            Question::IdentitiesOf(user) => Fact::OwnIdentities(self.users.get(user).map(|user| Box::new(self.candidate(user)))),
            Question::FindUser(id) => Fact::FoundUser(self.users.get(id).cloned().map(Box::new)),
            Question::FindIdentity(key) => {
                let known = self.identities.get(key).and_then(|link| {
                    Some(Box::new(KnownIdentity { link: link.clone(), user: self.users.get(&link.user)?.clone() }))
                });
                Fact::FoundIdentity(known)
            }
            Question::Redeem { exchange, params } => {
                if !self.redeemed.insert(exchange.id) {
                    self.wrongs.push("a trip is redeemed twice".to_owned());
                }
                let code = params.code.as_ref().map(|code| code.reveal().to_owned()).unwrap_or_default();
                let answer = self.upstream.get(&code).cloned().unwrap_or(Err(domain::UpstreamFailure::Refused));
                if let Ok(identity) = &answer {
                    self.came_back(login, exchange.id, identity);
                }
                Fact::Brokered(answer)
            }
            Question::CheckPassword { user, login: name, password, reservations } => {
                Fact::Password(self.check_password(login, *user, name, password, reservations))
            }
            Question::CheckOneTimeCode { user, code, reservations } => {
                Fact::OneTimeCode(self.check_one_time_code(login, *user, code, reservations))
            }
            Question::TryOneTimeCode { user, seed, code, reservations } => {
                let right = *code.reveal() == super::one_time_code(seed, 1);
                Fact::TriedOneTimeCode(if self.spend(reservations, &user.to_string()) {
                    Ok(right.then_some(1))
                } else {
                    Err(self.later())
                })
            }
            Question::HashPassword { password, reservations } => {
                Fact::PasswordHash(if self.spend(reservations, "") { Ok(super::hash_of(password)) } else { Err(self.later()) })
            }
            Question::ReserveMail { address, reservations } => {
                Fact::MailReserved((!self.spend(reservations, &address.key())).then(|| self.later()))
            }
            Question::ReserveRecovery { name, reservations } => {
                Fact::MailReserved((!self.spend(reservations, &name.to_lowercase())).then(|| self.later()))
            }
            Question::FindToken(digest) => {
                let live = self.issued.get(digest).filter(|token| self.unused.contains(digest) && self.now < token.expires_at);
                Fact::FoundToken(live.cloned().map(Box::new))
            }
            Question::CheckMailCode { token, code, reservation } => {
                let right = code.reveal() == code_of(token);
                if right {
                    self.given.insert(Given::Mail(login, token.clone()));
                }
                Fact::MailCode(match (self.spend(std::slice::from_ref(reservation), token.as_str()), right) {
                    (false, _) => CodeVerdict::TooMany,
                    (true, true) => CodeVerdict::Right,
                    (true, false) => CodeVerdict::Wrong,
                })
            }
            Question::GrantedScopes { user, client } => {
                Fact::GrantedScopes(self.granted.get(&(*user, client.clone())).cloned().unwrap_or_default())
            }
        }
    }

    /// What a provider's answer shows depends on what the trip was for.
    fn came_back(&mut self, login: SessionKey, trip: ExchangeId, identity: &BrokeredIdentity) {
        let Some(trip) = self.trips.get(&trip) else { return self.wrongs.push("back from a trip that never began".to_owned()) };
        let skew = Duration::from_mins(1);
        let is_fresh = |at: Timestamp| trip.began.minus(skew) <= at && at <= self.now.plus(skew);
        if !trip.proves {
            self.given.insert(Given::Identity(login, identity.key.clone()));
            self.asserted.push((login, identity.clone()));
        } else if identity.auth_time.is_some_and(is_fresh) {
            self.given.insert(Given::CameBack(login, identity.key.clone()));
        }
    }

    fn find_candidates(&self, sought: &Sought) -> Candidates {
        let has = |user: &&User| {
            let email = user.email.as_ref().map(|owned| &owned.address);
            let by_address = email.is_some_and(|own| sought.emails.iter().any(|wanted| own.names_the_same_mailbox_as(wanted)));
            let by_name = user.username.as_ref().is_some_and(|own| sought.usernames.contains(own));
            let value = |(name, value): &(_, String)| user.attributes.get(name).is_some_and(|own| own.has(value));
            user.linking_domain == sought.domain && (by_address || by_name || sought.attributes.iter().any(value))
        };
        let only_claims = |user: &&User| {
            let by_name = user.username.as_ref().is_some_and(|own| sought.usernames.contains(own));
            let handed_out = |name: &AttributeName, own: &Attribute| match &own.provenance {
                Provenance::Provider { provider, .. } => sought.handed_out.contains(&(name.clone(), provider.clone())),
                Provenance::Administrator => true,
                Provenance::Typed => false,
            };
            let value = |(name, value): &(AttributeName, String)| {
                user.attributes.get(name).is_some_and(|own| own.has(value) && handed_out(name, own))
            };
            let proved = sought.emails.iter().any(|wanted| user.has_proved(wanted));
            !proved && !by_name && !sought.attributes.iter().any(value)
        };
        let (claims, sure): (Vec<_>, Vec<_>) = self.users.values().filter(has).partition(only_claims);
        let (more, more_claims) = (sure.len() > Sought::MOST, sure.len() + claims.len() > Sought::MOST);
        let found = sure.into_iter().chain(claims).take(Sought::MOST).map(|user| self.candidate(user)).collect();
        let wanted_is_taken = sought.wanted.is_some() && self.users.values().any(|user| user.username == sought.wanted);
        Candidates { accounts: found, more, more_claims, wanted_is_taken }
    }

    fn candidate(&self, user: &User) -> Candidate {
        let own = self.identities.values().filter(|link| link.user == user.id);
        Candidate { user: user.clone(), identities: own.cloned().collect() }
    }

    fn find_users(&self, username: Option<&Username>, email: Option<&EmailAddress>) -> FoundUsers {
        let has_name = |user: &&User| username.is_some() && user.username.as_ref() == username;
        let has_address = |user: &&User| {
            let owned = user.email.as_ref().map(|owned| &owned.address);
            owned.zip(email).is_some_and(|(owned, wanted)| owned.names_the_same_mailbox_as(wanted))
        };
        FoundUsers {
            by_username: self.users.values().find(has_name).cloned(),
            by_email: self.users.values().filter(has_address).cloned().collect(),
        }
    }

    fn check_password(
        &mut self,
        login: SessionKey,
        user: Option<UserId>,
        name: &str,
        password: &Secret,
        reservations: &[Reservation],
    ) -> PasswordVerdict {
        let counted = user.map_or_else(|| name.to_lowercase(), |user| user.to_string());
        if !self.spend(reservations, &counted) {
            return PasswordVerdict::TooMany { until: self.later() };
        }
        let right = user.filter(|user| self.passwords.get(user).is_some_and(|right| right == password.reveal()));
        let Some(user) = right.and_then(|user| self.users.get(&user)).cloned() else { return PasswordVerdict::Wrong };
        self.given.insert(Given::Password(login, user.id));
        PasswordVerdict::Right(Box::new(user))
    }

    /// A right code is used up at once, whatever becomes of the login.
    fn check_one_time_code(
        &mut self,
        login: SessionKey,
        user: UserId,
        code: &Secret,
        reservations: &[Reservation],
    ) -> OneTimeVerdict {
        if !self.spend(reservations, &user.to_string()) {
            return OneTimeVerdict::TooMany { until: self.later() };
        }
        let (Some(secret), Some(found)) = (self.seeds.get_mut(&user), self.users.get(&user)) else {
            return OneTimeVerdict::Wrong;
        };
        let is_of = |step| *code.reveal() == super::one_time_code(&secret.seed, step);
        if is_of(secret.used) {
            return OneTimeVerdict::Used;
        }
        if !is_of(secret.used.saturating_add(1)) {
            return OneTimeVerdict::Wrong;
        }
        secret.used = secret.used.saturating_add(1);
        self.given.insert(Given::OneTimeCode(login, user));
        OneTimeVerdict::Right(Box::new(found.clone()))
    }

    /// Counts one of each, if all are still within their limits.
    fn spend(&mut self, reservations: &[Reservation], own_key: &str) -> bool {
        if reservations.is_empty() {
            self.wrongs.push("something that costs names nothing that is counted".to_owned());
        }
        let key = |counter| match counter {
            Counter::PasswordByNetwork | Counter::MailByNetwork => (counter, "network".to_owned()),
            _ => (counter, own_key.to_owned()),
        };
        let full = |reservation: &Reservation| {
            self.spent.get(&key(reservation.counter)).is_some_and(|count| *count >= reservation.limit)
        };
        if reservations.iter().any(full) {
            return false;
        }
        for reservation in reservations {
            *self.spent.entry(key(reservation.counter)).or_default() += 1;
        }
        true
    }

    fn later(&self) -> Timestamp {
        self.now.plus(self.policy.limits.password_window)
    }
}
