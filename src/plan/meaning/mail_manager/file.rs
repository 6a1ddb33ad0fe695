//! What stands in the files that a plan names.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use super::super::super::files;
use super::super::super::language::{Placed, Spot};
use super::super::super::words::{Member, Reader};

/// Nobody keeps a longer list in a plan's folder.
const LARGEST_LIST: usize = 4 << 20;
/// "`CAContent`", "`CrlContent`" of <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_TrustStore.html>.
const LARGEST_TRUST_STORE: usize = 500_000;

/// Where files are taken from.
#[derive(Debug, Clone, Copy)]
pub(in crate::plan::meaning) struct Files<'a> {
    /// The plan's folder.
    pub(in crate::plan::meaning) folder: Option<&'a Path>,
    /// What a saved plan has kept of them.
    pub(in crate::plan::meaning) kept: Option<&'a BTreeMap<String, String>>,
    /// What was read.
    pub(in crate::plan::meaning) read: &'a RefCell<BTreeMap<String, String>>,
}

impl Files<'_> {
    fn read(self, path: &Placed<String>, most: usize, reader: &mut Reader<'_>) -> Option<String> {
        let found = match self.kept {
            Some(kept) => kept.get(&path.value).cloned().ok_or_else(|| "the saved plan does not hold it".to_owned()),
            None => files::read(self.folder, &path.value, most),
        };
        match found {
            Ok(text) => {
                self.read.borrow_mut().insert(path.value.clone(), text.clone());
                Some(text)
            }
            Err(why) => {
                let message = format!("cannot read `{}`: {why}", path.value);
                reader.tell("unreadable-file", message, &path.spot, "named here").help =
                    Some("files are taken from the folder of the plan, and from the working directory when it comes by `-`".to_owned());
                None
            }
        }
    }

    /// The members of an address list, one a line. They all stand where the file is named, and no problem repeats one.
    pub(super) fn members(self, path: &Placed<String>, reader: &mut Reader<'_>) -> Vec<Placed<String>> {
        let Some(text) = self.read(path, LARGEST_LIST, reader) else { return Vec::new() };
        let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim).enumerate();
        let (mut found, mut seen) = (Vec::new(), BTreeMap::new());
        for (at, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let number = at + 1;
            if !Member::fits(line) {
                let message = format!("line {number} of `{}` is no member of an address list", path.value);
                reader.tell("bad-value", message, &path.spot, format!("expected {}", Member::EXPECTED));
            } else if let Some(first) = seen.insert(line, number) {
                let message = format!("lines {first} and {number} of `{}` are the same member", path.value);
                reader.tell("duplicate-name", message, &path.spot, "named here");
            } else {
                found.push(Placed { value: line.to_owned(), spot: path.spot.clone() });
            }
        }
        found
    }

    /// Certificates, or a list of revoked ones.
    pub(super) fn certificates(self, path: &Placed<String>, reader: &mut Reader<'_>) -> Option<Placed<String>> {
        let text = self.read(path, LARGEST_TRUST_STORE, reader)?;
        let wrong = if text.contains("PRIVATE KEY-----") {
            Some("holds a private key, which must not leave the machine")
        } else if text.trim().is_empty() {
            Some("is empty")
        } else if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
            Some("is no text: certificates are written as PEM")
        } else {
            None
        };
        if let Some(wrong) = wrong {
            reader.tell("bad-value", format!("`{}` {wrong}", path.value), &path.spot, "named here");
            return None;
        }
        Some(Placed { value: text, spot: path.spot.clone() })
    }
}

/// Tells what stands in a list a second time, without saying what.
pub(super) fn no_member_twice<'a>(members: impl Iterator<Item = (&'a str, &'a Spot)>, reader: &mut Reader<'_>) {
    let mut seen = BTreeMap::new();
    for (member, spot) in members {
        if let Some(first) = seen.get(member).copied() {
            let place = reader.place(first);
            let problem = reader.tell("duplicate-name", "the same member stands here twice", spot, "the second time");
            problem.also.push((place, "the first time".to_owned()));
        } else {
            seen.insert(member, spot);
        }
    }
}
