//! Crowds: sound on both databases, the same from the same seed, and no burden on a decision.

use testkit::{A_DECISION, Crowd, Place, Scene, on_every_database, pages_read};

on_every_database!(in_memory: a_crowd_is_sound);

async fn a_crowd_is_sound(place: Place) {
    let world = Scene::on(place).open().await;
    let crowd = Crowd { users: 1_000, seed: 1 };
    crowd.arrive(world.store(), world.realm()).await.unwrap();
    for number in [0, 99, 500, 999] {
        let made = crowd.person(number);
        let user = world.store().find_user(world.realm(), made.user.id).await.unwrap().unwrap();
        assert_eq!(user, made.user.as_user());
        assert_eq!(world.links_of(&user).await, made.identities);
    }
    let claimed = world.accounts_with(crowd.address(99).as_str()).await;
    assert_eq!(claimed.iter().filter(|user| user.has_proved(&crowd.address(98))).count(), 1);
    assert_eq!(claimed.len(), 2, "one has it, one claims it");
    world.finish().await;
}

#[test]
fn a_seed_decides_who_comes() {
    let [first, same, other] = [1, 1, 2].map(|seed| Crowd { users: 10, seed }.person(7));
    assert_eq!((&first.user, &first.identities), (&same.user, &same.identities));
    assert_ne!(first.user.id, other.user.id);
    assert_ne!(first.identities[0].key, other.identities[0].key);
}

#[tokio::test]
async fn a_decision_reads_hardly_more_pages_in_a_realm_that_is_twenty_times_as_large() {
    if !Place::Postgres.is_there() {
        return;
    }
    let few = pages_read(Crowd { users: 1_000, seed: 1 }).await;
    let many = pages_read(Crowd { users: 20_000, seed: 1 }).await;
    for (few, many) in few.iter().zip(&many) {
        // An index that is one level deeper is one page more, which is much of two.
        let allowance = if few.what == A_DECISION { 0.0 } else { 1.0 };
        assert!(many.pages <= few.pages * 1.5 + allowance, "{few:?}, {many:?}");
    }
}
