//! Many at once, over two nodes on one database.

use crate::people::*;
use crate::stories::second_factor::{ASKS, gives_the_password, types, vic_with_a_phone};
use domain::{AuditKind, Secret};
use flow_runtime::{Arrival, Event, Fact, Form, FoundUsers, Next, PasswordVerdict, Question, Start, Step};
use persistence::{Commit, Committed, SessionWrite};
use std::collections::BTreeSet;
use testkit::{Place, Scene, World, on_every_database};
use tokio::task::JoinSet;

on_every_database!(on_disk:
    fifty_first_logins_of_one_identity_make_one_account,
    fifty_first_logins_with_one_name_all_end_well,
    one_mail_is_good_once_however_often_it_is_used,
    one_code_is_good_once_however_often_it_is_typed,
    wrong_passwords_in_parallel_stop_at_the_limit,
    wrong_mail_codes_in_parallel_stop_at_the_limit,
    ph_67_one_time_codes_in_parallel_stop_at_the_limit,
    ph_67_one_code_of_a_phone_is_good_once_on_all_nodes,
    oidc_tk_2_one_code_gives_tokens_once,
    rel_9_one_refresh_token_has_one_successor,
    a_disable_in_parallel_always_wins,
);
on_every_database!(in_memory: a_disable_between_asking_and_committing_wins);

async fn two_nodes(scene: Scene) -> World {
    let mut world = scene.open().await;
    world.start_node().await;
    world
}

/// Runs that many at once, on both nodes in turn, and gives what came of each.
async fn at_once<T: Send + 'static, F>(count: usize, one: impl Fn(usize) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
{
    let mut set = JoinSet::new();
    (0..count).for_each(|number| _ = set.spawn(one(number)));
    set.join_all().await
}

async fn fifty_first_logins_of_one_identity_make_one_account(place: Place) {
    let world = two_nodes(Scene::on(place)).await;
    world.provider("campus").will_assert(person("ada-1", "ada@campus.example", true));
    let subs = at_once(50, |n| {
        let (mut browser, app) = (world.browser_at(n % 2), world.app_at("app", n % 2));
        async move { sign_in_through(&mut browser, &app, "campus").await.sub() }
    });
    let subs: BTreeSet<String> = subs.await.into_iter().collect();
    assert_eq!(subs.len(), 1, "one account, and nobody saw an error page");
    assert_eq!(world.accounts_with("ada@campus.example").await.len(), 1);
    let [link] = world.links_of(&world.account(subs.first().unwrap()).await).await.try_into().unwrap();
    assert!(link.primary);
    assert_eq!((world.recorded(AuditKind::UserCreated).await, world.recorded(AuditKind::SignedIn).await), (1, 50));
    world.finish().await;
}

async fn fifty_first_logins_with_one_name_all_end_well(place: Place) {
    let world = two_nodes(Scene::on(place)).await;
    let subs = at_once(20, |n| {
        let (mut browser, app, social) = (world.browser_at(n % 2), world.app_at("app", n % 2), world.provider("social").clone());
        async move {
            let begun = app.begin().with("provider_hint", "social");
            let there = browser.open(&begun.url()).await;
            let claims =
                serde_json::json!({"sub": n.to_string(), "email": format!("{n}@home.example"), "preferred_username": "ada"});
            let back = {
                social.will_assert(claims);
                social.receives(&there.at)
            };
            let answer = browser.open(&back).await;
            begun.finish(&answer).await.sub()
        }
    });
    assert_eq!(subs.await.into_iter().collect::<BTreeSet<_>>().len(), 20, "twenty people; one of them is “ada”");
    world.finish().await;
}

async fn one_mail_is_good_once_however_often_it_is_used(place: Place) {
    a_hundred_times(place, |n| n % 10 == 0).await;
}

async fn one_code_is_good_once_however_often_it_is_typed(place: Place) {
    a_hundred_times(place, |_| true).await;
}

/// The same code, or the same button, pressed in a hundred windows of the browser that started.
async fn a_hundred_times(place: Place, types: fn(usize) -> bool) {
    let world = two_nodes(Scene::on(place)).await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let (begun, page) = as_far_as_the_mail(&world, &mut browser, "vic-at-social").await;
    let link = world.latest_to(VIC).await.link();
    let code = code_elsewhere(&world, &link).await;
    let press = browser.open(&link).await.shows("Is this you?");
    let other = world.browser_at(1);
    let answers = at_once(100, |n| {
        let (mut browser, page, press, code) = (browser.clone(), page.clone(), press.clone(), code.clone());
        if n % 2 == 1 {
            browser.goes_to(&other);
        }
        async move {
            if types(n) {
                browser.submit(&page, "continue", &[("code", &code)]).await
            } else {
                browser.submit(&press, "continue", &[]).await
            }
        }
    });
    let codes: BTreeSet<String> = answers.await.iter().filter_map(|answer| answer.query("code")).collect();
    assert_eq!(codes.len(), 1, "all that got to the client got there with the same code");
    assert_eq!(world.links_of(&vic).await.len(), 1);
    assert_eq!((world.recorded(AuditKind::IdentityLinked).await, world.recorded(AuditKind::SignedIn).await), (1, 1));
    assert_eq!(begun.trade(codes.first().unwrap()).await.sub(), vic.subject.as_str());
    world.finish().await;
}

async fn wrong_passwords_in_parallel_stop_at_the_limit(place: Place) {
    let world = two_nodes(Scene::on(place)).await;
    world.user("vic", VIC, PASSWORD, true).await;
    let compared = at_once(200, |n| {
        let (mut browser, begun) = (world.browser_at(n % 2), world.app("app").begin());
        async move {
            let page = browser.visit(&begun.url()).await;
            let name = ["vic", "VIC", VIC][n % 3];
            let page = browser.submit(&page, "continue", &[("username", name), ("password", &format!("wrong {n:08}"))]).await;
            page.shows("Sign in").text().contains("Too many tries")
        }
    });
    let compared = compared.await.into_iter().filter(|stopped| !stopped).count();
    assert_eq!(compared, 10, "by whichever of its names, on whichever node");
    world.finish().await;
}

async fn wrong_mail_codes_in_parallel_stop_at_the_limit(place: Place) {
    let world = two_nodes(Scene::on(place)).await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let (_, page) = as_far_as_the_mail(&world, &mut browser, "evil").await;
    let right = code_elsewhere(&world, &world.latest_to(VIC).await.link()).await;
    let other = world.browser_at(1);
    at_once(50, |n| {
        let (mut browser, page) = (browser.clone(), page.clone());
        if n % 2 == 1 {
            browser.goes_to(&other);
        }
        async move { browser.submit(&page, "continue", &[("code", &format!("{n:08}"))]).await.shows("Check your mail") }
    })
    .await;
    browser.submit(&page, "continue", &[("code", &right)]).await.shows("Check your mail");
    assert_eq!(world.links_of(&vic).await, [], "after so many wrong ones the right one is none");
    world.finish().await;
}

async fn ph_67_one_time_codes_in_parallel_stop_at_the_limit(place: Place) {
    let world = two_nodes(Scene::on(place).limits(|limits| limits.one_time_codes_per_account = 5)).await;
    let (_, mut phone) = vic_with_a_phone(&world).await;
    let mut tabs = Vec::new();
    for n in 0..12 {
        let mut browser = world.browser_at(n % 2);
        let (_, page) = gives_the_password(&world, &mut browser).await;
        tabs.push((browser, page));
    }
    let wrong = phone.wrong_code();
    let pages = at_once(12, |n| {
        let ((mut browser, page), wrong) = (tabs[n].clone(), wrong.clone());
        async move { types(&mut browser, &page, &wrong).await.shows(ASKS).text() }
    });
    let pages = pages.await;
    assert_eq!(pages.iter().filter(|text| text.contains("isn't the code")).count(), 5, "{pages:#?}");
    assert_eq!(pages.iter().filter(|text| text.contains("Too many tries")).count(), 7);
    let mut browser = world.browser();
    let (_, page) = gives_the_password(&world, &mut browser).await;
    assert!(types(&mut browser, &page, &phone.code()).await.text().contains("Too many tries"));
    world.finish().await;
}

async fn ph_67_one_code_of_a_phone_is_good_once_on_all_nodes(place: Place) {
    let world = two_nodes(Scene::on(place).limits(|limits| limits.one_time_codes_per_account = 100)).await;
    let (_, mut phone) = vic_with_a_phone(&world).await;
    let mut tabs = Vec::new();
    for n in 0..10 {
        let mut browser = world.browser_at(n % 2);
        let (_, page) = gives_the_password(&world, &mut browser).await;
        tabs.push((browser, page));
    }
    let code = phone.code();
    let answers = at_once(10, |n| {
        let ((mut browser, page), code) = (tabs[n].clone(), code.clone());
        async move { types(&mut browser, &page, &code).await }
    });
    let answers = answers.await;
    assert_eq!(answers.iter().filter(|answer| answer.query("code").is_some()).count(), 1, "one login of ten");
    assert_eq!(answers.iter().filter(|answer| answer.text().contains("used already")).count(), 9);
    assert_eq!(world.recorded(AuditKind::SignedIn).await, 1);
    world.finish().await;
}

async fn oidc_tk_2_one_code_gives_tokens_once(place: Place) {
    let world = two_nodes(Scene::on(place)).await;
    world.provider("campus").will_assert(person("ada-1", "ada@campus.example", true));
    let mut browser = world.browser();
    let apps = [world.app_at("app", 0), world.app_at("app", 1)];
    let begun = apps[0].begin().with("provider_hint", "campus");
    let answer = browser.visit(&begun.url()).await;
    let code = begun.code(&answer);
    let answers = at_once(100, |n| {
        let (app, verifier, code) = (apps[n % 2].clone(), begun.verifier.clone(), code.clone());
        async move {
            let callback = app.callback();
            let form = [
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", &callback),
                ("code_verifier", &verifier),
            ];
            app.token(&form).await
        }
    });
    let (good, refused): (Vec<_>, Vec<_>) = answers.await.into_iter().partition(|answer| answer.status.is_success());
    assert_eq!((good.len(), refused.iter().filter(|answer| answer.error() == "invalid_grant").count()), (1, 99));
    assert_eq!(good[0].userinfo().await, None, "and its tokens died with the second try");
    assert_eq!(good[0].refresh().await.error(), "invalid_grant");
    world.finish().await;
}

async fn rel_9_one_refresh_token_has_one_successor(place: Place) {
    let world = two_nodes(Scene::on(place)).await;
    world.provider("campus").will_assert(person("ada-1", "ada@campus.example", true));
    let tokens = sign_in_through(&mut world.browser(), &world.app("app"), "campus").await;
    let apps = [world.app_at("app", 0), world.app_at("app", 1)];
    let answers = at_once(100, |n| {
        let (app, token) = (apps[n % 2].clone(), tokens.get("refresh_token").to_owned());
        async move { app.refresh(&token).await }
    });
    let good: Vec<_> = answers.await.into_iter().filter(|answer| answer.status.is_success()).collect();
    assert_eq!(good.len(), 1);
    assert_eq!(good[0].refresh().await.error(), "invalid_grant", "the family ended with the second try: no live branch at all");
    world.finish().await;
}

async fn a_disable_in_parallel_always_wins(place: Place) {
    let world = two_nodes(Scene::on(place)).await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    world.provider("campus").will_assert(person("vic-at-campus", VIC, true));
    sign_in_through(&mut world.browser(), &world.app("app"), "campus").await;
    for round in 0..8 {
        world.set_enabled(&vic, true).await;
        let logins = at_once(6, |n| {
            let (mut browser, app) = (world.browser_at(n % 2), world.app_at("app", n % 2));
            async move {
                let (begun, answer) = go_through(&mut browser, &app, "campus").await;
                (browser, begun, answer)
            }
        });
        let (logins, ()) = tokio::join!(logins, world.set_enabled(&vic, false));
        for (mut browser, begun, answer) in logins {
            if let Some(code) = answer.query("code") {
                assert_eq!(begun.trade(&code).await.error(), "invalid_grant", "round {round}");
            } else {
                assert!(answer.body.contains("account-disabled"), "round {round}: {}", answer.text());
            }
            assert_eq!(signed_in_as(&world, &mut browser).await, None, "round {round}");
        }
    }
    world.finish().await;
}

async fn a_disable_between_asking_and_committing_wins(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let page = world.browser().visit(&world.app("app").begin().url()).await;
    drop(page);
    let (policy, entropy, now) = (world.policy(), server::fresh_entropy(), server::now());
    let request = domain::AuthorizeRequest {
        client: domain::ClientId::parse("app").unwrap(),
        redirect_uri: world.app("app").callback(),
        redirect_uri_was_given: true,
        state: None,
        nonce: None,
        scopes: vec!["openid".into()],
        code_challenge: None,
        prompt: domain::Prompt::default(),
        max_age: None,
        login_hint: None,
        provider_hint: None,
        wish: domain::Wish::SignIn,
    };
    let start = Start {
        key: domain::SessionKey::from_bytes(entropy.id("key")),
        browser: domain::Digest::of_bytes(b"browser"),
        request,
        started_at: now,
    };
    let Step::Rest(resting) = flow_runtime::begin(policy, start, &Arrival::default(), now, &entropy).unwrap() else { panic!() };
    let fields = [("username".to_owned(), Secret::new("vic")), ("password".to_owned(), Secret::new(PASSWORD))];
    let event = Event::Form(Form::new(resting.session.step_id(), "continue", fields));
    let mut step = flow_runtime::step(policy, resting.session.clone(), event, &Arrival::default(), now, &entropy).unwrap();
    let resting = loop {
        let asking = match step {
            Step::Ask(asking) => asking,
            Step::Rest(resting) => break resting,
            Step::Rejected(rejected) => panic!("{rejected:?}"),
        };
        let fact = match asking.question() {
            Question::FindUsers { .. } => {
                Fact::FoundUsers(Box::new(FoundUsers { by_username: Some(vic.clone()), by_email: vec![] }))
            }
            Question::CheckPassword { .. } => Fact::Password(PasswordVerdict::Right(Box::new(vic.clone()))),
            other => panic!("{other:?}"),
        };
        step = asking.answer(policy, fact, now, &entropy).unwrap();
    };
    assert!(matches!(resting.next, Next::Finished(_)), "the password was right when it was asked for");
    world.set_enabled(&vic, false).await;
    let session = Some(SessionWrite { session: resting.session, read_at: None, decisions: resting.decisions });
    let commit = Commit { session, guards: resting.guards, writes: resting.writes, notices: resting.notices, code: None, now };
    assert_eq!(world.store().commit(world.realm(), &commit).await.unwrap(), Committed::GuardMoved);
    assert_eq!(world.recorded(AuditKind::SignedIn).await, 0);
    world.finish().await;
}
