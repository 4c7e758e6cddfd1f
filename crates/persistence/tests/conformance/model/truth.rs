//! What really happened: who showed what, who made which account, who reads which mailbox. The judge goes by it, never by what the
//! runtime believes.

use super::cast::Cast;
use domain::{
    ActionToken, BrokeredIdentity, BrowserSession, CanonicalSubject, Digest, EmailAddress, Epoch, ExchangeId, IdentityKey,
    LinkedIdentity, Secret, SessionKey, User, UserId, Vouched,
};
use flow_runtime::{Rest, Write};
use persistence::Commit;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// Somebody, in a login.
    Login { who: usize, key: SessionKey },
    /// An administrator, who never errs.
    Administrator,
}

/// What was shown in one login.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// Right passwords, and the account's past that each belonged to.
    pub(super) passwords: Vec<(UserId, Epoch)>,
    /// Right codes of second factors, and the account's past that each belonged to.
    pub(super) codes: Vec<(UserId, Epoch)>,
    /// Accounts that got a second factor.
    pub(super) phones: Vec<UserId>,
    /// Accounts that the browser was signed in to.
    pub(super) cookies: Vec<(UserId, Epoch)>,
    /// What providers asserted, the newest last.
    pub(super) asserted: Vec<BrokeredIdentity>,
    /// What providers asserted on trips that were to prove an account, and nothing else.
    pub(super) came_back: Vec<BrokeredIdentity>,
    /// Accounts whose proved mailbox was read.
    pub(super) mailboxes: Vec<(UserId, Epoch)>,
    /// Addresses whose mail was read.
    pub(super) addresses: Vec<EmailAddress>,
    /// Accounts that were made.
    pub(super) made: Vec<UserId>,
}

/// An account as it was seen last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) user: User,
    pub(super) identities: Vec<LinkedIdentity>,
    pub(super) hash: Option<String>,
    /// The key of the second factor.
    pub(super) key: Option<String>,
}

/// An account, and who may be in it.
#[derive(Debug, Default)]
pub(super) struct Account {
    /// Whoever made it, or was rightly let in.
    pub(super) allowed: BTreeSet<usize>,
    /// The addresses that it has proved, now or once.
    pub(super) proved: Vec<EmailAddress>,
    pub(super) seen: Option<Seen>,
}

/// A browser session that somebody got.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) who: usize,
    pub(super) session: BrowserSession,
    /// It was ended, or the identity that it was gained through is gone.
    pub(super) ended: bool,
}

struct Mail {
    login: SessionKey,
    to: EmailAddress,
    token: Digest,
}

pub(super) struct Truth {
    pub(super) cast: Arc<Cast>,
    pub(super) accounts: BTreeMap<UserId, Account>,
    /// Whom each subject was given to.
    pub(super) subjects: BTreeMap<CanonicalSubject, UserId>,
    pub(super) sessions: BTreeMap<Digest, Opened>,
    pub(super) tokens: BTreeMap<Digest, ActionToken>,
    pub(super) used: BTreeSet<Digest>,
    /// Trips of logins that know already whose identity they are about.
    proving_trips: BTreeSet<ExchangeId>,
    /// The login in which each one-time code counted.
    codes: BTreeMap<(UserId, Epoch, i64), SessionKey>,
    /// Whose phone makes the codes of an account, and of which key.
    phones: BTreeMap<UserId, (usize, Secret)>,
    mails: Vec<Mail>,
    shown: BTreeMap<SessionKey, Shown>,
    /// What happened, in order.
    pub(super) trace: Vec<String>,
    /// What must not have happened.
    pub(super) wrongs: Vec<String>,
}

impl Truth {
    pub(super) fn new(cast: Arc<Cast>) -> Self {
        Self {
            cast,
            accounts: BTreeMap::new(),
            subjects: BTreeMap::new(),
            sessions: BTreeMap::new(),
            tokens: BTreeMap::new(),
            used: BTreeSet::new(),
            proving_trips: BTreeSet::new(),
            codes: BTreeMap::new(),
            phones: BTreeMap::new(),
            mails: Vec::new(),
            shown: BTreeMap::new(),
            trace: Vec::new(),
            wrongs: Vec::new(),
        }
    }

    pub(super) fn wrong(&mut self, what: String) {
        self.trace.push(format!("WRONG: {what}"));
        self.wrongs.push(what);
    }

    pub(super) fn gave_password(&mut self, login: SessionKey, user: &User) {
        self.shown_in(login).passwords.push((user.id, user.epoch));
    }

    /// A code counts once, in one login.
    pub(super) fn gave_code(&mut self, login: SessionKey, user: &User, step: i64) {
        let first = *self.codes.entry((user.id, user.epoch, step)).or_insert(login);
        if first != login {
            self.wrong(format!("a one-time code of {} counted in two logins", user.id));
        }
        self.shown_in(login).codes.push((user.id, user.epoch));
    }

    /// The key in this person's phone for an account.
    pub(super) fn phone_of(&self, who: usize, user: UserId) -> Option<Secret> {
        self.phones.get(&user).filter(|(owner, _)| *owner == who).map(|(_, seed)| seed.clone())
    }

    pub(super) fn came_signed_in(&mut self, login: SessionKey, user: &User) {
        self.shown_in(login).cookies.push((user.id, user.epoch));
    }

    pub(super) fn asserted(&mut self, login: SessionKey, trip: ExchangeId, identity: &BrokeredIdentity) {
        let proves = self.proving_trips.contains(&trip);
        let shown = self.shown_in(login);
        if proves { &mut shown.came_back } else { &mut shown.asserted }.push(identity.clone());
    }

    pub(super) fn shown_in(&mut self, login: SessionKey) -> &mut Shown {
        self.shown.entry(login).or_default()
    }

    pub(super) fn was_shown_in(&self, login: SessionKey) -> Option<&Shown> {
        self.shown.get(&login)
    }

    /// The newest mail of a login, if whoever `reads` gets it.
    pub(super) fn mail_of(&self, login: SessionKey, reads: impl Fn(&EmailAddress) -> bool) -> Option<Digest> {
        let newest = self.mails.iter().rev().find(|mail| mail.login == login);
        newest.filter(|mail| reads(&mail.to)).map(|mail| mail.token.clone())
    }

    /// The newest mail of whatever login that reaches whoever `reads`.
    pub(super) fn any_mail(&self, reads: impl Fn(&EmailAddress) -> bool) -> Option<Digest> {
        self.mails.iter().rev().find(|mail| reads(&mail.to)).map(|mail| mail.token.clone())
    }

    /// Whether somebody may be in an account: it is theirs, or they read a mailbox that it has proved.
    pub(super) fn may_enter(&self, who: usize, user: UserId) -> bool {
        let person = &self.cast.people[who];
        let account = self.accounts.get(&user);
        account
            .is_some_and(|account| account.allowed.contains(&who) || account.proved.iter().any(|mailbox| person.reads(mailbox)))
    }

    /// Whether a provider whose word counts vouched for this address in this login.
    pub(super) fn was_vouched_for(&self, login: SessionKey, address: &EmailAddress) -> bool {
        let asserted = self.was_shown_in(login).map(|shown| shown.asserted.as_slice()).unwrap_or_default();
        asserted.iter().any(|identity| {
            let policy = self.cast.policy.provider(&identity.key.provider);
            let counts = policy.is_some_and(|policy| policy.is_trusted_for(&identity.key, address));
            let said = identity.email.as_ref().filter(|email| email.vouched == Vouched::Yes);
            counts && said.is_some_and(|email| email.address.names_the_same_mailbox_as(address))
        })
    }

    /// An account that an administrator made for somebody.
    pub(super) fn made_for(&mut self, who: usize, user: UserId, proved: Option<EmailAddress>) {
        let account = self.accounts.entry(user).or_default();
        account.allowed.insert(who);
        account.proved.extend(proved);
    }

    /// Notes what a commit that went through has done.
    pub(super) fn note(&mut self, by: By, commit: &Commit) {
        for write in &commit.writes {
            match (write, by) {
                (Write::CreateUser(new), By::Login { who, key }) => {
                    let proved = new.email.as_ref().filter(|email| email.is_proved()).map(|email| email.address.clone());
                    self.made_for(who, new.id, proved);
                    self.shown_in(key).made.push(new.id);
                    if let Some(secret) = &new.one_time {
                        self.phones.insert(new.id, (who, secret.seed.clone()));
                        self.shown_in(key).phones.push(new.id);
                    }
                    self.subjects.entry(new.subject.clone()).or_insert(new.id);
                }
                (Write::SetOneTimeCodes { user, secret }, By::Login { who, key }) => {
                    self.phones.insert(*user, (who, secret.seed.clone()));
                    self.shown_in(key).phones.push(*user);
                }
                (Write::StartBrowserSession(session), By::Login { who, .. }) => {
                    let opened = Opened { who, session: (**session).clone(), ended: false };
                    self.sessions.insert(session.id.clone(), opened);
                }
                (Write::EndBrowserSession(digest), _) => self.ended(|opened| opened.session.id == *digest),
                (Write::SetAddress { user, address }, _) if address.is_proved() => {
                    self.accounts.entry(*user).or_default().proved.push(address.address.clone());
                }
                (Write::HandOver { user, .. }, By::Login { who, key }) => {
                    let asserted = self.shown_in(key).asserted.iter().filter_map(|identity| identity.email.clone());
                    let vouched: Vec<_> = asserted.map(|email| email.address).collect();
                    let vouched = vouched.into_iter().filter(|address| self.was_vouched_for(key, address)).collect();
                    let account = self.accounts.entry(*user).or_default();
                    (account.allowed, account.proved) = (BTreeSet::from([who]), vouched);
                }
                (Write::IssueToken(token), _) => _ = self.tokens.insert(token.digest.clone(), (**token).clone()),
                (Write::ConsumeToken(digest), _) if !self.used.insert(digest.clone()) => {
                    self.wrong("a mail's token was used twice".into());
                }
                _ => {}
            }
        }
        let session = commit.session.as_ref().map(|write| &write.session);
        if let Some(Rest::AtProvider { exchange, .. }) = session.map(|session| &session.rest)
            && session.and_then(|session| session.frame()).is_some_and(|frame| frame.identity.is_some())
        {
            self.proving_trips.insert(exchange.id);
        }
        if let By::Login { key, .. } = by {
            let mails = commit.notices.iter().filter_map(|notice| {
                let token = Digest::of(notice.mail.token()?);
                Some(Mail { login: key, to: notice.to.clone(), token })
            });
            self.mails.extend(mails);
        }
    }

    /// These browser sessions are over.
    pub(super) fn ended(&mut self, which: impl Fn(&Opened) -> bool) {
        self.sessions.values_mut().filter(|opened| which(opened)).for_each(|opened| opened.ended = true);
    }

    /// All sessions, and whether each of them should live.
    pub(super) fn living_sessions(&self) -> Vec<(Digest, bool)> {
        let lives = |opened: &Opened| {
            let seen = self.accounts.get(&opened.session.user).and_then(|account| account.seen.as_ref());
            !opened.ended && seen.is_some_and(|seen| seen.user.epoch == opened.session.epoch)
        };
        self.sessions.iter().map(|(digest, opened)| (digest.clone(), lives(opened))).collect()
    }

    /// Whose session the browser of this person would bring along.
    pub(super) fn newest_session_of(&self, who: usize) -> Option<Digest> {
        self.sessions
            .values()
            .filter(|opened| opened.who == who)
            .max_by_key(|opened| (opened.session.expires_at, opened.session.id.clone()))
            .map(|opened| opened.session.id.clone())
    }

    /// An identity is off its account, and what was gained through it is over.
    pub(super) fn taken_off(&mut self, user: UserId, key: &IdentityKey) {
        self.ended(|opened| opened.session.user == user && opened.session.identity.as_ref() == Some(key));
    }

    /// Whose an account is, as far as anybody can tell.
    pub(super) fn owner_of(&self, user: UserId) -> Option<usize> {
        self.accounts.get(&user)?.allowed.first().copied()
    }
}
