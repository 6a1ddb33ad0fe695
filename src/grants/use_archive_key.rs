//! An archive is encrypted with a customer managed key: SES uses it in its own name, and in the name of everybody who uses the archive.

use super::use_archives::for_identity;
use super::{Grant, Principal, Purpose, Users};
use crate::core::address::{Address, AddressKind};
use crate::core::ids::Arn;
use crate::core::origin::Origin;
use crate::core::problem::Cause;
use crate::core::scene::{KeyRef, Scene};
use crate::plan::language::identities::ArchiveUser;

/// Blocks P002-8 (identity) and P002-9 (key policy).
pub static PURPOSE: Purpose = Purpose {
    name: "UseArchiveKey",
    about: "messages of the archive are encrypted and decrypted with its key; AWS documents no source condition for SES's own statement",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-policies.html",
    users: Users::MailManager,
};

const OF_IDENTITY: [&str; 3] = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"];
const IN_KEY_POLICY: [&str; 3] = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"];

/// What SES itself needs of an archive's key.
pub(crate) fn service(archive: &Address, key: &KeyRef, because: &[Cause]) -> Option<Grant> {
    let at = key.address()?.with_kind(AddressKind::KeyPolicy);
    let origin = Origin::Resource(archive.clone());
    Some(grant(at, Principal::Ses { guarded: false }, origin, because))
}

/// What a user of archives needs of their keys, in its own policy.
pub(crate) fn identity(scene: &Scene<'_>, user: &ArchiveUser, at: &Address, keys: &[KeyRef], because: &[Cause]) -> Option<Grant> {
    let arns: Vec<String> = keys.iter().filter(|key| key.address().is_some()).map(|key| key.arn_text(scene.home())).collect();
    (!arns.is_empty()).then(|| for_identity(user, at, &PURPOSE, &OF_IDENTITY, arns, because))
}

/// What the keys' policies say of the users and roles that `key_principals` names.
pub(crate) fn principals(scene: &Scene<'_>, user: &ArchiveUser, keys: &[KeyRef], because: &[Cause]) -> Vec<Grant> {
    let mut grants = Vec::new();
    for key in keys.iter().filter_map(KeyRef::address) {
        for principal in &user.key_principals {
            let Some(arn) = principal_arn(scene, &principal.value) else { continue };
            let origin = Origin::Entry(format!("archive_users.{}", user.name.value));
            let mut grant = grant(key.with_kind(AddressKind::KeyPolicy), Principal::Aws(arn), origin, because);
            // Only through SES. The suffix outside of `aws` is not documented (assumed to be the same).
            let via = format!("ses.{}.amazonaws.com", scene.home().region);
            let only = std::collections::BTreeMap::from([("kms:ViaService".to_owned(), vec![via])]);
            grant.conditions.insert("StringEquals".to_owned(), only);
            grants.push(grant);
        }
    }
    grants
}

fn grant(at: Address, principal: Principal, origin: Origin, because: &[Cause]) -> Grant {
    Grant {
        at,
        purpose: &PURPOSE,
        principal,
        actions: IN_KEY_POLICY.iter().map(|action| std::borrow::Cow::Borrowed(*action)).collect(),
        resources: vec!["*".to_owned()],
        conditions: std::collections::BTreeMap::new(),
        origin,
        because: because.to_vec(),
    }
}

/// `role/NAME`, `user/NAME`, or an ARN. A role that the plan declares may have a path.
fn principal_arn(scene: &Scene<'_>, text: &str) -> Option<Arn> {
    if let Some(role) = text.strip_prefix("role/").filter(|name| !name.contains('/')) {
        return scene.role(role).map(|role| role.arn);
    }
    if text.starts_with("arn:") {
        return text.parse().ok();
    }
    let home = scene.home();
    Some(Arn::new(&home.partition(), "iam", "", home.account.as_str(), text))
}
