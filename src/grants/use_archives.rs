//! An IAM identity lists, makes, searches, reads and exports archives: one statement for each thing that the plan lets it do.
//!
//! The page names archives as the resource of every action. IAM knows no resource type for those that list and create: there the resource
//! is `*`, as a statement with an archive's ARN would never match.
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservice-mailmanager.html>

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Grant, Principal, Purpose, Users};
use crate::core::address::Address;
use crate::core::origin::Origin;
use crate::core::problem::Cause;
use crate::core::scene::Scene;
use crate::kinds::mail_manager;
use crate::plan::language::identities::{ArchiveUse, ArchiveUser};

const PAGE: &str = "https://docs.aws.amazon.com/ses/latest/dg/eb-policies.html";

macro_rules! purposes {
    ($($name:ident = $sid:literal, $about:literal;)*) => {
        $(
            /// A statement of block P002-5.
            pub static $name: Purpose = Purpose { name: $sid, about: $about, doc: PAGE, users: Users::Entries };
        )*
    };
}

purposes! {
    CREATE = "CreateArchives", "the user may make archives, and tag them as they are made";
    LIST = "ListArchives", "the user may list the archives of the account";
    VIEW = "ViewArchives", "the user may look at the archive's settings";
    MANAGE = "ManageArchives", "the user may look at the archive's settings, change them and delete it";
    LIST_SEARCHES = "ListArchiveSearches", "the user may list searches";
    SEARCH = "SearchArchives", "the user may search the archive";
    READ = "ReadArchives", "the user may read messages of the archive";
    LIST_EXPORTS = "ListArchiveExports", "the user may list exports";
    EXPORT = "ExportArchives", "the user may export messages of the archive to a bucket";
    TAG = "TagArchives", "the user may list the archive's tags and take them away";
}

/// A word of `allow:`, and a statement that it means: its purpose, whether it is about the archives that the entry names, its actions.
type Row = (ArchiveUse, &'static Purpose, bool, &'static [&'static str]);

static ROWS: &[Row] = &[
    (ArchiveUse::Create, &CREATE, false, &["ses:CreateArchive", "ses:TagResource"]),
    (ArchiveUse::View, &LIST, false, &["ses:ListArchives"]),
    (ArchiveUse::View, &VIEW, true, &["ses:GetArchive"]),
    (ArchiveUse::Manage, &LIST, false, &["ses:ListArchives"]),
    (ArchiveUse::Manage, &MANAGE, true, &["ses:DeleteArchive", "ses:GetArchive", "ses:UpdateArchive"]),
    (ArchiveUse::Search, &LIST_SEARCHES, false, &["ses:ListArchiveSearches"]),
    (
        ArchiveUse::Search,
        &SEARCH,
        true,
        &["ses:GetArchiveSearch", "ses:GetArchiveSearchResults", "ses:StartArchiveSearch", "ses:StopArchiveSearch"],
    ),
    (ArchiveUse::Read, &READ, true, &["ses:GetArchiveMessage", "ses:GetArchiveMessageContent"]),
    (ArchiveUse::Export, &LIST_EXPORTS, false, &["ses:ListArchiveExports"]),
    (ArchiveUse::Export, &EXPORT, true, &["ses:GetArchiveExport", "ses:StartArchiveExport", "ses:StopArchiveExport"]),
    (ArchiveUse::Tag, &TAG, true, &["ses:ListTagsForResource", "ses:UntagResource"]),
];

/// What a user of archives may do with them.
pub(crate) fn grants(scene: &Scene<'_>, user: &ArchiveUser, at: &Address, because: &[Cause]) -> Vec<Grant> {
    let archives = match &user.archives {
        Some(archives) => archives.iter().map(|archive| mail_manager::archive_arn(scene, &archive.value)).collect(),
        None => vec![mail_manager::arn_of_any(scene.home(), crate::core::address::AddressKind::Archive)],
    };
    let manages = user.allow.iter().any(|word| word.value == ArchiveUse::Manage);
    let mut grants: BTreeMap<&str, Grant> = BTreeMap::new();
    // Who manages an archive also views it.
    let meant = |word: ArchiveUse| user.allow.iter().any(|allowed| allowed.value == word) && !(manages && word == ArchiveUse::View);
    for (_, purpose, named, actions) in ROWS.iter().filter(|(word, ..)| meant(*word)) {
        let resources = if *named { archives.clone() } else { vec!["*".to_owned()] };
        let mut grant = for_identity(user, at, purpose, actions, resources, because);
        if purpose.name == CREATE.name && !user.create_with_tags.is_empty() {
            let tags = user.create_with_tags.iter().map(|(tag, values)| (format!("aws:RequestTag/{tag}"), values.clone()));
            grant.conditions.insert("ForAnyValue:StringEquals".to_owned(), tags.collect());
        }
        grants.insert(purpose.name, grant);
    }
    grants.into_values().collect()
}

/// A grant in the identity's own policy.
pub(super) fn for_identity(
    user: &ArchiveUser,
    at: &Address,
    purpose: &'static Purpose,
    actions: &[&'static str],
    resources: Vec<String>,
    because: &[Cause],
) -> Grant {
    Grant {
        at: at.clone(),
        purpose,
        principal: Principal::Identity,
        actions: actions.iter().map(|action| Cow::Borrowed(*action)).collect(),
        resources,
        conditions: BTreeMap::new(),
        origin: Origin::Entry(format!("archive_users.{}", user.name.value)),
        because: because.to_vec(),
    }
}
