//! What must be read for an audit: the lists of the account, then every policy that they lead to, then what those policies speak of.
//! Asked again after each wave, as [`crate::core::compile::reads`] is for a plan.

use std::collections::BTreeSet;

use super::Subject;
use super::guard;
use crate::core::address::{Address, AddressKind, Home};
use crate::core::ids::{AccountId, Arn, Region};
use crate::core::live::{Live, Observed, PolicyText};
use crate::core::scene::Scene;
use crate::core::world::World;
use crate::kinds::bucket::Bucket;
use crate::kinds::inventory::{Buckets, Functions, LISTS, Names, Roles, list_address};
use crate::kinds::key::{Aliases, aliases_at};
use crate::kinds::mail_manager;
use crate::kinds::receipt_rule_set::rule::ReceiptAction;
use crate::kinds::receipt_rule_set::{LiveSet, SetNames, all_sets_address};
use crate::kinds::role;
use crate::plan::language::Plan;
use crate::plan::language::mail_manager::MailManager;
use crate::policy::{Document, Statement, matches_wildcard};

/// More rounds than any account takes.
const ROUNDS: usize = 12;

/// Everything of the account that an audit looks at. `rules_in` are other regions whose receipt rules may use what is here.
pub async fn observe(world: &impl World, eyes: &Plan, mut live: Live, rules_in: &[Region]) -> Live {
    for _ in 0..ROUNDS {
        let subject = Subject { live: &live, eyes, planned: false };
        let mut wanted = reads(&subject);
        wanted.extend(rules_in.iter().map(|region| sets_of(&live.home, region)));
        let missing = live.missing(&wanted);
        if missing.is_empty() {
            break;
        }
        let answers = world.read(&missing).await;
        if answers.is_empty() {
            // A bucket that is nowhere to be found: said once, and not asked for ever.
            let lost = || Observed::Unreadable("no answer could be had".to_owned());
            live.seen.extend(missing.into_iter().map(|at| (at, lost())));
        } else {
            live.seen.add(answers);
        }
    }
    live
}

/// Where the names of all rule sets of a region stand.
fn sets_of(home: &Home, region: &Region) -> Address {
    all_sets_address(&Home { account: home.account.clone(), region: region.clone() })
}

/// Whether an address is one of the lists that the rest follows from.
#[must_use]
pub fn is_list(at: &Address) -> bool {
    LISTS.contains(&at.kind) || matches!(at.kind, AddressKind::ReceiptRuleSets | AddressKind::MailManagerNames)
}

/// What must be read, as far as what was already read tells.
#[must_use]
pub fn reads(subject: &Subject<'_>) -> BTreeSet<Address> {
    let home = subject.home();
    let mut wanted: BTreeSet<Address> = LISTS.iter().map(|kind| list_address(home, *kind)).collect();
    wanted.insert(home.at(AddressKind::KeyAliases, "all"));
    wanted.insert(all_sets_address(home));
    let mut alone = subject.eyes.clone();
    alone.mail_manager = MailManager::default();
    mail_manager::uses::reads_of_all(&Scene::new(&alone, subject.live), &mut wanted);
    policies(subject.live, &mut wanted);
    roles(subject, &mut wanted);
    rule_sets(subject, &mut wanted);
    // Other accounts have audits of their own.
    wanted.retain(|at| at.account == home.account);
    wanted
}

/// The policies of all buckets of the account, and of all keys, topics, functions and secrets of the region.
pub(super) fn policies(live: &Live, wanted: &mut BTreeSet<Address>) {
    buckets(live, wanted);
    regional(live, wanted);
    functions(live, wanted);
}

fn buckets(live: &Live, wanted: &mut BTreeSet<Address>) {
    let list: Buckets = live.get(&list_address(&live.home, AddressKind::Buckets)).present().unwrap_or_default();
    for (name, region) in list {
        let at = live.home.at(AddressKind::Bucket, name);
        if region.is_none() {
            wanted.insert(at.clone());
        }
        // Where it is must be known before it can be asked there.
        if region.is_some() || live.has(&at) {
            wanted.insert(at.with_kind(AddressKind::BucketPolicy));
        }
    }
}

/// Keys, topics and secrets of the region.
fn regional(live: &Live, wanted: &mut BTreeSet<Address>) {
    let home = &live.home;
    let names = |kind| live.get::<Names>(&list_address(home, kind)).present().unwrap_or_default();
    let managed = managed_by_aws(live);
    // Which are AWS's own is told by their aliases: until these are read, every key waits. One too many read does no harm.
    if live.has(&home.at(AddressKind::KeyAliases, "all")) {
        let keys = names(AddressKind::Keys).into_iter().filter(|key| !managed.contains(key));
        wanted.extend(keys.map(|key| home.at(AddressKind::KeyPolicy, key)));
    }
    for topic in names(AddressKind::Topics) {
        // One call gives both.
        wanted.insert(home.at(AddressKind::TopicPolicy, topic.as_str()));
        wanted.insert(home.at(AddressKind::Topic, topic));
    }
    wanted.extend(names(AddressKind::Secrets).into_iter().map(|secret| home.at(AddressKind::SecretPolicy, secret)));
}

/// Keys whose alias is `alias/aws/…`: their policies are AWS's, and nobody else can edit them.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk>
fn managed_by_aws(live: &Live) -> BTreeSet<String> {
    let aliases: Aliases = live.get(&aliases_at(&live.home.at(AddressKind::Key, "all"))).present().unwrap_or_default();
    aliases.into_iter().filter(|(alias, _)| alias.starts_with("alias/aws/")).map(|(_, key)| key).collect()
}

/// A function, each version and each alias of it have policies of their own.
/// <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>
fn functions(live: &Live, wanted: &mut BTreeSet<Address>) {
    let home = &live.home;
    let list: Functions = live.get(&list_address(home, AddressKind::Functions)).present().unwrap_or_default();
    for (name, versions) in list {
        let aliases = home.at(AddressKind::FunctionAliases, name.as_str());
        let found: Names = live.get(&aliases).present().unwrap_or_default();
        wanted.insert(aliases);
        let qualified = versions.iter().chain(&found).map(|qualifier| format!("{name}:{qualifier}"));
        wanted.extend(qualified.map(|name| home.at(AddressKind::FunctionPolicy, name)));
        wanted.insert(home.at(AddressKind::FunctionPolicy, name));
    }
}

/// Roles that SES may assume, with everything that is on them. AWS's own are not anybody's to change.
fn roles(subject: &Subject<'_>, wanted: &mut BTreeSet<Address>) {
    let live = subject.live;
    let list: Roles = live.get(&list_address(&live.home, AddressKind::Roles)).present().unwrap_or_default();
    let scene = subject.scene();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for (name, listed) in list.into_iter().filter(|(_, role)| !role.path.starts_with("/aws-service-role/")) {
        // One that does not parse is read with all that is on it, and said to be unreadable there.
        if Document::parse(&listed.trust).map_or(true, |trust| guard::may_be_assumed(&trust, &listed.arn)) {
            names.insert(name);
        }
    }
    for name in names {
        role::reads(&scene, &live.home.at(AddressKind::Role, name), wanted);
    }
}

/// The rule sets of the region and of every other one whose list was read, those that statements name, and what live rules point at.
fn rule_sets(subject: &Subject<'_>, wanted: &mut BTreeSet<Address>) {
    let live = subject.live;
    for list in live.of_kind(AddressKind::ReceiptRuleSets) {
        let names = live.get::<SetNames>(list).present().map(|sets| sets.names).unwrap_or_default();
        let sets = names.into_iter().map(|name| Address { kind: AddressKind::ReceiptRuleSet, name, ..list.clone() });
        wanted.extend(sets);
    }
    for (at, observed) in &live.seen {
        if !matches!(observed, Observed::Present(_)) || crate::containers::of(at.kind).is_none() {
            continue;
        }
        // Asked again after each wave: a document is read once.
        let document = live.document(at).present().and_then(Result::ok);
        let arns = document.into_iter().flat_map(|document| document.statements()).flat_map(Statement::source_arns);
        wanted.extend(arns.filter_map(|arn| set_named_by(arn, &live.home.account)));
    }
    let list: Buckets = live.get(&list_address(&live.home, AddressKind::Buckets)).present().unwrap_or_default();
    let regions: BTreeSet<&Region> = live.of_kind(AddressKind::ReceiptRuleSet).filter_map(|set| set.region.as_ref()).collect();
    for region in regions {
        let there = in_region(live, region);
        let scene = Scene::new(subject.eyes, &there);
        for set in live.of_kind(AddressKind::ReceiptRuleSet).filter(|set| set.region.as_ref() == Some(region)) {
            let rules = live.get::<LiveSet>(set).present().map(|set| set.rules).unwrap_or_default();
            for action in rules.iter().flat_map(|rule| &rule.actions) {
                action.reads(&scene, wanted);
                // Only of a bucket that was found can more be asked.
                let bucket = bucket_of(&scene, action)
                    .filter(|bucket| list.contains_key(&bucket.name) || live.get::<Bucket>(bucket).present().is_some());
                wanted.extend(bucket.map(|bucket| bucket.with_kind(AddressKind::BucketAcl)));
            }
        }
    }
}

/// The bucket that an action writes into.
pub(super) fn bucket_of(scene: &Scene<'_>, action: &ReceiptAction) -> Option<Address> {
    match action {
        ReceiptAction::S3Action { bucket_name, .. } => Some(scene.bucket(bucket_name)),
        _ => None,
    }
}

/// The rule set of this account that a source ARN names, in whichever region.
fn set_named_by(arn: &str, account: &AccountId) -> Option<Address> {
    let arn: Arn = arn.parse().ok()?;
    let set = arn.resource().strip_prefix("receipt-rule-set/")?.split(':').next()?;
    let region = arn.region_id()?;
    let here = arn.service() == "ses" && arn.account() == account.as_str() && !set.contains(['*', '?', '$']);
    here.then(|| Address::new(AddressKind::ReceiptRuleSet, set, account.clone(), &region))
}

/// The same account, seen from another region.
pub(super) fn in_region(live: &Live, region: &Region) -> Live {
    let mut there = live.clone();
    there.home.region = region.clone();
    there
}

/// Whether a rule or rules of this account live that a pattern of source ARNs means, or the one resource of Mail Manager; `None` where
/// that cannot be said.
#[must_use]
pub fn lives(live: &Live, pattern: &str) -> Option<bool> {
    if !pattern.contains(":receipt-rule-set/") {
        return pattern.parse().ok().filter(|_| !pattern.contains(['*', '?'])).and_then(|arn| mail_manager::lives(live, &arn));
    }
    let region = pattern.split(':').nth(3)?.parse::<Region>().ok()?;
    if let Some(set) = set_named_by(pattern, &live.home.account) {
        return match live.seen.get(&set) {
            Some(Observed::Absent) => Some(false),
            Some(Observed::Present(_)) => Some(arns_of(live, &set).iter().any(|arn| matches_wildcard(pattern, arn))),
            Some(Observed::Unreadable(_)) | None => None,
        };
    }
    let names = live.get::<SetNames>(&sets_of(&live.home, &region)).present()?.names;
    let set = |name: &String| Address::new(AddressKind::ReceiptRuleSet, name.as_str(), live.home.account.clone(), &region);
    let sets: Vec<Address> = names.iter().map(set).collect();
    if sets.iter().any(|set| arns_of(live, set).iter().any(|arn| matches_wildcard(pattern, arn))) {
        return Some(true);
    }
    sets.iter().all(|set| live.get::<LiveSet>(set).present().is_some()).then_some(false)
}

/// The ARNs of the rules of a set.
fn arns_of(live: &Live, set: &Address) -> Vec<String> {
    let region = set.region.as_ref().unwrap_or(&live.home.region);
    let home = Home { account: set.account.clone(), region: region.clone() };
    let rules = live.get::<LiveSet>(set).present().map(|set| set.rules).unwrap_or_default();
    let arn = |rule: &str| {
        let resource = format!("receipt-rule-set/{}:receipt-rule/{rule}", set.name);
        Arn::new(&home.partition(), "ses", region.as_str(), set.account.as_str(), &resource).to_string()
    };
    rules.iter().map(|rule| arn(&rule.name)).collect()
}

/// Whether the rule set that a source ARN names is known to be gone.
#[must_use]
pub fn set_is_gone(live: &Live, arn: &str) -> bool {
    set_named_by(arn, &live.home.account).is_some_and(|set| matches!(live.seen.get(&set), Some(Observed::Absent)))
}

/// A snapshot as a plan sees it: its own inline policies go by the name of their role, everybody else's by their whole names.
#[must_use]
pub fn seen_by(mut live: Live, inline_policy: &str) -> Live {
    let whole = |at: &&Address| at.kind == AddressKind::RolePolicy && at.name.ends_with(&format!("/{inline_policy}"));
    let ours: Vec<Address> = live.seen.keys().filter(whole).cloned().collect();
    for at in ours {
        let role = at.name.split('/').next().unwrap_or_default().to_owned();
        let short = Address { name: role, ..at.clone() };
        if live.get::<PolicyText>(&short).present().is_none()
            && let Some(observed) = live.seen.remove(&at)
        {
            live.seen.insert(short, observed);
        }
    }
    live
}
