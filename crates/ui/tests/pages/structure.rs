//! What must hold for every page, whatever is on it.

use crate::document::{Tag, inside, tags};
use crate::samples;
use std::collections::BTreeSet;

fn each_page(check: impl Fn(&str, &str, &[Tag])) {
    for (name, html) in samples::drawn() {
        check(name, &html, &tags(&html));
    }
}

fn named<'a>(tags: &'a [Tag], name: &'a str) -> impl Iterator<Item = &'a Tag> {
    tags.iter().filter(move |tag| tag.name == name)
}

#[test]
fn a_page_has_one_heading_landmarks_and_a_language() {
    each_page(|name, _, tags| {
        for once in ["h1", "main", "header", "footer", "title"] {
            assert_eq!(named(tags, once).count(), 1, "{name}: <{once}>");
        }
        let html = named(tags, "html").next().unwrap();
        assert_eq!((html.get("lang"), html.get("dir")), (Some("en"), Some("ltr")), "{name}");
        let viewport = named(tags, "meta").find(|meta| meta.get("name") == Some("viewport")).unwrap();
        assert_eq!(viewport.get("content"), Some("width=device-width, initial-scale=1"), "{name}: no zoom lock");
        let first_link = named(tags, "a").next().unwrap();
        assert_eq!((first_link.get("class"), first_link.get("href")), (Some("skip"), Some("#main")), "{name}: the skip link");
    });
}

#[test]
fn every_reference_inside_a_page_leads_somewhere() {
    each_page(|name, _, tags| {
        let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "{name}: an id is there twice: {ids:?}");
        for tag in tags {
            let listed = ["for", "aria-describedby", "aria-labelledby"].into_iter().filter_map(|attribute| tag.get(attribute));
            let linked = tag.get("href").and_then(|href| href.strip_prefix('#'));
            for id in listed.flat_map(str::split_whitespace).chain(linked) {
                assert!(known.contains(id), "{name}: {id} of <{}> isn't there", tag.name);
            }
        }
    });
}

#[test]
fn every_field_has_a_label_and_a_way_to_be_filled_in() {
    each_page(|name, _, tags| {
        let labels: BTreeSet<&str> = named(tags, "label").filter_map(|label| label.get("for")).collect();
        for input in named(tags, "input").filter(|input| input.get("type") != Some("hidden")) {
            assert!(labels.contains(input.get("id").unwrap()), "{name}: {input:?} has no label");
            assert!(input.has("autocomplete"), "{name}: {input:?}");
            assert!(!input.has("maxlength"), "{name}: {input:?}");
            if input.get("type") == Some("password") {
                assert!(!input.has("value"), "{name}: a password is in the page");
                assert!(matches!(input.get("autocomplete"), Some("current-password" | "new-password")), "{name}");
                let username = named(tags, "input").any(|input| input.get("autocomplete") == Some("username"));
                assert!(username, "{name}: password managers need the username");
            }
        }
    });
}

#[test]
fn web_1_every_form_says_which_page_it_is_and_carries_its_guard() {
    each_page(|name, html, _| {
        for form in inside(html, "form") {
            let hidden = |field: &str| {
                tags(form).iter().find(|tag| tag.get("name") == Some(field)).and_then(|tag| tag.get("value").map(str::to_owned))
            };
            assert_eq!(hidden("csrf").as_deref(), Some("t0ken"), "{name}");
            assert_eq!(hidden("step").as_deref(), Some("f1.3"), "{name}");
            assert!(tags(form).iter().any(|tag| tag.name == "button" && tag.get("name") == Some("action")), "{name}");
        }
        for form in tags(html).iter().filter(|tag| tag.name == "form") {
            assert_eq!((form.get("method"), form.get("action")), (Some("post"), Some("/login/h4ndle")), "{name}");
            assert!(form.has("novalidate"), "{name}");
        }
    });
}

#[test]
fn web_21_no_page_needs_a_script_or_an_inline_style() {
    each_page(|name, _, tags| {
        assert!(!tags.iter().any(|tag| matches!(tag.name.as_str(), "script" | "style" | "iframe" | "object")), "{name}");
        for tag in tags {
            assert!(!tag.has("style") && !tag.names().any(|name| name.starts_with("on")), "{name}: {tag:?}");
            let own = |value: &str| value.starts_with('/') || value.starts_with('#');
            assert!(tag.get("src").is_none_or(own), "{name}: {tag:?}");
            assert!(tag.name != "link" || tag.get("href").is_some_and(own), "{name}: {tag:?}");
        }
    });
}

#[test]
fn a_page_with_problems_says_so_first_and_everywhere_alike() {
    let mut seen = 0;
    for sample in samples::all() {
        let (name, html) = (sample.name, sample.html());
        let tags = tags(&html);
        let wrong: Vec<&Tag> = tags.iter().filter(|tag| tag.has("aria-invalid")).collect();
        let summary = tags.iter().position(|tag| tag.get("role") == Some("alert"));
        assert_eq!(summary.is_some(), !wrong.is_empty(), "{name}");
        assert_eq!(inside(&html, "title")[0].starts_with("Error: "), summary.is_some(), "{name}");
        let Some(summary) = summary else { continue };
        seen += 1;
        assert_eq!(tags[summary - 1].name, "main", "{name}: the summary comes first in main");
        assert!(tags[summary].has("autofocus") && tags[summary].get("tabindex") == Some("-1"), "{name}");
        assert_eq!(tags.iter().filter(|tag| tag.has("autofocus")).count(), 1, "{name}: one thing has the focus");
        for field in wrong {
            let id = field.get("id").unwrap();
            let described = field.get("aria-describedby").unwrap_or_default();
            assert!(described.split(' ').any(|part| part == format!("{id}-problem")), "{name}: {id}");
            let line = html.split(&format!("<a href=\"#{id}\">")).nth(1).unwrap().split_once("</a>").unwrap().0;
            assert!(html.contains(&format!("</span>{line}</p>")), "{name}: the summary and the field say the same");
        }
    }
    assert!(seen >= 7, "only {seen} samples have problems");
}

#[test]
fn titles_say_the_state_the_client_and_the_realm() {
    let mut titles = BTreeSet::new();
    for sample in samples::all() {
        let html = sample.html();
        let title = inside(&html, "title")[0].to_owned();
        assert!(title.ends_with(" – Campus Library – Example University"), "{}: {title}", sample.name);
        titles.insert(title);
    }
    assert!(titles.contains("Error: Sign in – Campus Library – Example University"), "{titles:?}");
}

#[test]
fn every_page_of_a_login_has_a_way_on() {
    for sample in samples::all() {
        let html = sample.html();
        let code_elsewhere = sample.mail_code.is_some();
        assert!(html.contains("<form") || html.contains("class=\"primary\" href=") || code_elsewhere, "{}", sample.name);
    }
}

#[test]
fn an_error_page_has_one_way_on_where_there_is_one() {
    for (name, html) in samples::errors() {
        let links = tags(&html).iter().filter(|tag| tag.name == "a" && tag.get("href") != Some("#main")).count();
        let has_none = matches!(name, "error-unknown-client" | "error-not-found");
        assert_eq!(links, usize::from(!has_none), "{name}");
        assert!(html.contains("7K2M-Q9XA"), "{name}: no reference");
    }
}

#[test]
fn what_pages_load_is_what_is_served() {
    let served: BTreeSet<String> = ui::assets().iter().map(|asset| format!("/assets/{}", asset.name)).collect();
    each_page(|name, _, tags| {
        let loaded =
            named(tags, "link").filter_map(|tag| tag.get("href")).chain(named(tags, "img").filter_map(|tag| tag.get("src")));
        for href in loaded {
            assert!(served.contains(href), "{name}: {href}");
        }
    });
    let [stylesheet, mark] = ui::assets();
    assert!(stylesheet.text.contains(&format!("url({})", mark.name)));
    assert!(stylesheet.text.len() < 10_000);
    for physical in ["-left", "-right", "-top", "-bottom", "left:", "right:", " width:", " height:"] {
        assert!(!stylesheet.text.contains(physical), "the stylesheet says {physical}");
    }
}

#[test]
fn web_38_a_wrong_login_doesn_t_say_which_half_was_wrong() {
    let wrong = samples::all().into_iter().find(|sample| sample.name == "login-wrong").unwrap().html();
    assert!(wrong.contains("Username and password don&#39;t fit together"));
    assert!(!wrong.contains("password isn&#39;t right"));
}
