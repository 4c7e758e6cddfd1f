//! What is changed in the database while people sign in: rules, revocations, roll-backs.

use super::*;

on_every_database!(in_memory:
    a_rule_of_the_database_counts_at_the_next_step,
    a_rule_that_cannot_be_used_is_not_served_and_the_next_good_one_is,
    a_rule_that_makes_a_flow_unsafe_is_not_served,
    a_rule_that_is_written_while_a_bad_one_is_judged_is_taken,
    rel_58_a_revoked_revision_ends_its_logins_at_their_next_step,
    rel_58_a_revoked_revision_is_not_taken_from_the_files,
    a_roll_back_serves_until_the_file_changes,
);

on_every_database!(on_disk: a_good_file_that_met_a_broken_database_is_taken_once_that_works_again,);

/// A linking rule.
const BY_ADDRESS: &str = "name: by-address\npriority: 10\nmatch: { exact: { claim: email, account: email } }\nauto-link: true\n";

async fn puts_rule(world: &World, document: &str) {
    let name = domain::RuleName::parse("by-address").unwrap();
    world.store().put_linking_rule(world.realm(), (&name, 10), document, &by(), server::now()).await.unwrap();
}

async fn a_rule_of_the_database_counts_at_the_next_step(place: Place) {
    let scene = scene(place).provider("campus", "first-login-flow", "first-broker-login-by-rule");
    let world = scene.open().await;
    world.user("vic", ADDRESS, PASSWORD, true).await;
    world.provider("campus").will_assert(person("vic-at-campus", ADDRESS, true));
    let mut browser = world.browser();
    let begun = world.app("app").begin();
    let page = browser.visit(&begun.url()).await;
    puts_rule(&world, BY_ADDRESS).await;
    // Nobody has looked around yet: the login itself finds that something changed.
    let back = browser.choose(&page, "campus").await;
    begun.code(&back);
    assert_eq!(world.accounts_with(ADDRESS).await.len(), 1);
    assert_eq!(health(&world, 0).await["realms"]["demo"]["edition"], 1);
    world.finish().await;
}

async fn a_rule_that_cannot_be_used_is_not_served_and_the_next_good_one_is(place: Place) {
    let world = scene(place).provider("campus", "first-login-flow", "first-broker-login-by-rule").open().await;
    puts_rule(&world, "teapot").await;
    world.braid().look_around().await;
    let refused = health(&world, 0).await;
    assert_ne!(refused["status"], "current");
    assert_eq!(refused["realms"]["demo"]["edition"], 0, "what serves is the older one");
    puts_rule(&world, BY_ADDRESS).await;
    world.braid().look_around().await;
    let good = health(&world, 0).await;
    assert_eq!((&good["status"], &good["realms"]["demo"]["edition"]), (&"current".into(), &2.into()), "{good}");
    world.finish().await;
}

/// Whoever is linked by a rule that links alone would be asked for no second factor.
async fn a_rule_that_makes_a_flow_unsafe_is_not_served(place: Place) {
    let rash =
        CAREFUL.replace("executions:\n  - create", "executions:\n  - link-by-rule: { requirement: alternative }\n  - create");
    let trusted = scene(place).provider("campus", "first-login-flow", "welcome");
    let world = trusted.flow("welcome.yaml", &rash).open().await;
    puts_rule(&world, BY_ADDRESS).await;
    world.braid().look_around().await;
    let refused = health(&world, 0).await;
    assert_ne!(refused["status"], "current", "{refused}");
    assert_eq!(refused["realms"]["demo"]["edition"], 0, "what serves is the older one");
    assert!(refused["refused"].to_string().contains("second factor"), "{refused}");

    puts_rule(&world, &BY_ADDRESS.replace("auto-link: true", "auto-link: false")).await;
    world.braid().look_around().await;
    assert_eq!(health(&world, 0).await["status"], "current");
    world.finish().await;
}

async fn a_rule_that_is_written_while_a_bad_one_is_judged_is_taken(place: Place) {
    let world = scene(place).provider("campus", "first-login-flow", "first-broker-login-by-rule").open().await;
    for round in 1..=5 {
        puts_rule(&world, &BY_ADDRESS.replace("email", "username")).await;
        let corrected = async {
            for _ in 0..round {
                assert_eq!(world.browser().get("/health/ready").await.status, 204);
            }
            puts_rule(&world, BY_ADDRESS).await;
        };
        tokio::join!(world.braid().look_around(), corrected);
        world.braid().look_around().await;
        let good = health(&world, 0).await;
        assert_eq!((&good["status"], &good["realms"]["demo"]["edition"]), (&"current".into(), &(2 * round).into()), "{good}");
    }
    world.finish().await;
}

async fn rel_58_a_revoked_revision_ends_its_logins_at_their_next_step(place: Place) {
    let world = scene(place).open().await;
    world.user("vic", ADDRESS, PASSWORD, true).await;
    world.provider("social").will_assert(person("vic-at-social", ADDRESS, false));
    let mut browser = world.browser();
    let (_, exists) = go_through(&mut browser, &world.app("app"), "social").await;
    let harmful = revision(&health(&world, 0).await, "welcome");
    world.writes_flow(0, "welcome.yaml", ASKING);
    taken(&world, 0).await;
    assert!(world.store().revoke_flow(world.realm(), (&flow("welcome"), &harmful), &by(), server::now()).await.unwrap());

    let over = browser.submit(&exists, "continue", &[]).await;
    let over = over.shows("This sign-in can't go on");
    assert_eq!(world.recorded(domain::AuditKind::IdentityLinked).await, 0);
    let fresh = browser.submit(&over, "restart", &[]).await;
    fresh.shows("Check your details");
    world.finish().await;
}

async fn rel_58_a_revoked_revision_is_not_taken_from_the_files(place: Place) {
    let world = scene(place).open().await;
    let harmful = revision(&health(&world, 0).await, "welcome");
    world.writes_flow(0, "welcome.yaml", ASKING);
    taken(&world, 0).await;
    assert!(world.store().revoke_flow(world.realm(), (&flow("welcome"), &harmful), &by(), server::now()).await.unwrap());
    world.writes_flow(0, "welcome.yaml", CAREFUL);
    let error = world.braid().reload("a test").await.unwrap_err();
    assert!(format!("{error:?}").contains("was revoked"), "{error:?}");
    assert_ne!(revision(&health(&world, 0).await, "welcome"), harmful);
    assert!(world.store().allow_flow(world.realm(), (&flow("welcome"), &harmful), &by(), server::now()).await.unwrap());
    // The files are as they were; what stood in their way is gone.
    world.braid().look_around().await;
    assert_eq!(revision(&health(&world, 0).await, "welcome"), harmful);
    world.finish().await;
}

async fn a_roll_back_serves_until_the_file_changes(place: Place) {
    let world = scene(place).open().await;
    let first = revision(&health(&world, 0).await, "welcome");
    world.writes_flow(0, "welcome.yaml", ASKING);
    taken(&world, 0).await;
    let second = revision(&health(&world, 0).await, "welcome");
    let (store, realm, welcome) = (world.store(), world.realm(), flow("welcome"));
    store.roll_back_flow(realm, &welcome, (&second, &first), &by(), server::now()).await.unwrap();
    world.braid().look_around().await;
    let back = health(&world, 0).await;
    assert_eq!(revision(&back, "welcome"), first);
    assert_eq!(back["realms"]["demo"]["flows"]["welcome"]["rolled-back-from"], second.0.as_str(), "{back}");
    taken(&world, 0).await;
    assert_eq!(revision(&health(&world, 0).await, "welcome"), first, "the file says the same: the roll-back holds");

    world.writes_flow(0, "welcome.yaml", &CAREFUL.replace("flow: prove", "flow: proof"));
    taken(&world, 0).await;
    let third = revision(&health(&world, 0).await, "welcome");
    assert!(third != first && third != second, "another change of the file is taken");
    world.writes_flow(0, "welcome.yaml", ASKING);
    taken(&world, 0).await;
    assert_eq!(revision(&health(&world, 0).await, "welcome"), first, "what was rolled back stays so");
    assert!(store.release_flow(realm, &welcome, &second, &by(), server::now()).await.unwrap());
    world.braid().look_around().await;
    assert_eq!(revision(&health(&world, 0).await, "welcome"), second);
    let acts: Vec<String> = store.flow_history(realm, &welcome).await.unwrap().into_iter().map(|act| act.act).collect();
    assert_eq!(acts, ["applied", "applied", "rolled back to", "applied", "applied", "released to"]);
    world.finish().await;
}

/// The file was read, and is as it was then: that the database failed is no reason to forget it.
async fn a_good_file_that_met_a_broken_database_is_taken_once_that_works_again(place: Place) {
    let world = scene(place).open().await;
    let before = revision(&health(&world, 0).await, "welcome");
    world.meddles("ALTER TABLE flow_rollbacks RENAME TO lost").await;
    world.writes_flow(0, "welcome.yaml", ASKING);
    world.braid().look_around().await;
    let broken = health(&world, 0).await;
    assert_ne!(broken["status"], "current", "{broken}");
    assert_eq!(revision(&broken, "welcome"), before, "what served goes on serving");
    world.braid().look_around().await;
    assert_eq!(revision(&health(&world, 0).await, "welcome"), before);

    world.meddles("ALTER TABLE lost RENAME TO flow_rollbacks").await;
    world.braid().look_around().await;
    let mended = health(&world, 0).await;
    assert_eq!(mended["status"], "current", "{mended}");
    assert_ne!(revision(&mended, "welcome"), before);
    world.finish().await;
}
