//! How an old statement goes: ours is added, the evaluator shows that every live rule is still let in without the old one, the old one is
//! taken away. Proposed only where it shows that.

use std::collections::BTreeSet;

use super::entries::{Entry, LetsIn, Whose, is_container};
use super::guard;
use super::needs::Needs;
use super::{Finding, Subject};
use crate::core::address::{Address, AddressKind};
use crate::core::compile::compile;
use crate::core::desired::Container;
use crate::core::scene::Scene;
use crate::grants::asks::asks;
use crate::policy::{Decision, Document, Edits, Request, Statement, evaluate_with_delegation, matches_wildcard};

/// The findings that make a statement one that the plan's own should replace.
const OLD: [&str; 7] = [
    "no-source-condition",
    "referer-condition",
    "rule-gone",
    "rule-set-gone",
    "source-account-only",
    "source-owner-condition",
    "wildcard-under-equals",
];

/// What is proposed for one container.
#[derive(Debug)]
pub struct Migration {
    /// Where.
    pub at: Address,
    /// Step 1: the Sids of ours that the plan puts there.
    pub adds: Vec<String>,
    /// All of them stand there already, as the plan has them.
    pub added: bool,
    /// Step 2: the rules that ask for something here.
    pub rules: Vec<String>,
    /// How many requests of theirs were tried without the old statements.
    pub tried: usize,
    /// What would be lost: rule, action and resource.
    pub loses: Vec<Loss>,
    /// Step 3: the old statements, by Sid or digest.
    pub removes: Vec<String>,
    /// The lines for the plan; none where it is not safe, or not ours to write.
    pub paste: Option<String>,
    /// What the evaluator cannot see.
    pub notes: Vec<String>,
}

impl Migration {
    /// Whether the old statements may go.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        self.paste.is_some()
    }
}

/// Something that a live rule would not be allowed any more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loss {
    /// `SET/RULE`.
    pub rule: String,
    /// What it does.
    pub action: String,
    /// To what.
    pub resource: String,
}

/// One for each container that holds old statements which the plan's own take the place of.
#[must_use]
pub fn migrations(subject: &Subject<'_>, entries: &[Entry], findings: &[Finding], needs: &Needs) -> Vec<Migration> {
    let scene = subject.scene();
    let desired = compile(&scene);
    let old = |entry: &&Entry| {
        let is_old = |finding: &Finding| finding.entry == Some(entry.id) && OLD.contains(&finding.code);
        entry.lets_in == LetsIn::Ses && entry.whose == Whose::Somebody && findings.iter().any(is_old)
    };
    let mut proposed = Vec::new();
    for (at, container) in desired.containers.iter().filter(|(at, container)| is_container(at) && !container.statements.is_empty()) {
        let asked = own_requests(&scene, container);
        let replaced: Vec<&Entry> =
            entries.iter().filter(|entry| entry.at == *at).filter(old).filter(|entry| takes_its_place(entry, &asked)).collect();
        let document = subject.live.document(at).present().and_then(Result::ok);
        if let (Some(document), false) = (document, replaced.is_empty()) {
            proposed.push(Case { scene: &scene, at, container, document, replaced, asked, needs }.propose());
        }
    }
    proposed
}

/// What SES will ask of a container for the rules of the plan.
fn own_requests(scene: &Scene<'_>, container: &Container) -> Vec<(String, Request)> {
    let grants = container.statements.values().flat_map(|want| &want.grants);
    grants.flat_map(|grant| asks(scene, grant).into_iter().map(|request| (rule_name(&grant.origin.in_account()), request))).collect()
}

/// `SET/RULE`.
fn rule_name(resource: &str) -> String {
    resource.trim_start_matches("receipt-rule-set/").replace(":receipt-rule/", "/")
}

/// Whether ours are for what the old one is for.
fn takes_its_place(entry: &Entry, asked: &[(String, Request)]) -> bool {
    let names = |request: &Request| {
        let action = request.action.to_lowercase();
        entry.statement.actions().into_iter().flatten().any(|pattern| matches_wildcard(pattern, &action))
    };
    let other = guard::accounts(&entry.statement);
    let for_us = |request: &Request| other.is_empty() || account_of(request).is_none_or(|account| other.contains(account));
    asked.iter().any(|(_, request)| names(request) && for_us(request))
}

/// The account that a request is made for, where it is known that SES says so.
fn account_of(request: &Request) -> Option<&str> {
    request.context.value("aws:sourceaccount")
}

struct Case<'a> {
    scene: &'a Scene<'a>,
    at: &'a Address,
    container: &'a Container,
    document: &'a Document,
    replaced: Vec<&'a Entry>,
    asked: Vec<(String, Request)>,
    needs: &'a Needs,
}

impl Case<'_> {
    fn propose(self) -> Migration {
        let ours: Vec<Statement> = self.container.statements.values().map(|want| want.statement.clone()).collect();
        let there =
            |want: &Statement| want.sid().and_then(|sid| self.document.statement(sid)).is_some_and(|have| have.means_the_same(want));
        let added = ours.iter().all(there);
        let adds = ours.iter().filter_map(Statement::sid).map(str::to_owned).collect();
        let removes: Vec<String> = self.replaced.iter().map(|entry| entry.name.clone()).collect();
        let with = self.document.splice(&Edits { put: ours.clone(), ..Edits::default() });
        let without = self.document.splice(&Edits { put: ours, drop: removes.iter().cloned().collect() });

        let live = self.needs.of(self.at).map(|need| (need.rule.clone(), need.request.clone()));
        let mut tried: Vec<(String, Request)> = Vec::new();
        for one in self.asked.iter().cloned().chain(live) {
            if !tried.contains(&one) {
                tried.push(one);
            }
        }
        let lost = |(_, request): &&(String, Request)| rank(&without, request) < rank(&with, request);
        let loss = |(rule, request): &(String, Request)| Loss {
            rule: rule.clone(),
            action: request.action.clone(),
            resource: request.resource.clone(),
        };
        let loses: BTreeSet<Loss> = tried.iter().filter(lost).map(loss).collect();
        let rules: BTreeSet<String> = tried.iter().map(|(rule, _)| rule.clone()).collect();
        let (against, notes) = (self.against(), self.notes());
        let safe = loses.is_empty() && against.is_empty() && !self.container.hands_off;
        Migration {
            at: self.at.clone(),
            adds,
            added,
            rules: rules.into_iter().collect(),
            tried: tried.len(),
            loses: loses.into_iter().collect(),
            paste: safe.then(|| self.paste(&removes)),
            removes,
            notes: against.into_iter().chain(notes).collect(),
        }
    }

    /// What speaks against it beside what live rules lose.
    fn against(&self) -> Vec<String> {
        let mut against = Vec::new();
        if !self.needs.complete {
            against.push("not every receipt rule of the region was read: who else uses the old statement is not known".to_owned());
        }
        for entry in &self.replaced {
            let others = entry.statement.principals().filter(|who| *who != ("Service", guard::SES));
            let others: Vec<String> = others.map(|(kind, name)| format!("{kind} {name}")).collect();
            if !others.is_empty() || entry.statement.has_not_principal() {
                against.push(format!("`{}` lets others in as well ({}): take SES out of it by hand", entry.name, others.join(", ")));
            }
            let same_sid = self.document.statements().filter(|have| have.sid() == Some(&entry.name)).count();
            let going = self.replaced.iter().filter(|other| other.name == entry.name).count();
            if same_sid > going {
                against.push(format!(
                    "another statement has the Sid `{}`, too, and would go with it: give one of them another Sid",
                    entry.name
                ));
            }
        }
        if self.container.hands_off {
            against.push(
                "the plan says that this policy is not ours to write: its owner adds our statement and takes the old one away".to_owned(),
            );
        }
        against
    }

    /// What cannot be seen from here, and is for the reader to know.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let named: BTreeSet<&str> = self.replaced.iter().flat_map(|entry| entry.statement.source_arns()).collect();
        if self.at.kind == AddressKind::BucketPolicy && named.is_empty() {
            let regions: Vec<&str> = self.needs.regions.iter().map(|region| region.as_str()).collect();
            let looked = if regions.is_empty() { "none".to_owned() } else { regions.join(", ") };
            notes.push(format!(
                "rules of any region may write into the bucket; looked at were those of {looked} (`--rules-in REGION` adds more)"
            ));
        }
        let of_mail_manager = matches!(self.at.kind, AddressKind::KeyPolicy | AddressKind::SecretPolicy | AddressKind::RoleTrust);
        if of_mail_manager && named.is_empty() && !self.needs.mail_manager {
            notes.push("not all of Mail Manager was read: it may use this as well".to_owned());
        }
        notes
    }

    /// The entry of `grants:` as it shall be: what it replaces already stays in the list.
    fn paste(&self, removes: &[String]) -> String {
        let already = self.scene.exception(self.at).map(|exception| exception.replace.iter().map(|name| name.value.clone()).collect());
        let mut names: Vec<String> = already.unwrap_or_default();
        names.extend(removes.iter().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
        let written = |name: &String| match name.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && !name.bytes().all(|byte| byte.is_ascii_digit())
        {
            true => name.clone(),
            false => serde_json::Value::from(name.as_str()).to_string(),
        };
        let names: Vec<String> = names.iter().map(written).collect();
        format!("grants:\n  {}: {{ replace: [{}] }}\n", self.at.seen_from(self.scene.home()), names.join(", "))
    }
}

/// How sure it is that a request is allowed.
fn rank(document: &Document, request: &Request) -> u8 {
    match evaluate_with_delegation(&[("", document)], request).decision {
        Decision::Allowed => 2,
        Decision::Depends => 1,
        Decision::ExplicitDeny | Decision::ImplicitDeny => 0,
    }
}
