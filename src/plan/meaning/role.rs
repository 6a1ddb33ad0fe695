//! `roles:`, and the roles that actions use.

use std::collections::{BTreeMap, BTreeSet};

use super::super::language::mail_manager::MailManager;
use super::super::language::{Action, Placed, Receipt, Role, RuleBody, Stance};
use super::super::node::Node;
use super::super::suggest::suggest;
use super::super::words::{self, Reader};
use super::{mail_manager, nothing_beside, values};

pub(super) fn role(name: Placed<String>, written: words::Role, reader: &mut Reader<'_>) -> (Placed<String>, Role) {
    let words::Role { given, path, permissions_boundary, tags, was, existing, adopt, absent } = written;
    let stance = match (existing, adopt, absent) {
        (_, _, true) => Stance::Absent,
        (true, ..) => Stance::Existing,
        (_, true, _) => Stance::Adopt,
        (false, false, false) => Stance::Ours,
    };
    match stance {
        Stance::Absent => {
            nothing_beside("absent", &given, &["absent", "existing", "adopt"], "what shall not exist says nothing else", reader);
        }
        Stance::Existing => {
            nothing_beside("existing", &given, &["absent", "existing", "adopt"], "somebody else's role is only referred to", reader);
        }
        Stance::Ours | Stance::Adopt => {}
    }
    let was = was.unwrap_or_default();
    let path = path.map_or_else(|| "/".to_owned(), |path| path.value);
    let tags = values(tags.unwrap_or_default());
    let spot = name.spot.clone();
    (name, Role { stance, was, path, permissions_boundary, tags, spot })
}

/// Every role that an action names must be declared, and shall exist; one named by its ARN need not be declared.
pub(super) fn used(receipt: &Receipt, manager: &MailManager, root: &Node, roles: &[(Placed<String>, Role)], reader: &mut Reader<'_>) {
    // From the text, so that a role whose entry has a problem of its own counts as declared.
    let declared: BTreeSet<_> =
        root.get("roles").map(Node::entries).unwrap_or_default().iter().map(|entry| entry.key.text.as_str()).collect();
    let gone = roles.iter().filter(|(_, role)| role.stance == Stance::Absent);
    let gone: BTreeMap<_, _> = gone.map(|(name, _)| (name.value.as_str(), &name.spot)).collect();
    let rules = receipt.rule_sets.iter().flat_map(|(_, set)| &set.rules);
    let actions = rules.flat_map(|rule| match &rule.body {
        RuleBody::Ours(spec) => spec.actions.as_slice(),
        RuleBody::Existing | RuleBody::Absent => &[],
    });
    let roles = actions.filter_map(|action| role_of(&action.value)).chain(manager.actions().filter_map(|action| action.value.role()));
    for used in roles.filter(|used| !used.value.starts_with("arn:")) {
        let name = used.value.as_str();
        if !declared.contains(name) {
            let help = match suggest(name, declared.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("add `{name}: {{}}` under `roles:`, or `{name}: {{ existing: true }}` if it is somebody else's"),
            };
            let problem = reader.tell("undeclared-role", format!("role `{name}` is not declared"), &used.spot, "not under `roles:`");
            problem.help = Some(help);
        }
        if let Some(absent) = gone.get(name) {
            mail_manager::absent("role", used, absent, reader);
        }
    }
}

fn role_of(action: &Action) -> Option<&Placed<String>> {
    match action {
        Action::S3 { role, .. } => role.as_ref(),
        Action::Connect { role, .. } => Some(role),
        Action::Sns { .. }
        | Action::Lambda { .. }
        | Action::Bounce { .. }
        | Action::AddHeader { .. }
        | Action::Workmail { .. }
        | Action::Stop { .. } => None,
    }
}
