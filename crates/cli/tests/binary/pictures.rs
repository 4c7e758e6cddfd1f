//! Flows as pictures, the difference between two, and those that Keycloak exported.

use crate::place::Place;

#[test]
fn flows_of_keycloak_are_imported_drawn_and_compared() {
    let place = Place::new();
    place.write("realm.json", include_str!("../keycloak/stock.json"));
    let looked = place.braid(&["flow", "import-keycloak", "realm.json"]);
    assert_eq!((looked.code, looked.err.as_str()), (0, ""), "{}", looked.out);
    assert!(looked.out.ends_with("nothing was written; `--out FOLDER` writes the files\n"), "{}", looked.out);

    let imported = place.braid(&["flow", "import-keycloak", "realm.json", "--out", "flows", "--format", "json"]);
    assert_eq!(imported.code, 0, "{}", imported.err);
    assert!(imported.out.contains("\"result\": \"comes-with-braid\""), "{}", imported.out);
    let written = place.read("flows/keycloak-browser.yaml");
    let again = place.braid(&["flow", "import-keycloak", "realm.json", "--out", "flows"]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("is there already; nothing was written"), "{}", again.err);
    assert_eq!(place.read("flows/keycloak-browser.yaml"), written);

    let drawn = place.braid(&["flow", "graph", "flows/keycloak-browser.yaml"]);
    assert_eq!(drawn.code, 0, "{}", drawn.err);
    assert!(drawn.out.contains("├─ cookie (alternative) → who signs in\n"), "{}", drawn.out);
    for (picture, begins) in [("mermaid", "---\ntitle: \"browser\"\n"), ("svg", "<svg xmlns=")] {
        let drawn = place.braid(&["flow", "graph", "browser", "--format", picture]);
        assert!(drawn.code == 0 && drawn.out.starts_with(begins), "{}", drawn.out);
    }
    assert_eq!(place.braid(&["flow", "graph", "nowhere"]).code, 1);

    for (before, after, code) in
        [("browser", "browser", 0), ("browser", "flows/keycloak-browser.yaml", 1), ("browser", "nowhere.yaml", 2)]
    {
        assert_eq!(place.braid(&["flow", "diff", before, after]).code, code, "{before} {after}");
    }
    let compared = place.braid(&["flow", "diff", "browser", "flows/keycloak-browser.yaml"]);
    assert!(
        compared.out.contains("`register` in “sign in”: removed") && compared.out.contains("For people\n"),
        "{}",
        compared.out
    );
}

#[test]
fn what_is_no_realm_is_refused_with_its_reason() {
    let place = Place::new();
    place.write("broken.json", "{\"authenticationFlows\": 7}");
    for (file, part) in [("broken.json", "isn't a realm as Keycloak exports it"), ("gone.json", "can't be opened")] {
        let ended = place.braid(&["flow", "import-keycloak", file, "--out", "flows"]);
        assert_eq!(ended.code, 2, "{}", ended.out);
        assert!(ended.err.contains(part) && !place.has("flows"), "{}", ended.err);
    }
}
