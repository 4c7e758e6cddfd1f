//! Every page and mail is drawn from samples, compared with what was looked at before, and checked as a document.

#![cfg(test)]

mod document;
mod hostile;
mod mails;
mod recovering;
mod samples;
mod second_factor;
mod snapshots;
mod structure;
