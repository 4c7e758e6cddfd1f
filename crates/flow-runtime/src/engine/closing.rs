//! After the flows: what the client may learn, and the end.

use super::again::{Now, how_now, now_of};
use super::run::{Asker, Run, Step};
use crate::ask::{Fact, Question};
use crate::outcome::{DenialCode, Fault, Finish, Next, SignedIn};
use crate::policy::RealmPolicy;
use crate::session::{Chosen, How, Rest};
use crate::write::Write;
use domain::{BrowserSession, Digest, Entropy, IdentityKey, Timestamp};

impl Run {
    /// Somebody is known. What is left is what the client may learn of them.
    pub(super) fn close(self, policy: &RealmPolicy, chosen: Chosen, now: Timestamp, entropy: &Entropy) -> Step {
        let request = &self.session.request;
        match policy.client(&request.client) {
            None => self.deny(DenialCode::ClientDisabled, now),
            Some(client) if client.consent => {
                let question = Question::GrantedScopes { user: chosen.user().id, client: request.client.clone() };
                self.ask(Asker::Grants(Box::new(chosen)), question)
            }
            Some(_) => self.finish(policy, chosen, now, entropy),
        }
    }

    pub(super) fn weigh_grants(
        self,
        policy: &RealmPolicy,
        chosen: Chosen,
        fact: Fact,
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<Step, Fault> {
        let Fact::GrantedScopes(granted) = fact else { return Err(Fault::WrongFact { authenticator: "consent" }) };
        let request = &self.session.request;
        let all_granted = request.scopes.iter().all(|scope| granted.contains(scope));
        if all_granted && !request.prompt.consent {
            return Ok(self.finish(policy, chosen, now, entropy));
        }
        if request.prompt.none {
            return Ok(self.deny(DenialCode::ConsentRequired, now));
        }
        Ok(self.rest(Rest::Consent(Box::new(chosen)), Next::Show))
    }

    /// The person agreed: the account must still be as it was when it signed in.
    pub(super) fn consent(self, chosen: Chosen) -> Step {
        let question = how_now(&chosen);
        self.ask(Asker::Consented(Box::new(chosen)), question)
    }

    pub(super) fn consented(
        mut self,
        policy: &RealmPolicy,
        chosen: Chosen,
        fact: Fact,
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<Step, Fault> {
        let user = match now_of(&chosen, &chosen.user(), fact).ok_or(Fault::WrongFact { authenticator: "consent" })? {
            Now::There(user) => user,
            Now::WithoutIdentity => return self.sign_in_anew(policy, now, entropy),
            Now::Gone(code) => return Ok(self.deny(code, now)),
        };
        if !self.policy_has_client(policy) {
            return Ok(self.deny(DenialCode::ClientDisabled, now));
        }
        let came_with = chosen.identity.as_ref().filter(|_| !matches!(chosen.how, How::BrowserSession(..)));
        if let Some(refusal) = came_with.and_then(|identity| policy.refusal_of(identity)) {
            return Ok(self.deny(refusal, now));
        }
        let request = &self.session.request;
        let grant =
            Write::GrantConsent { user: user.id, client: request.client.clone(), scopes: request.scopes.clone(), at: now };
        self.writes.push(grant);
        let how = match chosen.how {
            How::BrowserSession(_, digest) => How::BrowserSession(user, digest),
            _ => How::Authenticated(user),
        };
        Ok(self.finish(policy, Chosen { how, ..chosen }, now, entropy))
    }

    /// From now on nobody comes with this identity for the first time.
    fn arrives(&mut self, key: IdentityKey) {
        let making = self.writes.iter_mut().find_map(|write| match write {
            Write::Link(link) if link.key == key => Some(link),
            _ => None,
        });
        match making {
            Some(link) => link.arrived = true,
            None => self.writes.push(Write::Arrive(key)),
        }
    }

    fn finish(mut self, policy: &RealmPolicy, chosen: Chosen, now: Timestamp, entropy: &Entropy) -> Step {
        let user = chosen.user();
        let (browser_session, cookie) = if let How::BrowserSession(_, Some(digest)) = &chosen.how {
            (digest.clone(), None)
        } else {
            let cookie = entropy.secret("browser-session");
            (Digest::of(&cookie), Some(cookie))
        };
        if cookie.is_some() {
            // One that takes the place of another one lasts no longer than that.
            let began = if matches!(chosen.how, How::BrowserSession(..)) { chosen.auth_time } else { now };
            if let Some(old) = self.arrival.browser_session.take() {
                self.writes.push(Write::EndBrowserSession(old));
            }
            self.writes.push(Write::StartBrowserSession(Box::new(BrowserSession {
                id: browser_session.clone(),
                user: user.id,
                subject: user.subject.clone(),
                epoch: user.epoch,
                methods: chosen.methods.clone(),
                identity: chosen.identity.clone(),
                passed: self.session.passed.clone(),
                auth_time: chosen.auth_time,
                expires_at: began.plus(policy.limits.session_lifetime),
            })));
        }
        if let Some(key) = chosen.identity.clone().filter(|_| self.session.newcomer == Some(user.id)) {
            self.arrives(key);
        }
        let signed_in =
            SignedIn { user, methods: chosen.methods, identity: chosen.identity, auth_time: chosen.auth_time, browser_session };
        let scopes = self.session.request.scopes.clone();
        let finish = Box::new(Finish { signed_in, scopes, code: entropy.secret("code"), cookie });
        self.rest(Rest::Finished { finish: finish.clone(), at: now }, Next::Finished(finish))
    }
}
