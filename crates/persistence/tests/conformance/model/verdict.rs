//! The judge of the end: whatever the order was in which things happened, this must be so.

use super::judge::shared_addresses;
use super::truth::{Seen, Truth};
use domain::{Digest, User};

impl Truth {
    /// Whoever holds an identity of an account may be in it, and addresses are proved by those who read them.
    pub(super) fn judge_all(&mut self, now: &[Seen]) {
        let mut wrongs = shared_addresses(now);
        for seen in now {
            wrongs.extend(self.strangers_in(seen));
            let email = seen.user.email.as_ref().filter(|email| email.is_proved());
            if let Some(email) = email
                && !self.accounts.get(&seen.user.id).is_some_and(|account| account.proved.contains(&email.address))
            {
                wrongs.push(format!("INV-4: {} counts as proved, and nobody has shown that", email.address));
            }
        }
        let owners: Vec<_> = now.iter().map(|seen| (seen.user.subject.clone(), seen.user.id)).collect();
        for (subject, user) in owners {
            let first = *self.subjects.entry(subject).or_insert(user);
            if first != user {
                wrongs.push(format!("INV-5: the subject of {first} became {user}'s"));
            }
        }
        for wrong in wrongs {
            self.wrong(wrong);
        }
    }

    /// A browser session that lives, of an account as it is now.
    pub(super) fn judge_session(&mut self, digest: &Digest, user: &User) {
        let Some(opened) = self.sessions.get(digest) else { return };
        let who = opened.who;
        if !user.is_open() {
            self.wrong(format!("INV-7: a browser session of {}, which is closed, lives on", user.id));
        }
        if !self.may_enter(who, user.id) {
            self.wrong(format!("INV-3: {} has a browser session of {}", self.cast.people[who].name, user.id));
        }
    }
}
