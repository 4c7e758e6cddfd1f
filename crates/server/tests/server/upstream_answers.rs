//! ID tokens that must not be believed, through the whole stack.

use crate::people::*;
use serde_json::{Map, Value, json};
use testkit::{Place, Scene, on_every_database};

on_every_database!(in_memory: oidc_rp_1_a_broken_id_token_signs_nobody_in, oidc_rp_2_keys_change_between_logins);

type Bend = fn(&mut Value, &mut Map<String, Value>);

async fn oidc_rp_1_a_broken_id_token_signs_nobody_in(place: Place) {
    let world = Scene::on(place).open().await;
    let campus = world.provider("campus");
    campus.will_assert(person("vic", VIC, true));
    let bends: [(&str, Bend); 13] = [
        ("alg none", |header, _| header["alg"] = json!("none")),
        ("HS256", |header, _| header["alg"] = json!("HS256")),
        ("another issuer", |_, claims| _ = claims.insert("iss".into(), json!("https://evil.example"))),
        ("no audience", |_, claims| _ = claims.remove("aud")),
        ("another audience", |_, claims| _ = claims.insert("aud".into(), json!("somebody"))),
        ("a second audience", |_, claims| _ = claims.insert("aud".into(), json!(["braid", "evil"]))),
        ("another party", |_, claims| _ = claims.insert("azp".into(), json!("evil"))),
        ("expired", |_, claims| _ = claims.insert("exp".into(), json!(server::now().as_seconds() - 3600))),
        ("no end", |_, claims| _ = claims.remove("exp")),
        ("not yet", |_, claims| _ = claims.insert("nbf".into(), json!(server::now().as_seconds() + 3600))),
        ("another nonce", |_, claims| _ = claims.insert("nonce".into(), json!("x"))),
        ("no nonce", |_, claims| _ = claims.remove("nonce")),
        ("another access token", |_, claims| _ = claims.insert("at_hash".into(), json!("x"))),
    ];
    for (name, bend) in bends {
        campus.will_bend(bend);
        let mut browser = world.browser();
        let (_, page) = go_through(&mut browser, &world.app("app"), "campus").await;
        assert_eq!(page.heading(), "Sign in", "{name}");
        assert_eq!(signed_in_as(&world, &mut browser).await, None, "{name}");
    }
    assert_eq!(world.accounts_with(VIC).await, []);
    campus.will_be_honest();
    sign_in_through(&mut world.browser(), &world.app("app"), "campus").await.sub();
    world.finish().await;
}

async fn oidc_rp_2_keys_change_between_logins(place: Place) {
    let world = Scene::on(place).open().await;
    let campus = world.provider("campus");
    campus.will_assert(person("vic", VIC, true));
    let app = world.app("app");
    let first = sign_in_through(&mut world.browser(), &app, "campus").await;
    campus.changes_its_key("k2", true);
    assert_eq!(sign_in_through(&mut world.browser(), &app, "campus").await.sub(), first.sub(), "a published one is found");
    campus.changes_its_key("k3", false);
    let (_, page) = go_through(&mut world.browser(), &app, "campus").await;
    page.shows("Sign in");
    world.finish().await;
}
