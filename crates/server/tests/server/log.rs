//! The log: a line for what went wrong, and never a secret.

use crate::people::*;
use std::io::Write;
use std::sync::{Arc, Mutex};
use testkit::{Phone, Place, Scene, Trouble};
use tracing_subscriber::fmt::MakeWriter;

/// Keeps what is written.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn listen(level: tracing_subscriber::filter::LevelFilter) -> (Kept, impl Drop) {
    let kept = Kept::default();
    let subscriber = tracing_subscriber::fmt().with_writer(kept.clone()).with_ansi(false).with_max_level(level).finish();
    (kept, tracing_subscriber::util::SubscriberInitExt::set_default(subscriber))
}

#[tokio::test]
async fn web_46_no_secret_is_in_any_log_at_any_level() {
    let (log, _guard) = listen(tracing_subscriber::filter::LevelFilter::TRACE);
    let world = Scene::on(Place::Memory).open().await;
    let (name, password) = ("vic", "marker-password-of-vic");
    world.user(name, VIC, password, true).await;
    let app = world.app("app");
    let mut browser = world.browser();
    let mut secrets = vec![password.to_owned(), "marker-wrong-password".to_owned(), app.secret.clone().unwrap()];
    secrets.extend(["marker-upstream-client-secret", "marker-upstream-access-token", "marker-upstream-code-"].map(String::from));

    let wrong = app.begin();
    let page = browser.visit(&wrong.url()).await;
    browser.submit(&page, "continue", &[("username", name), ("password", "marker-wrong-password")]).await;
    let (begun, page) = as_far_as_the_mail(&world, &mut browser, "vic-at-social").await;
    let letter = world.latest_to(VIC).await;
    let code = code_elsewhere(&world, &letter.link()).await;
    let csrf = page.forms()[0].field("csrf").unwrap().to_owned();
    let answer = browser.submit(&page, "continue", &[("code", &code)]).await;
    let tokens = begun.finish(&answer).await;
    let again = tokens.refresh().await;
    tokens.refresh().await;
    again.userinfo().await;
    app.clone().with_secret(Some("marker-wrong-client-secret")).refresh("marker-wrong-refresh-token").await;
    begun.trade(&begun.code(&answer)).await;
    world.provider("social").is_in(Trouble::Garbage);
    go_through(&mut world.browser(), &app, "social").await;
    register(&mut world.browser(), &app, "ada", "ada@home.example", "marker-password-of-ada").await;

    secrets.extend(a_phone_is_set_up_and_used(&world).await);

    let trip = &world.provider("social").trips()[0];
    secrets.extend([
        letter.token(),
        code,
        csrf,
        begun.code(&answer),
        begun.verifier.clone(),
        trip["state"].clone(),
        trip["nonce"].clone(),
    ]);
    secrets.extend(world.provider("social").token_requests().iter().map(|form| form["code_verifier"].clone()));
    secrets.extend(["marker-wrong-client-secret", "marker-wrong-refresh-token", "marker-password-of-ada"].map(String::from));
    for tokens in [&tokens, &again] {
        secrets.extend(["access_token", "id_token", "refresh_token"].map(|name| tokens.get(name).to_owned()));
    }
    secrets.extend(browser.jar.all().map(|(_, cookie)| cookie.value.clone()));
    let text = log.text();
    assert!(text.len() > 1000 && text.contains("server::"), "something was logged");
    for secret in &secrets {
        assert!(secret.len() >= 8, "{secret}");
        let line = text.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(line, None, "{secret} is in the log");
    }
    world.finish().await;
}

/// Somebody sets up a second factor, and signs in with it. The key, as it is and as it is shown.
async fn a_phone_is_set_up_and_used(world: &testkit::World) -> [String; 2] {
    world.user("phil", "phil@home.example", PASSWORD, true).await;
    let mut browser = world.browser();
    let (begun, page) = goes_to(world, &mut browser, "second-factor", "phil").await;
    let mut phone = Phone::reads(&page);
    let wrong = browser.submit(&page, "continue", &[("code", &phone.wrong_code())]).await;
    begun.finish(&browser.submit(&wrong, "continue", &[("code", &phone.code())]).await).await;
    let (begun, page) = goes_to(world, &mut browser, "second-factor", "phil").await;
    let page = browser.submit(&page, "continue", &[("code", &phone.wrong_code())]).await;
    let page = browser.submit(&page, "continue", &[("code", &phone.code())]).await;
    let mut next = Phone::reads(&page);
    begun.finish(&browser.submit(&page, "continue", &[("code", &next.code())]).await).await;
    [phone, next].map(|phone| phone.seed.reveal().to_owned())
}

#[tokio::test]
async fn a_failure_has_one_line_with_the_pages_reference() {
    let (log, _guard) = listen(tracing_subscriber::filter::LevelFilter::INFO);
    let world = Scene::on(Place::Memory).open().await;
    let social = world.provider("social");
    social.will_assert(person("new", "new@home.example", false));
    for trouble in [Trouble::Garbage, Trouble::Down] {
        social.is_in(Trouble::None);
        let mut browser = world.browser();
        let there = browser.open(&world.app("app").begin().with("provider_hint", "social").url()).await;
        social.is_in(trouble);
        let page = browser.through(there).await.shows("Sign in");
        let reference = page.reference().unwrap();
        let text = log.text();
        let lines: Vec<&str> = text.lines().filter(|line| line.contains(&reference)).collect();
        assert!(matches!(lines.as_slice(), [line] if line.contains("WARN") && line.contains("social")), "{trouble:?}: {lines:?}");
    }
    let page = world.browser().get("/authorize?client_id=nobody").await;
    let reference = page.reference().unwrap();
    assert_eq!(log.text().lines().filter(|line| line.contains(&reference)).count(), 1);
    world.finish().await;
}

#[tokio::test]
async fn web_47_what_people_send_makes_no_line_of_its_own() {
    let (log, _guard) = listen(tracing_subscriber::filter::LevelFilter::INFO);
    let world = Scene::on(Place::Memory).open().await;
    let hostile = "x\r\nERROR forged line\u{1b}[31m\u{202e}";
    let begun = world.app("app").begin().with("client_id", hostile).with("state", hostile).with("scope", hostile);
    world.browser().get(&begun.url()).await;
    world.browser().get(&world.app("app").begin().with("prompt", hostile).url()).await;
    world.provider("social").will_refuse_with(hostile);
    go_through(&mut world.browser(), &world.app("app"), "social").await;
    let text = log.text();
    assert!(
        !text.lines().any(|line| line.starts_with("ERROR forged")) && !text.contains('\u{1b}') && !text.contains('\u{202e}'),
        "{text}"
    );
    world.finish().await;
}
