//! What one part of a plan names of Mail Manager must be declared: a name means nothing to AWS, which asks for ids and ARNs.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::language::identities::ArchiveUser;
use super::super::super::language::mail_manager::{Body, Entry, MailAction, MailCondition, MailManager, TrafficCondition, TrafficPolicy};
use super::super::super::language::{Placed, Spot};
use super::super::super::node::Node;
use super::super::super::suggest::suggest;
use super::super::super::words::Reader;

/// What there is of one kind.
#[derive(Debug)]
pub(in super::super) struct References<'a> {
    what: &'static str,
    /// Where it is declared.
    section: &'static str,
    /// From the text, so that what has a problem of its own counts as declared.
    declared: BTreeSet<&'a str>,
    absent: BTreeMap<&'a str, &'a Spot>,
    /// Whether ids of this kind may stand where names do, and how they begin.
    id: Option<&'static str>,
}

impl<'a> References<'a> {
    fn new<T>(what: &'static str, section: &'static str, id: Option<&'static str>, root: &'a Node, entries: &'a [Entry<T>]) -> Self {
        let written = root.get("mail_manager").and_then(|manager| manager.get(section)).map(Node::entries).unwrap_or_default();
        let gone = entries.iter().filter(|entry| matches!(entry.body, Body::Absent { .. }));
        Self {
            what,
            section,
            declared: written.iter().map(|entry| entry.key.text.as_str()).collect(),
            absent: gone.map(|entry| (entry.name.value.as_str(), &entry.spot)).collect(),
            id,
        }
    }

    /// An id is taken for one when it has the form of one and is not the name of anything declared.
    ///
    /// `a-` and 24 to 62 letters and digits is the pattern of an archive's id in
    /// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutConfigurationSetArchivingOptions.html>; that the others are alike but
    /// for how they begin is assumed.
    fn is_id(&self, name: &str) -> bool {
        let rest = self.id.and_then(|prefix| name.strip_prefix(prefix));
        rest.is_some_and(|rest| rest.len() >= 20 && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
    }

    fn check(&self, used: &Placed<String>, reader: &mut Reader<'_>) {
        let (what, section, name) = (self.what, self.section, used.value.as_str());
        if let Some(spot) = self.absent.get(name) {
            absent(what, used, spot, reader);
        }
        if name.starts_with("arn:") || self.declared.contains(name) || self.is_id(name) {
            return;
        }
        let message = format!("{what} `{name}` is not declared");
        let problem = reader.tell("undeclared", message, &used.spot, format!("not under `mail_manager.{section}:`"));
        problem.help = Some(match suggest(name, self.declared.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("declare it under `mail_manager.{section}:`, with `existing: true` if it is somebody else's"),
        });
    }
}

/// Tells of a use of what shall not exist.
pub(in super::super) fn absent(what: &str, used: &Placed<String>, absent: &Spot, reader: &mut Reader<'_>) {
    let place = reader.place(absent);
    let message = format!("{what} `{}` is used, and shall not exist", used.value);
    let problem = reader.tell("contradiction", message, &used.spot, "used here");
    problem.also.push((place, "`absent: true` here".to_owned()));
}

/// Every use of every name.
pub(in super::super) fn used(manager: &MailManager, users: &[ArchiveUser], root: &Node, reader: &mut Reader<'_>) {
    let archives = References::new("archive", "archives", Some("a-"), root, &manager.archives);
    let relays = References::new("relay", "relays", Some("r-"), root, &manager.relays);
    let lists = References::new("address list", "address_lists", None, root, &manager.address_lists);
    let addons = References::new("add-on", "addons", None, root, &manager.addons);
    let policies = References::new("traffic policy", "traffic_policies", Some("tp-"), root, &manager.traffic_policies);
    let sets = References::new("rule set", "rule_sets", Some("rs-"), root, &manager.rule_sets);
    let mut check = |references: &References<'_>, used: &Placed<String>| references.check(used, reader);
    for condition in manager.traffic_policies.iter().filter_map(Entry::spec).flat_map(traffic_conditions) {
        match &condition.value {
            TrafficCondition::AnalysisText(analysis, _) | TrafficCondition::AnalysisFlag(analysis, _) => check(&addons, &analysis.addon),
            TrafficCondition::InAddressList { list, .. } => check(&lists, list),
            TrafficCondition::Recipient(_)
            | TrafficCondition::SenderIp(_)
            | TrafficCondition::SenderIpv6(_)
            | TrafficCondition::Tls { .. } => {}
        }
    }
    for rule in manager.rules() {
        for condition in rule.when.iter().chain(&rule.unless) {
            match &condition.value {
                MailCondition::AnalysisText(analysis, _)
                | MailCondition::AnalysisVerdict(analysis, ..)
                | MailCondition::AnalysisFlag(analysis, _) => check(&addons, &analysis.addon),
                MailCondition::InAddressList { list, .. } => check(&lists, list),
                MailCondition::Text(..)
                | MailCondition::Header(..)
                | MailCondition::Certificate(..)
                | MailCondition::Size(..)
                | MailCondition::SourceIp(_)
                | MailCondition::Verdict(..)
                | MailCondition::Dmarc(..)
                | MailCondition::Flag(..) => {}
            }
        }
        for action in &rule.actions {
            match &action.value {
                MailAction::Relay { relay, .. } => check(&relays, relay),
                MailAction::Archive { archive, .. } => check(&archives, archive),
                _ => {}
            }
        }
    }
    for endpoint in manager.ingress_endpoints.iter().filter_map(Entry::spec) {
        check(&policies, &endpoint.traffic_policy);
        check(&sets, &endpoint.rule_set);
    }
    for archive in users.iter().flat_map(|user| user.archives.iter().flatten()) {
        check(&archives, archive);
    }
}

fn traffic_conditions(policy: &TrafficPolicy) -> impl Iterator<Item = &Placed<TrafficCondition>> {
    policy.statements.iter().flat_map(|statement| &statement.conditions)
}
