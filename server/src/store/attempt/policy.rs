//! How many attempts are free, how long the following ones wait, and how they are forgotten.
//!
//! A count leaks: one attempt after another is forgotten, however many are made meanwhile, so that
//! a clinic behind one address does not gather a day's slips of the finger. Still no way to spread
//! attempts gains any: with [`Policy::most`] as the highest count there is, no more than
//! `most + T / forget` of them are counted in a time `T`. For passwords that is, after the first
//! ones,
//!
//! | guesses | first | then an hour |
//! |---|---|---|
//! | at one account from one address ([`PASSWORD`]) | 11 | 60 |
//! | at one account from everywhere ([`ACCOUNT`]) | 103 | 720 |
//! | at all accounts from one address ([`ADDRESS`]) | 36 | 60 |
//! | at an app's code, once the password is known ([`CODE`]) | 11 | 6 |

use time::Duration;

use crate::clock::Moment;

/// How many attempts of one kind are free, how long the following ones wait, and how they are
/// forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Names what is counted.
    pub name: &'static str,
    /// Attempts without a wait.
    pub free: i32,
    /// The first wait; each further one is twice as long.
    pub first: Duration,
    /// The longest.
    pub longest: Duration,
    /// Each time this has passed, one attempt is forgotten. Never longer than `longest`: after the
    /// longest wait the count is where it was, and grows no further.
    pub forget: Duration,
}

/// Sign-ins and other proofs of a password, by account and client: guessing from elsewhere does not
/// hold the owner up.
pub const PASSWORD: Policy = Policy {
    name: "password",
    free: 5,
    first: Duration::seconds(1),
    longest: Duration::seconds(60),
    forget: Duration::seconds(60),
};

/// The same by account alone, for guesses from many places. One client gets a turn only once in
/// [`PASSWORD`]'s longest wait, of which the longest here is a small part: the rest is the owner's.
pub const ACCOUNT: Policy = Policy {
    name: "account",
    free: 100,
    first: Duration::seconds(1),
    longest: Duration::seconds(5),
    forget: Duration::seconds(5),
};

/// Sign-ins by address: a clinic may share one.
pub const ADDRESS: Policy = Policy {
    name: "address",
    free: 30,
    first: Duration::seconds(1),
    longest: Duration::seconds(60),
    forget: Duration::seconds(60),
};

/// Codes of an authenticator app, by account, wherever they come from: only who knows the password
/// can try one, and of a million, three are good at a time. Who knows the password can thus make
/// the owner wait, but for their recovery codes, which nobody guesses and which are not counted.
pub const CODE: Policy = Policy {
    name: "code",
    free: 5,
    first: Duration::seconds(10),
    longest: Duration::minutes(10),
    forget: Duration::minutes(10),
};

/// Passwords and codes that come too early and are recorded, by whatever holds them up: they may
/// come as fast as the line takes them.
pub const THROTTLED: Policy = Policy {
    name: "throttled",
    free: 1,
    first: Duration::minutes(1),
    longest: Duration::minutes(1),
    forget: Duration::minutes(1),
};

/// Forms to register whose password is judged, by address. Whoever is refused tries again, and
/// takes no turn of those who register from there, too; but judging takes a while, and is not for
/// free without end.
pub const JUDGED: Policy = Policy {
    name: "judged",
    free: 100,
    first: Duration::seconds(1),
    longest: Duration::seconds(10),
    forget: Duration::seconds(5),
};

/// Registrations by address: a whole department may do it in one morning.
pub const REGISTER: Policy = Policy {
    name: "register",
    free: 30,
    first: Duration::minutes(1),
    longest: Duration::minutes(15),
    forget: Duration::minutes(5),
};

/// Letters about registering and about a new address that anybody can have sent to an e-mail
/// address, by that address, whether it has an account or not.
pub const LETTER: Policy = Policy {
    name: "letter",
    free: 3,
    first: Duration::minutes(5),
    longest: Duration::minutes(20),
    forget: Duration::minutes(20),
};

/// Letters with a link for a new password, by e-mail address. They are counted apart: whoever goes
/// on registering with the address of somebody else would keep the owner from getting one. Whoever
/// goes on asking for links in the owner's place sends the owner one each time.
pub const LINK: Policy = Policy {
    name: "link",
    ..LETTER
};

/// Asking for and using such links, by address.
pub const RESET: Policy = Policy {
    name: "reset",
    free: 20,
    first: Duration::seconds(10),
    longest: Duration::minutes(5),
    forget: Duration::minutes(5),
};

/// Downloads of what is stored, by account: each reads nearly all of it.
pub const EXPORT: Policy = Policy {
    name: "export",
    free: 5,
    first: Duration::minutes(1),
    longest: Duration::minutes(15),
    forget: Duration::minutes(15),
};

/// Saves, and corrections of what was saved, by account: whoever deletes in between never meets the
/// quota, and every deletion leaves a number behind. A day's work is free, and a browser that has
/// to wait tries again by itself.
pub const SAVE: Policy = Policy {
    name: "save",
    free: 500,
    first: Duration::seconds(1),
    longest: Duration::minutes(1),
    forget: Duration::seconds(10),
};

/// Courses and comparisons of analyses, by account: each takes rows of many analyses, and up to a
/// second. Whoever says of one lesion after another which it is gets one each time.
pub const COURSE: Policy = Policy {
    name: "course",
    free: 120,
    first: Duration::seconds(1),
    longest: Duration::seconds(5),
    forget: Duration::seconds(5),
};

/// Files of an analysis' figures, by account: each takes its whole document. Whoever looks through
/// a day's work may have one of each.
pub const FINDINGS: Policy = Policy {
    name: "findings",
    ..COURSE
};

/// What the clocks of two servers may differ by.
const CLOCKS_DIFFER: Duration = Duration::minutes(1);

/// Every policy has forgotten everything after this: older rows say nothing.
pub const MEMORY: Duration = Duration::hours(3);

/// The shortest first wait, doubled as often, is beyond every longest one.
const DOUBLINGS: i32 = 16;

/// What is stored of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counted {
    /// Attempts that were not forgotten at `last`.
    pub(super) made: i32,
    /// The next attempt is too early before.
    pub(super) until: Moment,
    /// From when on more is forgotten; no earlier than one `forget` before the last attempt.
    pub(super) last: Moment,
}

impl Policy {
    /// The wait after an attempt with which the count is `made`.
    pub fn wait(&self, made: i32) -> Duration {
        let beyond = made.saturating_sub(self.free);
        if beyond < 0 {
            return Duration::ZERO;
        }
        let factor = 1_i32 << beyond.min(DOUBLINGS);
        self.first.saturating_mul(factor).min(self.longest)
    }

    /// The highest count: the first one after which the wait is the longest.
    pub fn most(&self) -> i32 {
        (self.free..self.free + DOUBLINGS)
            .find(|made| self.wait(*made) == self.longest)
            .unwrap_or(i32::MAX)
    }

    /// How many of `made` attempts are left when some time has passed, and how much of that time
    /// has not forgotten one yet: it counts for the next.
    pub fn left(&self, made: i32, passed: Duration) -> (i32, Duration) {
        // A release before this one counted further.
        let made = made.clamp(0, self.most());
        let micros = |time: Duration| time.whole_microseconds().max(0);
        let forgotten = micros(passed) / micros(self.forget).max(1);
        match i32::try_from(forgotten) {
            Ok(forgotten) if forgotten < made => {
                let rest = passed.max(Duration::ZERO) - self.forget * forgotten;
                (made - forgotten, rest)
            }
            _ => (0, Duration::ZERO),
        }
    }

    /// Counts an attempt at a moment, or says how much too early it comes.
    pub(super) fn count(&self, before: Option<Counted>, at: Moment) -> Result<Counted, Duration> {
        // What lies far ahead was written while a clock was wrong.
        let before = before.filter(|before| before.last - at <= MEMORY);
        let (made, rest) = match before {
            None => (0, Duration::ZERO),
            Some(before) => {
                let wait = before.until - at;
                // A longer wait than any was written while a clock was wrong. Free attempts may
                // come at once, and the clocks of two servers differ a little: there is no wait
                // where the attempt before began none.
                let is_honest = wait <= self.longest + CLOCKS_DIFFER;
                if wait.is_positive() && is_honest && self.wait(before.made).is_positive() {
                    return Err(wait);
                }
                self.left(before.made, at - before.last)
            }
        };
        let made = made.saturating_add(1);
        Ok(Counted {
            made,
            until: at.saturating_add(self.wait(made)),
            last: at.saturating_sub(rest),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const ALL: [Policy; 14] = [
        PASSWORD, ACCOUNT, ADDRESS, CODE, THROTTLED, JUDGED, REGISTER, LETTER, LINK, RESET, EXPORT,
        SAVE, COURSE, FINDINGS,
    ];

    /// How many of the attempts that come after these pauses are counted, and the time until the
    /// last.
    fn counted(policy: &Policy, pauses: impl IntoIterator<Item = Duration>) -> (i32, Duration) {
        let begin = datetime!(2026-11-30 00:00);
        let (mut at, mut known, mut count) = (begin, None, 0);
        for pause in pauses {
            at += pause;
            if let Ok(now) = policy.count(known, at) {
                assert!(now.made <= policy.most(), "{now:?}");
                known = Some(now);
                count += 1;
            }
        }
        (count, at - begin)
    }

    /// The most that may be counted in a time, as is promised above.
    fn promised(policy: &Policy, time: Duration) -> i32 {
        let forgotten = time.whole_microseconds() / policy.forget.whole_microseconds();
        policy.most() + i32::try_from(forgotten).unwrap()
    }

    fn any_policy() -> impl Strategy<Value = Policy> {
        (0..ALL.len()).prop_map(|i| ALL[i])
    }

    fn any_pause() -> impl Strategy<Value = Duration> {
        let seconds = prop_oneof![Just(0), 0..20_i64, 0..2000_i64, 0..20_000_i64];
        (seconds, 0..1000_i64).prop_map(|(s, ms)| Duration::seconds(s) + Duration::milliseconds(ms))
    }

    proptest! {
        #[test]
        fn time_only_forgets_and_all_of_it_counts(
            policy in any_policy(),
            made in 0..700_i32,
            first in any_pause(),
            second in any_pause(),
        ) {
            let (left, rest) = policy.left(made, first);
            prop_assert!((0..=made).contains(&left));
            prop_assert!(rest < policy.forget && !rest.is_negative());
            // Whether somebody looked in between makes no difference.
            let (then, _) = policy.left(left, rest + second);
            prop_assert_eq!(then, policy.left(made, first + second).0);
            prop_assert!(then <= left);
            prop_assert_eq!(policy.left(made, MEMORY).0, 0);
            prop_assert_eq!(policy.left(made, -first).0, made.min(policy.most()));
        }

        #[test]
        fn asvs_6_1_1_no_way_to_spread_attempts_makes_more_of_them_than_promised(
            policy in any_policy(),
            pauses in prop::collection::vec(any_pause(), 1..300),
        ) {
            let (count, time) = counted(&policy, pauses);
            prop_assert!(count <= promised(&policy, time), "{} in {}", count, time);
        }
    }

    #[test]
    fn asvs_6_1_1_an_attacker_who_never_misses_a_turn_gets_the_promised_rate() {
        for (policy, first, an_hour) in [
            (PASSWORD, 11, 60),
            (ACCOUNT, 103, 720),
            (ADDRESS, 36, 60),
            (CODE, 11, 6),
        ] {
            assert_eq!(policy.most(), first, "{}", policy.name);
            let hour = || std::iter::repeat_n(Duration::milliseconds(500), 7200);
            let (in_one, _) = counted(&policy, hour());
            let (in_two, _) = counted(&policy, hour().chain(hour()));
            assert!(in_one <= first + an_hour, "{}: {in_one}", policy.name);
            assert!(
                in_two - in_one <= an_hour,
                "{}: {in_two} after {in_one}",
                policy.name
            );
        }
    }

    #[test]
    fn a_clinic_that_mistypes_all_day_long_is_not_held_up() {
        // One slip a minute, and twenty at once every half an hour.
        for pause_secs in [60, 61, 90] {
            let pauses = std::iter::repeat_n(Duration::seconds(pause_secs), 600);
            assert_eq!(counted(&ADDRESS, pauses).0, 600, "{pause_secs}");
        }
        let shifts = (0..400).map(|n| Duration::minutes(if n % 20 == 0 { 30 } else { 0 }));
        assert_eq!(counted(&ADDRESS, shifts).0, 400);
    }

    #[test]
    fn asvs_6_1_1_waits_double_from_one_second_to_a_minute_and_never_more() {
        let waits: Vec<i64> = (1..=13)
            .map(|made| PASSWORD.wait(made).whole_seconds())
            .collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(PASSWORD.wait(i32::MAX), PASSWORD.longest);
    }

    #[test]
    fn nobody_waits_longer_than_the_longest_wait_because_a_clock_ran_ahead() {
        let at = datetime!(2026-11-30 00:00);
        for policy in ALL {
            let made = policy.most();
            let ahead = |by: Duration| {
                let then = at + by;
                Counted {
                    made,
                    until: then + policy.longest,
                    last: then,
                }
            };
            assert!(policy.count(Some(ahead(Duration::ZERO)), at).is_err());
            assert!(policy.count(Some(ahead(Duration::hours(2))), at).is_ok());
        }
    }

    #[test]
    fn one_client_leaves_most_turns_of_an_account_to_others() {
        let waits = [99, 100, 101, 102, 1000].map(|made| ACCOUNT.wait(made).whole_seconds());
        assert_eq!(waits, [0, 1, 2, 4, 5]);
        assert!(ACCOUNT.wait(i32::MAX) * 10 <= PASSWORD.wait(i32::MAX));
    }

    #[test]
    fn every_policy_is_forgotten_within_the_memory_and_no_slower_than_it_lets_attempts_through() {
        for policy in ALL {
            let name = policy.name;
            assert!(policy.forget <= policy.longest, "{name}");
            assert!(policy.forget * (policy.most() + 1) <= MEMORY, "{name}");
        }
    }
}
