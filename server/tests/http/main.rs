//! The service from the outside: requests in, responses out, no socket.
//!
//! A name that begins with `asvs` cites the requirement of OWASP ASVS 5.0 it checks.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access;
mod account;
mod analysis;
mod asset;
mod backup;
mod caption;
mod confirm;
mod database;
mod enrolled;
mod export;
mod findings;
mod follow_up;
mod guard;
mod header;
mod health;
mod history;
mod hostile;
mod letter;
mod mariadb;
mod operator;
mod outage;
mod page;
mod pairing;
mod password;
mod person;
mod process;
mod profile;
mod quota;
mod reset;
mod save;
mod search;
mod second_factor;
mod second_step;
mod serve;
mod service;
mod session;
mod slow;
mod start;
mod throttle;
