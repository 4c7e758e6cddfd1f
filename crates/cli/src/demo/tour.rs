//! The tour: short stories to click through, printed when everything is up.

use super::Ports;
use super::folder::Folder;
use super::ports::origin;
use super::seeds::{
    ADA_AT_CAMPUS, ALAN, ALAN_AT_CAMPUS, GRACE, GRACE_AT_CAMPUS, HEDY_AT_CAMPUS, KATHERINE, MALLORY_AT_SOCIAL, Person,
};
use std::fmt::Write as _;

/// One story.
struct Story {
    title: &'static str,
    /// Where it begins, at the application.
    start: &'static str,
    lines: Vec<String>,
}

/// The whole tour.
pub(super) fn text(ports: &Ports, folder: &Folder) -> String {
    let [demo, campus, social] = [ports.demo, ports.campus, ports.social].map(origin);
    let (application, mailbox) = (ports.application_url(), ports.mailbox_url());
    let mut out = format!(
        "
Braid is running.

  Application   {application}
  Mailbox       {mailbox}   (all mail of the demo ends here)
  Demo          {demo}   the broker
  Campus        {campus}   an identity provider that verifies addresses
  Social        {social}   an identity provider that doesn't
  Data          {}   (`--fresh` forgets it)

The tour. Each link starts its story afresh, so one browser is enough.
",
        folder.path().display()
    );
    for (number, story) in (1..).zip(stories()) {
        let _ = writeln!(out, "\n{number}. {}\n   {application}{}", story.title, story.start);
        for line in story.lines {
            let _ = writeln!(out, "   {line}");
        }
    }
    let _ = writeln!(
        out,
        "\nWhat happens at a first login stands in {}: edit it and start again.\nCtrl-C ends the demo.",
        folder.flow().display()
    );
    out
}

fn sign_in(person: &Person, place: &str) -> String {
    format!("Sign in at {place} as {} with {}.", person.username, person.password)
}

fn stories() -> Vec<Story> {
    vec![
        Story {
            title: "Someone new",
            start: "/login?provider=campus&prompt=login",
            lines: vec![
                sign_in(&ADA_AT_CAMPUS, "Campus"),
                format!("Nobody has {}, so Ada gets an account without a question.", ADA_AT_CAMPUS.email),
                "The application shows her claims; `sub` is hers for ever.".into(),
            ],
        },
        Story {
            title: "The same address, proved by mail",
            start: "/login?provider=campus&prompt=login",
            lines: vec![
                sign_in(&GRACE_AT_CAMPUS, "Campus"),
                format!("Demo has an account with {} already. Say that it is yours: Braid sends a mail.", GRACE.email),
                "Open the mail's link in this browser and press the button: you are in, and Campus is linked.".into(),
                "Or open the link in a private window, as on another device: it shows a code for this one.".into(),
            ],
        },
        Story {
            title: "The same address, proved by password",
            start: "/login?provider=campus&prompt=login",
            lines: vec![
                sign_in(&ALAN_AT_CAMPUS, "Campus"),
                format!(
                    "Demo has an account with {} already. Say that it is yours, then “Use the account's password”.",
                    ALAN.email
                ),
                format!("That account's password is {}. Then Campus is linked to it.", ALAN.password),
            ],
        },
        Story {
            title: "A trusted provider, linked without a question",
            start: "/login?provider=staff&prompt=login",
            lines: vec![
                sign_in(&HEDY_AT_CAMPUS, "Campus"),
                "Demo trusts Campus staff with addresses of campus.example, and its flow links by itself:".into(),
                "Hedy is signed in to the account that she had, and a mail tells her so.".into(),
            ],
        },
        Story {
            title: "The same person again",
            start: "/login?provider=campus",
            lines: vec![
                "After story 1, 2 or 3: no page at all, you are signed in. Sign in afresh with story 1's link,".into(),
                "and it is the password at Campus and nothing else: no account, no question, the same `sub`.".into(),
            ],
        },
        Story {
            title: "The attacker who claims your address",
            start: "/login?provider=social&prompt=login",
            lines: vec![
                sign_in(&MALLORY_AT_SOCIAL, "Social"),
                format!("Mallory told Social that her address is {}, and Social believes anybody.", MALLORY_AT_SOCIAL.email),
                format!("Demo asks for a proof: {}'s mailbox or password. Mallory has neither.", KATHERINE.name.0),
                "The mail goes to Katherine, and its link shows who asks and as whom. Mallory gets nowhere.".into(),
            ],
        },
    ]
}
