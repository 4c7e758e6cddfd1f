//! The address corpus: case, compatibility forms, international domains, parser differentials.

use super::*;

fn parse(text: &str) -> Result<EmailAddress, AddressError> {
    EmailAddress::parse(text)
}

#[test]
fn plain_addresses_are_kept_as_given() {
    for text in ["ada@example.org", "Ada.Lovelace+braid@example.org", "o'neil@example.org", "a@localhost"] {
        assert_eq!(parse(text).map(|address| address.to_string()), Ok(text.to_owned()));
    }
}

#[test]
fn ph_53_no_letter_folds_into_another() {
    for text in ["ın@example.org", "ſ@example.org", "ß@example.org", "\u{212a}@example.org", "ﬁ@example.org"] {
        assert_eq!(parse(text), Err(AddressError::Local), "{text}");
    }
    for text in ["a@exampl\u{ff45}.org", "a@\u{212a}.org", "a@ﬁ.org", "a@example.ⓒom"] {
        assert_eq!(parse(text), Err(AddressError::Domain), "{text}");
    }
}

#[test]
fn ph_54_hidden_and_compatibility_characters_are_refused() {
    for text in
        ["Ａ@example.org", "a\u{200d}b@example.org", "a\u{ad}@example.org", "a\u{202e}@example.org", "e\u{301}@example.org"]
    {
        assert_eq!(parse(text), Err(AddressError::Local), "{text}");
    }
    for text in ["a@exa\u{ad}mple.org", "a@exa\u{200b}mple.org"] {
        assert_eq!(parse(text), Err(AddressError::Domain), "{text}");
    }
}

#[test]
fn ph_55_case_folds_for_comparison_only() {
    let (given, lower) = (parse("Vic@Ex.org").unwrap(), parse("vic@EX.ORG").unwrap());
    assert!(given.names_the_same_mailbox_as(&lower));
    assert_eq!(given.as_str(), "Vic@ex.org");
}

#[test]
fn ph_56_dots_and_tags_are_other_mailboxes() {
    let plain = parse("vic@gmail.com").unwrap();
    for other in ["v.i.c@gmail.com", "vic+x@gmail.com"] {
        assert!(!plain.names_the_same_mailbox_as(&parse(other).unwrap()));
    }
}

#[test]
fn ph_57_a_domain_has_one_form() {
    let (unicode, ascii) = (parse("a@bücher.example").unwrap(), parse("a@xn--bcher-kva.example").unwrap());
    assert_eq!(unicode, ascii);
    assert_ne!(parse("a@аpple.com").unwrap().domain(), "apple.com");
    for invalid in ["a@xn--a.com", "a@xn--example-.com", "a@xn--.com"] {
        assert_eq!(parse(invalid), Err(AddressError::Domain), "{invalid}");
    }
}

#[test]
fn ph_58_only_the_plain_form_is_an_address() {
    let long_local = format!("{}@example.org", "a".repeat(65));
    let long_domain = format!("a@{}.org", "a".repeat(255));
    for text in [
        "\"e@att.com\"@vic.com",
        "vic@a@b",
        "att@evil.org,vic@corp.org",
        "[\"a@b.org\"]",
        "vic(c)@x.org",
        "=?utf-8?q?vic?=@x.org",
        "@a,@b:c@d",
        "vic@[127.0.0.1]",
        "vic@127.0.0.1",
        "vic@example.org.",
        "vic@ex\0ample.org",
        "vic\t@example.org",
        "vic\r\n@example.org",
        "vic@example.org\r\nBcc: att@evil.org",
        "",
        "@",
        "vic",
        "vic@",
        "@example.org",
        ".vic@example.org",
        "vic.@example.org",
        "v..ic@example.org",
        "vic@-example.org",
        "vic@example",
        "vic@exa_mple.org",
        &long_local,
        &long_domain,
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_mask_hides_how_long_the_address_is() {
    assert_eq!(parse("ada@example.org").unwrap().masked(), "a•••@e•••.org");
    assert_eq!(parse("augusta.ada.king@e.org").unwrap().masked(), "a•••@e•••.org");
}
