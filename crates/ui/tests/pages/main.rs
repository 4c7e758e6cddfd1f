//! Every page and mail is drawn from samples, compared with what was looked at before, and checked as a document.

#![cfg(test)]

mod document;
mod hostile;
mod mails;
mod recovering;
mod samples;
mod snapshots;
mod structure;
