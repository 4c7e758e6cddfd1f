//! Mails: who opens them, how often, what is in them, and a mail server that is away.

use crate::people::*;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::{ORIGIN, Place, Scene, on_every_database};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

on_every_database!(in_memory:
    web_10_looking_never_acts,
    web_31_a_scanner_that_opens_and_submits_changes_nothing,
    web_33_a_link_holds_nothing_but_a_long_token,
    web_34_only_the_newest_mail_counts,
    a_mail_server_that_is_down_loses_nothing,
);

async fn web_10_looking_never_acts(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let (begun, page) = as_far_as_the_mail(&world, &mut browser, "vic-at-social").await;
    let link = world.latest_to(VIC).await.link();
    for _ in 0..50 {
        for address in [&link, &page.at] {
            assert_eq!(browser.get(address).await.status, 200);
            assert_eq!(browser.head(address).await.status, 200);
        }
        assert_eq!(world.browser().head(&link).await.status, 200);
    }
    for address in ["/authorize", "/broker/social/callback", &format!("{}/again", page.at)] {
        assert_eq!(browser.head(address).await.status, 405, "what acts on arrival refuses HEAD: {address}");
    }
    let head = browser.head(&begun.url()).await;
    assert!(head.status == 405 && head.location().is_none() && head.headers.get("set-cookie").is_none());
    assert_eq!((world.links_of(&vic).await.len(), world.mails_to(VIC).await.len()), (0, 1));
    let press = browser.open(&link).await.shows("Is this you?");
    let answer = browser.submit(&press, "continue", &[]).await;
    assert_eq!(begun.finish(&answer).await.sub(), vic.subject.as_str(), "and still works");
    world.finish().await;
}

async fn web_31_a_scanner_that_opens_and_submits_changes_nothing(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let (begun, _) = as_far_as_the_mail(&world, &mut browser, "vic-at-social").await;
    let link = world.latest_to(VIC).await.link();
    let mut scanner = world.browser();
    let seen = scanner.open(&link).await.shows("Your code");
    assert!(seen.forms().is_empty(), "nothing to submit");
    for form in [vec![], vec![("action", "continue")], vec![("action", "continue"), ("csrf", "x"), ("step", "x")]] {
        scanner.post(&link, &form).await.shows("Your code");
        scanner.post_with(&link, &form, &[]).await.shows("Your code");
    }
    assert_eq!(world.links_of(&vic).await, []);
    assert_eq!(signed_in_as(&world, &mut scanner).await, None);
    let press = browser.open(&link).await.shows("Is this you?");
    let unsigned = browser.post(&link, &[("action", "continue")]).await;
    assert_eq!(unsigned.heading(), "Is this you?", "without the form's token the press is none");
    let answer = browser.submit(&press, "continue", &[]).await;
    assert_eq!(begun.finish(&answer).await.sub(), vic.subject.as_str());
    world.finish().await;
}

async fn web_33_a_link_holds_nothing_but_a_long_token(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    as_far_as_the_mail(&world, &mut world.browser(), "vic-at-social").await;
    let letter = world.latest_to(VIC).await;
    let token = letter.token();
    assert_eq!(letter.link(), format!("{ORIGIN}/mail/{token}"));
    assert!(token.len() == 43 && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    assert!(letter.raw().contains("Auto-Submitted: auto-generated"));
    assert_eq!(letter.mail().html.matches("http").count(), letter.mail().html.matches(ORIGIN).count(), "nothing from elsewhere");
    let landing = world.browser().open(&letter.link()).await;
    assert!(!landing.body.contains(&token) && !landing.body.contains("http"), "no third party, and no Referer to tell it");
    world.finish().await;
}

async fn web_34_only_the_newest_mail_counts(place: Place) {
    let world = Scene::on(place).limits(|limits| limits.resend_after = Duration::ZERO).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let (begun, page) = as_far_as_the_mail(&world, &mut browser, "vic-at-social").await;
    let first = world.latest_to(VIC).await.link();
    let press = browser.open(&first).await.shows("Is this you?");
    browser.submit(&page, "resend", &[]).await.shows("Check your mail");
    let second = world.latest_to(VIC).await.link();
    assert_ne!(first, second);
    browser.open(&first).await.shows("This link doesn't work any more");
    let old = browser.submit(&press, "continue", &[]).await.shows("This link doesn't work any more");
    assert!(old.link("Go on").is_some(), "a way on");
    let press = browser.open(&second).await.shows("Is this you?");
    let answer = browser.submit(&press, "continue", &[]).await;
    assert_eq!(begun.finish(&answer).await.sub(), vic.subject.as_str());
    world.finish().await;
}

/// An SMTP server that takes everything and keeps what it was told.
async fn smtp(listener: TcpListener, kept: Arc<Mutex<Vec<String>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let (mut in_data, mut mail) = (false, String::new());
        let _ = write.write_all(b"220 sink\r\n").await;
        while let Ok(Some(line)) = lines.next_line().await {
            mail.push_str(&line);
            mail.push('\n');
            let answer: &[u8] = match (in_data, line.to_ascii_uppercase().as_str()) {
                (true, ".") => {
                    in_data = false;
                    kept.lock().unwrap().push(std::mem::take(&mut mail));
                    b"250 kept\r\n"
                }
                (true, _) => continue,
                (false, "DATA") => {
                    in_data = true;
                    b"354 go on\r\n"
                }
                (false, "QUIT") => b"221 bye\r\n",
                _ => b"250 fine\r\n",
            };
            let _ = write.write_all(answer).await;
        }
    }
}

async fn a_mail_server_that_is_down_loses_nothing(place: Place) {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let world = Scene::on(place).mail_to(&format!("smtp://{address}?tls=none")).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let (begun, page) = as_far_as_the_mail(&world, &mut browser, "vic-at-social").await;
    world.braid().deliver_mail().await;
    assert!(page.text().contains("No mail?"), "the page says what to do: {}", page.text());
    let kept = Arc::new(Mutex::new(Vec::new()));
    tokio::spawn(smtp(TcpListener::bind(address).await.unwrap(), Arc::clone(&kept)));
    world.braid().deliver_mail_due(server::now().plus(Duration::from_mins(5))).await;
    let mails = std::mem::take(&mut *kept.lock().unwrap());
    let [mail] = mails.as_slice() else { panic!("the mail came once: {}", mails.len()) };
    assert!(mail.contains(&format!("RCPT TO:<{VIC}>")) && mail.contains("Is this you?"), "{mail}");
    let joined = mail.replace("=\n", "");
    let start = joined.find(&format!("{ORIGIN}/mail/")).unwrap();
    let link: String = joined[start..].chars().take_while(|c| !c.is_whitespace() && *c != '"').collect();
    let press = browser.open(&link).await.shows("Is this you?");
    let answer = browser.submit(&press, "continue", &[]).await;
    assert_eq!(begun.finish(&answer).await.sub(), vic.subject.as_str());
    world.finish().await;
}
