//! The judge of one commit: compares every account as it was with how it is now, and with what was shown. DESIGN §5, in small.

use super::truth::{By, Seen, Truth};
use domain::{
    Accepted, AccountState, AddressProof, BrowserSession, EmailAddress, Epoch, IdentityKey, LinkedIdentity, ProofKind,
    SessionKey, UserId,
};
use flow_runtime::{Next, Write};
use persistence::Commit;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long ago a provider may have asked for credentials, to count as just now.
const FRESH: Duration = Duration::from_mins(40);

impl Truth {
    /// Judges what one act did. `now` is every account as it is after it.
    pub(super) fn judge(&mut self, by: By, commit: Option<&Commit>, now: Vec<Seen>) {
        let writes = commit.map(|commit| commit.writes.as_slice()).unwrap_or_default();
        self.reads_mails(by, writes);
        let mut wrongs = Vec::new();
        for after in &now {
            let before = self.accounts.get(&after.user.id).and_then(|account| account.seen.clone());
            match &before {
                Some(before) if before == after => continue,
                Some(before) => wrongs.extend(self.wrong_change(by, before, after, writes)),
                None => {}
            }
            wrongs.extend(self.wrong_links(by, before.as_ref(), after, commit));
            wrongs.extend(self.wrong_address(by, before.as_ref(), after));
            wrongs.extend(self.strangers_in(after));
        }
        wrongs.extend(shared_addresses(&now));
        for after in now {
            let account = self.accounts.entry(after.user.id).or_default();
            let before = account.seen.replace(after.clone());
            if let (Some(before), By::Login { key, .. }) = (&before, by) {
                self.goes_on(key, after.user.id, (before.user.epoch, after.user.epoch));
            }
            let gone = before.iter().flat_map(|before| &before.identities).filter(|link| !has(&after, link));
            let ended: Vec<_> = gone.map(|link| link.key.clone()).collect();
            for key in ended {
                self.taken_off(after.user.id, &key);
            }
        }
        for write in writes {
            if let (Write::StartBrowserSession(session), By::Login { who, key }) = (write, by) {
                wrongs.extend(self.wrong_session((who, key), session));
            }
        }
        for wrong in wrongs {
            self.wrong(wrong);
        }
    }

    /// The end of a login: whoever is signed in may be there, also by an older session.
    pub(super) fn judge_end(&mut self, who: usize, next: &Next) {
        let Next::Finished(finish) = next else { return };
        let signed_in = &finish.signed_in;
        let user = signed_in.user.id;
        let open = self.accounts.get(&user).and_then(|account| account.seen.as_ref()).is_some_and(|seen| seen.user.is_open());
        if !open {
            self.wrong(format!("signed in to {user}, which isn't open"));
        }
        if !self.may_enter(who, user) {
            self.wrong(format!("INV-3: {} is signed in to {user}, which isn't theirs", self.cast.people[who].name));
        }
        let alive = self.sessions.get(&signed_in.browser_session).is_some_and(|opened| !opened.ended && opened.who == who);
        if !alive {
            self.wrong(format!("signed in to {user} by a browser session that is over"));
        }
    }

    /// Who used up a mail's token has read that mailbox.
    fn reads_mails(&mut self, by: By, writes: &[Write]) {
        let By::Login { who, key } = by else { return };
        for write in writes {
            let Write::ConsumeToken(digest) = write else { continue };
            let Some(token) = self.tokens.get(digest).cloned() else { continue };
            if !self.cast.people[who].reads(&token.address) || token.session != key {
                self.wrong(format!("a mail to {} was used by whoever doesn't read it, or in another login", token.address));
            }
            let account = token.user.and_then(|(user, epoch)| Some((self.accounts.get(&user)?.seen.clone()?, epoch)));
            if let Some((seen, epoch)) = account.filter(|(seen, _)| seen.user.has_proved(&token.address)) {
                self.shown_in(key).mailboxes.push((seen.user.id, epoch));
            }
            self.shown_in(key).addresses.push(token.address);
        }
    }

    /// What was shown in the login that moved an account's epoch itself still counts there.
    fn goes_on(&mut self, login: SessionKey, user: UserId, (was, is): (Epoch, Epoch)) {
        let shown = self.shown_in(login);
        let pasts = shown.passwords.iter_mut().chain(&mut shown.codes).chain(&mut shown.cookies).chain(&mut shown.mailboxes);
        let own = pasts.filter(|past| **past == (user, was));
        own.for_each(|past| past.1 = is);
    }

    fn wrong_change(&self, by: By, before: &Seen, after: &Seen, writes: &[Write]) -> Vec<String> {
        let (was, is, id) = (&before.user, &after.user, after.user.id);
        let handed_over = writes.iter().any(|write| matches!(write, Write::HandOver { user, .. } if *user == id));
        let mut wrongs = Vec::new();
        let mut never = |broken: bool, what: &str| wrongs.extend(broken.then(|| format!("{id}: {what}")));
        never(was.subject != is.subject, "INV-5: the subject changed");
        never(was.linking_domain != is.linking_domain, "it moved to another domain");
        never(is.epoch < was.epoch || is.version < was.version, "epoch or version went back");
        never(keys(before) != keys(after) && is.version == was.version, "its identities changed, its version didn't");
        never(is != was && is.version == was.version, "it changed, its version didn't");
        let closed = was.is_open() && !is.is_open();
        let newly_proved = proof(after).is_some() && (proof(before) != proof(after));
        let other_factor = before.key != after.key;
        let dies = closed || newly_proved || other_factor || before.hash != after.hash;
        never(dies && is.epoch == was.epoch, "its past should have died");
        never(was.state == AccountState::Deleted && before != after, "a deleted account changed");
        let empty = is.email.is_none() && is.username.is_none() && after.hash.is_none() && after.identities.is_empty();
        never(is.state == AccountState::Deleted && !empty, "something is left of a deleted account");
        if let By::Login { who, key } = by {
            never(was.state != is.state, "a login opened or closed it");
            let loses_only_a_claim = proof(before).is_none() && is.email.is_none() && keys(before) == keys(after);
            never(!was.is_open() && !loses_only_a_claim, "INV-7: a login changed a closed account");
            let shown = handed_over || self.may_enter(who, id);
            never(before.hash != after.hash && !shown, "INV-3: a stranger changed the password");
            let held = !was.has_one_time_codes || self.has_shown_factor(key, (id, was.epoch));
            never(other_factor && !handed_over && !(self.may_enter(who, id) && held), "P3: a second factor got around itself");
            let replaced = self.may_enter(who, id) && after.identities.len() >= before.identities.len();
            never(
                before.identities.iter().any(|link| !has(after, link)) && !replaced && !handed_over,
                "a login took an identity off",
            );
            never(
                proof(before).is_some() && was.email != is.email && !self.may_enter(who, id),
                "INV-3: a stranger changed the address",
            );
            let lost = was.email.as_ref().filter(|_| is.email.is_none());
            never(lost.is_some_and(|lost| !self.has_shown(key, &lost.address)), "it lost its address to nobody");
        }
        wrongs
    }

    /// INV-3: whoever holds an identity of an account may be in it.
    pub(super) fn strangers_in(&self, seen: &Seen) -> Vec<String> {
        let id = seen.user.id;
        let stranger = |link: &&LinkedIdentity| self.cast.holder_of(&link.key).is_none_or(|who| !self.may_enter(who, id));
        seen.identities
            .iter()
            .filter(stranger)
            .map(|link| format!("INV-3: {} opens {id}, which isn't theirs", link.key))
            .collect()
    }

    /// Whether this login showed the second factor of an account, or set it up.
    fn has_shown_factor(&self, login: SessionKey, past: (UserId, Epoch)) -> bool {
        self.was_shown_in(login).is_some_and(|shown| {
            let in_session = shown.cookies.contains(&past);
            shown.codes.iter().any(|(user, _)| *user == past.0) || shown.phones.contains(&past.0) || in_session
        })
    }

    fn has_shown(&self, login: SessionKey, address: &EmailAddress) -> bool {
        let read = self.was_shown_in(login).map(|shown| shown.addresses.as_slice()).unwrap_or_default();
        read.iter().any(|read| read.names_the_same_mailbox_as(address)) || self.was_vouched_for(login, address)
    }

    fn wrong_links(&mut self, by: By, before: Option<&Seen>, after: &Seen, commit: Option<&Commit>) -> Vec<String> {
        let new = after.identities.iter().filter(|link| before.is_none_or(|before| !has(before, link)));
        let mut wrongs = Vec::new();
        for link in new {
            let holder = self.cast.holder_of(&link.key);
            let right = match by {
                By::Administrator => holder.is_some_and(|holder| self.may_enter(holder, link.user)),
                By::Login { who, key } => holder == Some(who) && self.has_proved_it((who, key), before, link, commit),
            };
            if right {
                let account = self.accounts.entry(link.user).or_default();
                account.allowed.extend(holder);
            } else {
                wrongs.push(format!(
                    "INV-2: {} was tied to {} by {:?}, which nobody had shown",
                    link.key, link.user, link.proof.kind
                ));
            }
        }
        wrongs
    }

    /// Whether this login showed what the tie says that it did.
    fn has_proved_it(
        &self,
        (who, login): (usize, SessionKey),
        before: Option<&Seen>,
        link: &LinkedIdentity,
        commit: Option<&Commit>,
    ) -> bool {
        let Some(shown) = self.was_shown_in(login) else { return false };
        let came = shown.asserted.iter().any(|identity| identity.key == link.key);
        let Some(before) = before else {
            return came && shown.made.contains(&link.user) && link.proof.kind == ProofKind::Created;
        };
        let past = (link.user, before.user.epoch);
        let by_address = |address: &EmailAddress| before.user.has_proved(address);
        let handed_over = commit.is_some_and(|commit| {
            commit.writes.iter().any(|write| matches!(write, Write::HandOver { user, .. } if *user == link.user))
        });
        let claimed = before.user.email.as_ref().filter(|_| handed_over).map(|email| &email.address);
        if claimed.is_some_and(|claimed| self.has_shown(login, claimed)) {
            return came && before.user.is_open();
        }
        let fits = match link.proof.kind {
            ProofKind::Password => shown.passwords.contains(&past),
            ProofKind::Mailbox => shown.mailboxes.contains(&past),
            ProofKind::TrustedAssertion => {
                let own = before.user.email.as_ref();
                own.is_some_and(|own| by_address(&own.address) && self.was_vouched_for(login, &own.address))
            }
            ProofKind::LinkedProvider => shown.came_back.iter().any(|identity| {
                let fresh = identity.auth_time.zip(commit).is_some_and(|(at, commit)| commit.now.since(at) <= FRESH);
                let tied = before.identities.iter().any(|own| own.key == identity.key);
                fresh && tied && identity.key != link.key
            }),
            ProofKind::Created | ProofKind::Administrator | ProofKind::Waived => false,
        };
        // Keycloak's tree asks for no code after a mail, and says so in a waiver.
        let is_waived = link.proof.kind == ProofKind::Mailbox
            && matches!(&link.proof.accepted, Accepted::Login { flow, .. } if flow.as_str() == "keycloak-first-broker-login");
        let factor = !before.user.has_one_time_codes || is_waived || self.has_shown_factor(login, past);
        came && fits && factor && before.user.is_open() && self.may_enter(who, link.user)
    }

    /// An address counts as proved by whoever reads it, or by a word that counts.
    fn wrong_address(&mut self, by: By, before: Option<&Seen>, after: &Seen) -> Option<String> {
        let is = proof(after).filter(|_| before.is_none_or(|before| proof(before) != proof(after)))?;
        let address = after.user.email.as_ref()?.address.clone();
        let right = match (is, by) {
            (_, By::Administrator) => true,
            (AddressProof::Mailbox { .. }, By::Login { key, .. }) => {
                let read = self.was_shown_in(key).map(|shown| shown.addresses.as_slice()).unwrap_or_default();
                read.iter().any(|read| read.names_the_same_mailbox_as(&address))
            }
            (AddressProof::TrustedProvider { .. }, By::Login { key, .. }) => self.was_vouched_for(key, &address),
            (AddressProof::Administrator { .. }, By::Login { .. }) => false,
        };
        let account = self.accounts.entry(after.user.id).or_default();
        account.proved.push(address.clone());
        (!right).then(|| format!("INV-4: {address} counts as proved, and nobody has shown that"))
    }

    fn wrong_session(&self, (who, login): (usize, SessionKey), session: &BrowserSession) -> Option<String> {
        let id = session.user;
        let seen = self.accounts.get(&id)?.seen.as_ref()?;
        let Some(shown) = self.was_shown_in(login) else { return Some(format!("a session of {id} for nothing")) };
        let past = (id, session.epoch);
        let came_signed_in = shown.cookies.contains(&past);
        let shown = match &session.identity {
            Some(key) => {
                let tied = seen.identities.iter().any(|link| link.key == *key);
                tied && shown.asserted.iter().any(|identity| identity.key == *key)
            }
            None => {
                shown.passwords.contains(&past) || shown.made.contains(&id) || shown.mailboxes.iter().any(|(user, _)| *user == id)
            }
        };
        // A session that was there before may be replaced by one like it.
        let shown = shown || came_signed_in;
        let says = |what: &str| Some(format!("a session of {id} for {}: {what}", self.cast.people[who].name));
        match () {
            () if !self.may_enter(who, id) => says("INV-3: it isn't theirs"),
            () if !seen.user.is_open() => says("INV-7: it is closed"),
            () if seen.user.epoch != session.epoch => says("its past is dead"),
            () if !shown => says("nobody has shown that"),
            () if seen.user.has_one_time_codes && !self.has_shown_factor(login, past) => says("P3: without the second factor"),
            () => None,
        }
    }
}

fn keys(seen: &Seen) -> Vec<&IdentityKey> {
    seen.identities.iter().map(|link| &link.key).collect()
}

fn has(seen: &Seen, link: &LinkedIdentity) -> bool {
    seen.identities.iter().any(|own| own.id == link.id && own.key == link.key)
}

fn proof(seen: &Seen) -> Option<&AddressProof> {
    seen.user.email.as_ref().and_then(|email| email.proof.as_ref())
}

/// INV-4: an address is proved by one account of a domain.
pub(super) fn shared_addresses(now: &[Seen]) -> Vec<String> {
    let mut found = BTreeMap::<_, Vec<UserId>>::new();
    for seen in now {
        if let Some(email) = seen.user.email.as_ref().filter(|email| email.is_proved()) {
            found.entry((seen.user.linking_domain.clone(), email.address.key())).or_default().push(seen.user.id);
        }
    }
    let twice = found.into_iter().filter(|(_, users)| users.len() > 1);
    twice.map(|((_, address), users)| format!("INV-4: {address} is proved by {users:?}")).collect()
}
