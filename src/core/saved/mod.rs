//! A plan that was looked at and shall be done as it was shown: `plan -o FILE`, `apply FILE`.
//!
//! It holds everything that decides — the plan's text, the variables and files it names, the account as it was seen — and the changes that
//! follow. So `apply` needs no plan beside it, works the changes out again on the account as it is by then, and says what has moved
//! ([`stale`]). It holds no secret: values of passwords and secrets are read by `apply`, and only where they come from stands in a plan.

pub mod stale;
pub mod terms;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub use terms::Terms;

use super::change::ChangeSet;
use super::live::{Live, Observed};

/// The version of the format that this program writes and reads.
pub const SAVED_FORMAT: u32 = 1;

/// The member that a saved plan begins with, so that it is told from a plan of the same letters.
const MARK: &str = "\"saved_plan\"";

/// A saved plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saved {
    /// Version of this format.
    pub saved_plan: u32,
    /// `sha256:` of everything else.
    pub checksum: String,
    /// The version of the program that made it.
    pub postroom: String,
    /// The name of the plan.
    pub plan: String,
    /// The plan file, as the user named it.
    pub file: String,
    /// Its whole text.
    pub text: String,
    /// The variables from outside that it uses.
    pub vars: BTreeMap<String, String>,
    /// The files that it names, by their paths there.
    pub files: BTreeMap<String, String>,
    /// What was asked for beside the plan.
    pub terms: Terms,
    /// Warnings count as errors.
    pub strict: bool,
    /// What was planned, in the order of the plan.
    pub targets: Vec<SavedTarget>,
}

/// What was planned for one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedTarget {
    /// Its name; none where the plan has no targets.
    pub target: Option<String>,
    /// The changes, with the fingerprint of each object that they were computed from.
    pub set: ChangeSet,
    /// The account as it was seen.
    pub live: Live,
}

/// Why a file is not taken for a saved plan that may be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSaved {
    /// It is cut off, or no JSON any more.
    #[error("it is no readable JSON: {0}")]
    Unreadable(String),
    /// Another version of the format.
    #[error("it has format {found}, and this postroom reads format {SAVED_FORMAT}")]
    OtherFormat {
        /// What it says.
        found: String,
    },
    /// Something in it was changed.
    #[error("it is not as it was saved: {0}")]
    Changed(String),
}

impl SavedTarget {
    /// What was planned for a target, and of what. Nobody but who saves it has a use for fingerprints.
    #[must_use]
    pub fn new(target: Option<String>, set: ChangeSet, live: Live) -> Self {
        let fingerprints = live.seen.iter().map(|(at, observed)| (at.clone(), fingerprint(observed))).collect();
        Self { target, set: ChangeSet { fingerprints, ..set }, live }
    }

    /// Whether these are the changes that were planned: they came out of the same account.
    #[must_use]
    pub fn plans(&self, set: &ChangeSet) -> bool {
        let ChangeSet { plan, home, changes, unchanged, findings, unreadable, outputs, fingerprints: _, mail } = set;
        let of = &self.set;
        (plan, home, changes, unchanged) == (&of.plan, &of.home, &of.changes, &of.unchanged)
            && (findings, unreadable, outputs, mail) == (&of.findings, &of.unreadable, &of.outputs, &of.mail)
    }
}

fn fingerprint(observed: &Observed) -> String {
    let text = serde_json::to_string(observed).unwrap_or_default();
    format!("sha256:{}", data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes())))
}

impl Saved {
    /// Whether a text is meant to be a saved plan, whatever became of it.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        let inside = text.trim_start_matches('\u{feff}').trim_start().strip_prefix('{');
        inside.is_some_and(|inside| inside.trim_start().starts_with(MARK))
    }

    /// The file, sealed with its checksum.
    ///
    /// # Errors
    /// A value that JSON cannot hold.
    pub fn seal(mut self) -> Result<(Self, String), serde_json::Error> {
        self.checksum = self.content()?;
        let text = serde_json::to_string_pretty(&self)? + "\n";
        Ok((self, text))
    }

    /// The checksum of everything but the checksum, however the file is laid out.
    fn content(&self) -> Result<String, serde_json::Error> {
        let bare = serde_json::to_vec(&Self { checksum: String::new(), ..self.clone() })?;
        Ok(format!("sha256:{}", data_encoding::HEXLOWER.encode(&Sha256::digest(bare))))
    }

    /// Reads a file back.
    ///
    /// # Errors
    /// It is cut off, of another version, or not as it was saved.
    pub fn open(text: &str) -> Result<Self, NotSaved> {
        let value: Value =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| NotSaved::Unreadable(error.to_string()))?;
        let format = value.get("saved_plan").cloned().unwrap_or_default();
        if format.as_u64() != Some(u64::from(SAVED_FORMAT)) {
            return Err(NotSaved::OtherFormat { found: format.to_string() });
        }
        let changed = |error: serde_json::Error| NotSaved::Changed(error.to_string());
        let saved: Self = serde_json::from_value(value).map_err(changed)?;
        let content = saved.content().map_err(changed)?;
        if saved.checksum != content {
            return Err(NotSaved::Changed(format!("it says checksum {}, and what it holds gives {content}", saved.checksum)));
        }
        // A sum can be made again by hand; that the parts speak of one plan cannot be left to it.
        if let Some(other) = saved.targets.iter().find(|target| target.set.plan != saved.plan || target.set.home != target.live.home) {
            return Err(NotSaved::Changed(format!("it is of plan {}, and holds changes of plan {}", saved.plan, other.set.plan)));
        }
        Ok(saved)
    }

    /// Whether `--expect` means this one.
    #[must_use]
    pub fn is(&self, checksum: &str) -> bool {
        let bare = |text: &str| text.trim().trim_start_matches("sha256:").to_ascii_lowercase();
        bare(checksum) == bare(&self.checksum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::address::Home;

    fn saved() -> Saved {
        let home = Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() };
        let set = ChangeSet {
            plan: "acme".to_owned(),
            home: home.clone(),
            changes: Vec::new(),
            unchanged: 3,
            findings: Vec::new(),
            unreadable: Vec::new(),
            outputs: BTreeMap::new(),
            fingerprints: BTreeMap::new(),
            mail: Vec::new(),
        };
        Saved {
            saved_plan: SAVED_FORMAT,
            checksum: String::new(),
            postroom: "0.1.0".to_owned(),
            plan: "acme".to_owned(),
            file: "postroom.yaml".to_owned(),
            text: "postroom: 1\nname: acme\n".to_owned(),
            vars: BTreeMap::new(),
            files: BTreeMap::from([("list".to_owned(), "a@acme.example\n".to_owned())]),
            terms: Terms::default(),
            strict: false,
            targets: vec![SavedTarget { target: None, set, live: Live::new(home) }],
        }
    }

    #[test]
    fn a_saved_plan_reads_back_however_it_is_laid_out() {
        let (sealed, text) = saved().seal().unwrap();
        assert!(Saved::is_meant(&text) && Saved::open(&text).unwrap() == sealed);
        let compact = serde_json::to_string(&sealed).unwrap();
        assert_eq!(Saved::open(&compact).unwrap().checksum, sealed.checksum);
        assert!(sealed.is(&sealed.checksum) && sealed.is(&sealed.checksum["sha256:".len()..].to_uppercase()));
        assert!(!sealed.is("") && !sealed.is(&sealed.checksum[..20]));
    }

    #[test]
    fn a_plan_is_not_taken_for_a_saved_one() {
        for text in ["postroom: 1\nname: acme\n", "{\"postroom\": 1, \"name\": \"acme\"}", "", "{}"] {
            assert!(!Saved::is_meant(text), "{text}");
        }
        assert!(Saved::is_meant("{ \"saved_plan\""));
    }

    #[test]
    fn what_was_cut_off_changed_or_made_by_another_version_is_told_apart() {
        let (_, text) = saved().seal().unwrap();
        for length in [20, text.len() / 2, text.len() - 3] {
            assert!(matches!(Saved::open(&text[..length]), Err(NotSaved::Unreadable(_))), "{length}");
        }
        let newer = text.replacen("\"saved_plan\": 1", "\"saved_plan\": 2", 1);
        assert!(Saved::open(&newer).unwrap_err().to_string().contains("format 2"), "{newer}");
        for (old, new) in [("a@acme", "b@acme"), ("\"unchanged\": 3", "\"unchanged\": 4"), ("\"strict\": false", "\"strict\": null")] {
            assert!(text.contains(old), "{old}");
            assert!(matches!(Saved::open(&text.replacen(old, new, 1)), Err(NotSaved::Changed(_))), "{old}");
        }
    }

    #[test]
    fn parts_of_two_plans_are_not_put_together_even_with_a_sum_that_fits() {
        let mut mixed = saved();
        mixed.targets[0].set.plan = "other".to_owned();
        let (_, text) = mixed.seal().unwrap();
        assert!(Saved::open(&text).unwrap_err().to_string().contains("plan other"));
    }
}
