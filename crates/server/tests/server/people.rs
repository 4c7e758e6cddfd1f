//! What the stories' people do again and again.

use serde_json::{Value, json};
use testkit::{Answer, App, Browser, TokenAnswer, World};

pub(crate) const VIC: &str = "vic@corp.example";
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A person as a provider knows them; `verified` is whatever the provider says of the address.
pub(crate) fn person(sub: &str, email: &str, verified: impl Into<Value>) -> Value {
    json!({"sub": sub, "email": email, "email_verified": verified.into(), "given_name": "Vic"})
}

/// Signs in at a provider from the login page, as whoever the provider asserts, and gives what follows.
pub(crate) async fn go_through(browser: &mut Browser, app: &App, provider: &str) -> (testkit::Begun, Answer) {
    let begun = app.begin().with("provider_hint", provider);
    let answer = browser.visit(&begun.url()).await;
    (begun, answer)
}

/// The same, straight back to the client, which gets its tokens.
pub(crate) async fn sign_in_through(browser: &mut Browser, app: &App, provider: &str) -> TokenAnswer {
    let (begun, answer) = go_through(browser, app, provider).await;
    begun.finish(&answer).await
}

/// Signs in by password on the login page.
pub(crate) async fn sign_in_by_password(browser: &mut Browser, app: &App, name: &str, password: &str) -> TokenAnswer {
    let begun = app.begin().with("prompt", "login");
    let page = browser.visit(&begun.url()).await.shows("Sign in");
    let answer = browser.submit(&page, "continue", &[("username", name), ("password", password)]).await;
    begun.finish(&answer).await
}

/// Registers with a password. The address isn't proved by that.
pub(crate) async fn register(browser: &mut Browser, app: &App, name: &str, email: &str, password: &str) -> TokenAnswer {
    let begun = app.begin().with("prompt", "create");
    let page = browser.visit(&begun.url()).await.shows("Create an account");
    let fields = [("username", name), ("email", email), ("password", password)];
    let answer = browser.submit(&page, "continue", &fields).await;
    begun.finish(&answer).await
}

/// Whether the browser is signed in, asked as a client would: without a page.
pub(crate) async fn signed_in_as(world: &World, browser: &mut Browser) -> Option<String> {
    let app = world.app("app");
    let begun = app.begin().with("prompt", "none");
    let answer = browser.visit(&begun.url()).await;
    match answer.query("error").as_deref() {
        None => Some(begun.finish(&answer).await.sub()),
        Some("login_required") => None,
        Some(other) => panic!("{other}"),
    }
}

/// Somebody new at `social` who has Vic's address: as far as the mail that was sent to Vic.
pub(crate) async fn as_far_as_the_mail(world: &World, browser: &mut Browser, sub: &str) -> (testkit::Begun, Answer) {
    world.provider("social").will_assert(person(sub, VIC, false));
    let (begun, page) = go_through(browser, &world.app("app"), "social").await;
    let page = page.shows("Show us who you are");
    let page = browser.submit(&page, "continue", &[]).await.shows("Check your mail");
    (begun, page)
}

/// The code that the mail's link shows in another browser.
pub(crate) async fn code_elsewhere(world: &World, link: &str) -> String {
    let page = world.browser().open(link).await.shows("Your code");
    let text = page.text();
    let after = text.split_once("where you began").and_then(|(_, after)| after.split_once(": "));
    let (_, after) = after.unwrap_or_else(|| panic!("no code in {text}"));
    let code: String = after.chars().take_while(|c| c.is_ascii_digit() || *c == ' ').filter(char::is_ascii_digit).collect();
    assert_eq!(code.len(), 8, "{text}");
    code
}

/// Somebody who says that they have forgotten the password: as far as the page that waits for the mail.
pub(crate) async fn forgot(world: &World, browser: &mut Browser, name: &str) -> (testkit::Begun, Answer) {
    let begun = world.app("app").begin().with("braid_action", "forgotten-password");
    let page = browser.visit(&begun.url()).await.shows("Forgot your password?");
    let page = browser.submit(&page, "continue", &[("username", name)]).await.shows("Check your mail");
    (begun, page)
}

/// The same, up to the new password; the mail is opened in the browser that asked.
pub(crate) async fn recover(world: &World, browser: &mut Browser, name: &str, address: &str, password: &str) -> TokenAnswer {
    let (begun, _) = forgot(world, browser, name).await;
    let press = browser.open(&world.latest_to(address).await.link()).await.shows("Is this you?");
    let page = browser.submit(&press, "continue", &[]).await.shows("Choose a new password");
    let answer = browser.submit(&page, "continue", &[("password", password)]).await;
    begun.finish(&answer).await
}

/// Somebody who signs in by password to do something with the address of the account: as far as the page that follows.
pub(crate) async fn goes_to(world: &World, browser: &mut Browser, action: &str, name: &str) -> (testkit::Begun, Answer) {
    let begun = world.app("app").begin().with("braid_action", action);
    let page = browser.visit(&begun.url()).await.shows("Sign in");
    let page = browser.submit(&page, "continue", &[("username", name), ("password", PASSWORD)]).await;
    (begun, page)
}
