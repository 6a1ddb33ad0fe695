//! A Mail Manager rule puts a message into an index of Amazon Q Business, with its execution role.

use std::collections::BTreeMap;

use super::{Actor, Grant, Purpose, Users};
use crate::core::scene::{KeyRef, RoleRef, Scene};

/// In no block; from the page of the rule action (facts §3.1).
pub static INDEX: Purpose = Purpose {
    name: "IndexInQBusiness",
    about: "the rule's role puts messages into the index; Mail Manager does not say so beforehand, the message is lost",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-rules.html",
    users: Users::MailManager,
};

/// Likewise, for an application with a customer managed key.
pub static ENCRYPT: Purpose = Purpose {
    name: "EncryptForQBusiness",
    about: "Amazon Q Business encrypts what the rule puts into the index with this key, in the name of the rule's role",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-rules.html",
    users: Users::MailManager,
};

/// The permission of the role.
pub(crate) fn grants(scene: &Scene<'_>, actor: &Actor, role: &RoleRef, application: &str, index: &str) -> Vec<Grant> {
    let application = scene.home_arn("qbusiness", &format!("application/{application}"));
    let mut grant = actor.at_role(role, &INDEX, &["qbusiness:BatchPutDocument"], application.as_str());
    grant.resources.push(format!("{application}/index/{index}"));
    vec![grant]
}

/// What the role needs of the application's key.
pub(crate) fn encrypt(scene: &Scene<'_>, actor: &Actor, role: &RoleRef, key: &KeyRef) -> Vec<Grant> {
    let actions = ["kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"];
    let mut grants = actor.role_uses_key(scene, role, key, None, &ENCRYPT, &actions);
    let only = BTreeMap::from([
        ("kms:CallerAccount".to_owned(), vec![scene.home().account.to_string()]),
        ("kms:ViaService".to_owned(), vec![format!("qbusiness.{}.amazonaws.com", scene.home().region)]),
    ]);
    grants.iter_mut().for_each(|grant| drop(grant.conditions.insert("StringEquals".to_owned(), only.clone())));
    grants
}
