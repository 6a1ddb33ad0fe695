//! Whose is what: the mark that makes a statement, an inline policy or a tagged resource ours (contract/language.md, "Whose is what").

use sha2::{Digest, Sha256};

use super::address::Home;
use super::ids::PlanName;

/// Plan name, partition, SES account and SES region, hashed. Two targets of one plan are two owners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    plan: PlanName,
    home: Home,
    mark: String,
    former: Vec<(PlanName, String)>,
}

/// What every Sid of ours begins with.
pub const SID_PREFIX: &str = "Postroom";
/// The tag that says which plan made a role or a Mail Manager resource.
pub const OWNER_TAG: &str = "postroom:plan";
/// Letters of the hash in a Sid; each carries five bits.
const MARK_LENGTH: usize = 8;
/// Letters of the plan's name in a Sid: the name is cut, never the hashes.
const NAME_LENGTH: usize = 20;

impl Owner {
    /// The owner that a plan is in one account and region. `was` are earlier names of the plan: their marks count as ours.
    #[must_use]
    pub fn new(plan: &PlanName, home: &Home, was: &[PlanName]) -> Self {
        let former = was.iter().map(|name| (name.clone(), mark_of(name, home))).collect();
        Self { plan: plan.clone(), home: home.clone(), mark: mark_of(plan, home), former }
    }

    /// The plan's name.
    #[must_use]
    pub fn plan(&self) -> &PlanName {
        &self.plan
    }

    /// The Sid of a statement: `Postroom` OWNER NAME PURPOSE KEY, at most 8 + 8 + 20 + 20 + 8 characters.
    #[must_use]
    pub fn sid(&self, purpose: &str, distinct: &str) -> String {
        let name: String = camel_case(self.plan.as_str()).chars().take(NAME_LENGTH).collect();
        format!("{SID_PREFIX}{}{name}{purpose}{}", self.mark, short_hash(distinct))
    }

    /// Whether a Sid carries our mark, of now or of an earlier name. The mark stands at a fixed place and alone decides.
    #[must_use]
    pub fn owns_sid(&self, sid: &str) -> bool {
        let Some(mark) = sid.strip_prefix(SID_PREFIX).and_then(|rest| rest.get(..MARK_LENGTH)) else { return false };
        mark == self.mark || self.former.iter().any(|(_, former)| former == mark)
    }

    /// Whether a Sid is of some postroom plan, ours or not.
    #[must_use]
    pub fn is_postroom(sid: &str) -> bool {
        let mark = sid.strip_prefix(SID_PREFIX).and_then(|rest| rest.get(..MARK_LENGTH));
        mark.is_some_and(|mark| mark.bytes().all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b)))
    }

    /// The name of our inline policies.
    #[must_use]
    pub fn inline_policy(&self) -> String {
        format!("postroom-{}-{}", self.plan, self.home.region)
    }

    /// The names that our inline policies had under earlier names of the plan.
    pub fn former_inline_policies(&self) -> impl Iterator<Item = String> {
        self.former.iter().map(|(plan, _)| format!("postroom-{plan}-{}", self.home.region))
    }

    /// The value of the owner tag.
    #[must_use]
    pub fn tag(&self) -> String {
        format!("{}/{}", self.plan, self.mark)
    }

    /// Whether a tag's value says that this plan made it. The region's part does not count: a role is shared by the targets of a plan.
    #[must_use]
    pub fn made(&self, tag: &str) -> bool {
        let by_former = |mark: &str| self.former.iter().any(|(_, former)| former == mark);
        self.is_plan_of(tag) || tag.split_once('/').is_some_and(|(_, mark)| by_former(mark))
    }

    /// Whether a tag's value is this very owner's, of now or of an earlier name: plan, account and region.
    #[must_use]
    pub fn is_owner(&self, tag: &str) -> bool {
        let former = |(plan, mark): &(PlanName, String)| format!("{plan}/{mark}") == tag;
        tag == self.tag() || self.former.iter().any(former)
    }

    /// Whether a tag's value names the plan as it is called now.
    #[must_use]
    pub fn is_plan_of(&self, tag: &str) -> bool {
        tag.split_once('/').is_some_and(|(plan, _)| plan == self.plan.as_str())
    }
}

fn mark_of(plan: &PlanName, home: &Home) -> String {
    let text = format!("{plan}\n{}\n{}\n{}", home.partition(), home.account, home.region);
    let digest = Sha256::digest(text.as_bytes());
    let mut mark = data_encoding::BASE32_NOPAD.encode(&digest).to_ascii_lowercase();
    mark.truncate(MARK_LENGTH);
    mark
}

/// Eight hex digits of a text.
fn short_hash(text: &str) -> String {
    let mut hex = data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
    hex.truncate(8);
    hex
}

fn camel_case(text: &str) -> String {
    text.split('-')
        .flat_map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ids::Sid;

    fn owner(plan: &str, region: &str) -> Owner {
        let home = Home { account: "111122223333".parse().unwrap(), region: region.parse().unwrap() };
        Owner::new(&plan.parse().unwrap(), &home, &[])
    }

    #[test]
    fn a_sid_is_a_sid_however_long_the_names_are() {
        let long = owner("a-very-long-name-of-a-plan-indee", "eu-west-1");
        let sid = long.sid("TwentyLettersPurpose", "arn:aws:s3:::b/*");
        assert!(sid.parse::<Sid>().is_ok(), "{sid} {}", sid.len());
        assert!(long.owns_sid(&sid));
    }

    #[test]
    fn two_regions_and_two_plans_are_different_owners() {
        let here = owner("acme-inbound", "eu-west-1");
        for other in [owner("acme-inbound", "us-east-1"), owner("acme-inbounds", "eu-west-1")] {
            assert!(!other.owns_sid(&here.sid("DeliverToS3", "x")));
            assert!(Owner::is_postroom(&here.sid("DeliverToS3", "x")));
        }
    }

    #[test]
    fn an_earlier_name_counts_as_ours_and_sids_of_others_do_not() {
        let old = owner("acme-in", "eu-west-1");
        let home = Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() };
        let new = Owner::new(&"acme-inbound".parse().unwrap(), &home, &["acme-in".parse().unwrap()]);
        assert!(new.owns_sid(&old.sid("DeliverToS3", "x")));
        for foreign in ["AllowSESPuts", "Postroom", "PostroomXYZ", "postroomk3x7q2abA", "Postroomé"] {
            assert!(!new.owns_sid(foreign), "{foreign}");
        }
    }

    #[test]
    fn the_role_tag_of_another_region_of_the_plan_is_this_plans() {
        assert!(owner("acme-inbound", "eu-west-1").made(&owner("acme-inbound", "us-east-1").tag()));
        assert!(!owner("acme-inbound", "eu-west-1").made(&owner("acme", "eu-west-1").tag()));
    }
}
