//! The top of a plan.

use super::access::Access;
use super::choice::OneOf;
use super::common::{Flag, List, Must, Names, Opt, Whole};
use super::create::Create;
use super::grant::Grant;
use super::identities::{ArchiveUser, Sender};
use super::macros::mapping;
use super::mail_manager::MailManager;
use super::receipt::Receipt;
use super::role::Role;
use super::routes::RouteTest;
use super::several::At;
use super::target::Targets;
use super::texts::{
    AccountId, AccountKey, Address, AnyText, EntryName, FindingCode, Literal, LockPlace, Percent, Percentage, PlanName, Region, RoleName,
    TagKey, TagValue, Text, VarName, Version,
};
use crate::plan::language::{ConfusedDeputy, ForeignGrants, OtherRules, RoleKeys, Scope};

mapping! {
    /// Where mail goes; who must be allowed to do what for that to happen follows from it.
    Plan {
        /// The version of the plan language.
        postroom: Must<Literal<Version>>,
        /// The owner of everything this plan makes: 2 to 32 of `a-z 0-9 -`, beginning with a letter, without variables.
        name: Must<Literal<PlanName>>,
        /// A guard: any other account is refused before anything is read.
        account: Opt<AccountId>,
        /// The SES region; else `AWS_REGION` or the region of the profile.
        region: Opt<Region>,
        /// Variables, used as `${var.NAME}`; `--var` and `--var-file` override them.
        vars: Opt<Names<VarName, AnyText>>,
        /// How to reach other accounts that own a resource named below.
        accounts: Opt<Names<AccountKey, Access>>,
        /// What holds where nothing else is said.
        defaults: Opt<Defaults>,
        /// How much may be deleted or replaced without `--force`.
        safety: Opt<Safety>,
        /// Where runs that share a document wait for each other: `s3://BUCKET/PREFIX/`.
        lock: Opt<LockPlace>,
        /// SES receipt rules and IP filters.
        receipt: Opt<Receipt>,
        /// SES Mail Manager: ingress endpoints, traffic policies, rule sets and what these use.
        mail_manager: Opt<MailManager>,
        /// Roles that actions use: made when missing; trust and permissions follow from use.
        roles: Opt<Names<RoleName, Role>>,
        /// Who may send: policies of users, groups and roles.
        senders: Opt<Names<EntryName, Sender>>,
        /// Who may administer, search, read and export archives.
        archive_users: Opt<Names<EntryName, ArchiveUser>>,
        /// Exceptions to what is derived, by the address of the container.
        grants: Opt<Names<Address, Grant>>,
        /// Earlier names of this plan: their marks count as ours and are re-marked.
        was: Opt<List<PlanName>>,
        /// What is no longer in the plan: read, and stripped of what is ours.
        retired: Opt<List<Address>>,
        /// Findings that are known and fine, each with the reason.
        accept: Opt<Names<FindingCode, Text>>,
        /// One plan, many accounts and regions: each target is a run of its own. They are taken as written, without variables.
        targets: Opt<Targets>,
        /// The first days of an account: buckets, keys, topics and secrets that are made when they are missing.
        create: Opt<Create>,
        /// Where mail must end up: run offline by `validate` and `plan`; a failure blocks `apply`.
        tests: Opt<List<At<RouteTest>>>,
    }
}

mapping! {
    /// What holds where nothing else is said.
    Defaults {
        /// The condition that guards against a confused deputy.
        confused_deputy: OneOf<ConfusedDeputy> = ConfusedDeputy::default(),
        /// What to do where somebody else's statement grants the same.
        foreign_grants: OneOf<ForeignGrants> = ForeignGrants::default(),
        /// What happens to live receipt rules that no line of the plan names.
        other_rules: OneOf<OtherRules> = OtherRules::default(),
        /// Mail Manager: replace the id wildcard by the id once AWS has made one.
        tighten: Flag = true,
        /// What the statements for buckets cover.
        scope: OneOf<Scope> = Scope::default(),
        /// How the KMS statement of a role names the key.
        role_keys: OneOf<RoleKeys> = RoleKeys::default(),
        /// On everything this plan makes that AWS can tag.
        tags: Opt<Names<TagKey, TagValue>>,
    }
}

mapping! {
    /// How much may be deleted or replaced without `--force`.
    Safety {
        /// The share of the objects.
        max_change: Share = Percent(30),
        /// From how many objects on.
        min_objects: Whole<0, 1_000_000> = 10,
    }
}

/// A share, whose place nobody asks for.
#[derive(Debug)]
pub(crate) struct Share;

impl super::Word for Share {
    type Value = Percent;

    fn schema(definitions: &mut super::Definitions) -> serde_json::Value {
        Percentage::schema(definitions)
    }

    fn read(node: &crate::plan::node::Node, reader: &mut super::Reader<'_>) -> Option<Percent> {
        Percentage::read(node, reader).map(|share| share.value)
    }
}
