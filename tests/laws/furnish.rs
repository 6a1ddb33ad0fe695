//! An account in which everything is that a plan names and does not make.

use std::collections::BTreeSet;

use postroom::core::address::{Address, AddressKind};
use postroom::core::compile::reads;
use postroom::core::ids::Arn;
use postroom::core::live::Live;
use postroom::core::scene::Scene;
use postroom::kinds::managed_policy::policy_address;
use postroom::plan::language::Stance;
use postroom::plan::language::identities::Identity;
use postroom::plan::language::mail_manager::Body;
use serde_json::json;

use crate::account::home;
use crate::run::plan;

/// It is asked for, wave by wave, what the plan looks at; each time that is there.
pub fn furnished(text: &str) -> Live {
    let mut account = Live::new(home());
    let wanted = plan(text, &account);
    loop {
        let missing: BTreeSet<Address> =
            account.missing(&reads(&Scene::new(&wanted, &account))).into_iter().filter(|at| put(&account, at).is_some()).collect();
        if missing.is_empty() {
            break;
        }
        for at in missing {
            let value = put(&account, &at).unwrap();
            account.put(at, &value);
        }
    }
    // Somebody else's rules and roles are referred to.
    for (set, rules) in wanted.receipt.rule_sets.iter().map(|(name, set)| (name, &set.rules)) {
        let pinned: Vec<_> = rules.iter().filter(|rule| format!("{:?}", rule.body) == "Existing").collect();
        if !pinned.is_empty() {
            let rule = |name: &str| json!({"Name": name, "Enabled": true, "Actions": [{"StopAction": {"Scope": "RuleSet"}}]});
            let rules: Vec<_> = pinned.iter().map(|pinned| rule(pinned.name.value.as_str())).collect();
            account.put(home().at(AddressKind::ReceiptRuleSet, set.value.as_str()), &json!({"Rules": rules}));
        }
    }
    for entry in wanted.mail_manager.archives.iter().filter(|entry| matches!(entry.body, Body::Existing { .. })) {
        let name = entry.name.value.as_str();
        let archive = json!({"Id": format!("a-{name}"), "ArchiveName": name, "Retention": {"RetentionPeriod": "ONE_YEAR"}, "Tags": {}});
        account.put(home().at(AddressKind::Archive, name), &archive);
    }
    for bucket in wanted.archive_users.iter().flat_map(|user| &user.export_to) {
        account.put(home().at(AddressKind::Bucket, bucket.value.as_str()), &json!({"region": "eu-west-1"}));
    }
    for boundary in wanted.roles.iter().filter_map(|(_, role)| role.permissions_boundary.as_ref()) {
        let everything = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
        let at = policy_address(&home().at(AddressKind::Role, "any"), boundary.value.as_str());
        account.put(at, &json!({"text": everything.to_string()}));
    }
    let existing = wanted.roles.iter().filter(|(_, role)| role.stance == Stance::Existing).map(|(name, _)| name.value.clone());
    let attached = wanted.senders.iter().map(|sender| &sender.attach_to).chain(wanted.archive_users.iter().map(|user| &user.attach_to));
    let attached = attached.flatten().filter_map(|to| match to {
        Identity::Role(name) => Some(name.value.clone()),
        Identity::User(_) | Identity::Group(_) => None,
    });
    for name in existing.chain(attached) {
        let at = home().at(AddressKind::Role, name);
        let arn = format!("arn:aws:iam::{}:role/{}", at.account, at.name);
        account.put(at.with_kind(AddressKind::RoleTrust), &json!({"text": json!({"Version": "2012-10-17", "Statement": []}).to_string()}));
        account.put(at, &json!({"arn": arn, "path": "/", "permissions_boundary": null, "tags": {}}));
    }
    account
}

fn put(account: &Live, at: &Address) -> Option<serde_json::Value> {
    let region = at.region.as_ref().map_or("eu-west-1", |region| region.as_str());
    let arn = |service: &str, resource: &str| format!("arn:aws:{service}:{region}:{}:{resource}", at.account).parse::<Arn>().unwrap();
    let root =
        json!({"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{}:root", at.account)}, "Action": "kms:*", "Resource": "*"});
    let default = json!({"Sid": "__default_statement_ID", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["SNS:Publish"],
        "Resource": arn("sns", &at.name), "Condition": {"StringEquals": {"AWS:SourceOwner": at.account}}});
    let policy = |statement| json!({"text": json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()});
    Some(match at.kind {
        AddressKind::Bucket => json!({"region": "eu-west-1"}),
        AddressKind::KeyAliases => {
            let aliases = ["alias/mail", "alias/topics", "alias/archive", "alias/mm", "alias/bucket"];
            json!(aliases.iter().enumerate().map(|(place, alias)| ((*alias).to_owned(), format!("0a1b2c3d-0000-4222-8333-44445555666{place}"))).collect::<std::collections::BTreeMap<_, _>>())
        }
        AddressKind::Key if !at.name.starts_with("alias/") => {
            json!({"arn": arn("kms", &format!("key/{}", at.name)), "state": "Enabled", "manager": "CUSTOMER", "spec": "SYMMETRIC_DEFAULT", "usage": "ENCRYPT_DECRYPT"})
        }
        AddressKind::KeyPolicy if !at.name.starts_with("alias/") => policy(root),
        AddressKind::Secret => {
            let key = arn("kms", "key/0a1b2c3d-0000-4222-8333-444455556660");
            json!({"arn": arn("secretsmanager", &format!("secret:{}-AbCdEf", at.name)), "key": key, "deleted": false})
        }
        AddressKind::UserPolicies | AddressKind::GroupPolicies => json!({"names": []}),
        AddressKind::Topic => json!({"owner": at.account, "key": null, "fifo": false}),
        AddressKind::TopicPolicy => policy(default),
        AddressKind::Function => json!({"arn": arn("lambda", &format!("function:{}", at.name)), "state": "Active"}),
        _ => return None,
    })
    .filter(|_| !account.has(at))
}
