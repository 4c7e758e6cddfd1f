//! Pages and mails as they were when somebody last looked at them.

use crate::{mails, samples};
use std::path::PathBuf;
use std::{fs, io};

/// Set `BRAID_BLESS=1` to write what is drawn now, then look at the difference before you commit it.
#[expect(clippy::disallowed_methods, reason = "a test's own switch, not configuration")]
fn blesses() -> bool {
    std::env::var_os("BRAID_BLESS").is_some()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots")
}

fn drawn() -> Vec<(String, String)> {
    let pages = samples::drawn().into_iter().map(|(name, html)| (format!("{name}.html"), html));
    let mails = mails::all().into_iter().flat_map(|(name, mail)| {
        [(format!("{name}.html"), mail.html), (format!("{name}.txt"), format!("{}\n\n{}", mail.subject, mail.text))]
    });
    pages.chain(mails).collect()
}

#[test]
fn every_page_and_mail_is_as_it_was_looked_at() -> io::Result<()> {
    let drawn = drawn();
    if blesses() {
        fs::remove_dir_all(folder())
            .or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })?;
        fs::create_dir_all(folder())?;
        return drawn.iter().try_for_each(|(name, text)| fs::write(folder().join(name), text));
    }
    let changed: Vec<&str> = drawn
        .iter()
        .filter(|(name, text)| fs::read_to_string(folder().join(name)).ok().as_ref() != Some(text))
        .map(|(name, _)| name.as_str())
        .collect();
    assert!(changed.is_empty(), "changed: {changed:?}. If that is right: BRAID_BLESS=1 cargo test -p ui");
    assert_eq!(fs::read_dir(folder())?.count(), drawn.len(), "a snapshot has no page any more");
    Ok(())
}
