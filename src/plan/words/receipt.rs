//! `receipt:`

use serde_json::{Value, json};

use super::action::Action;
use super::choice::{NoSet, OneOf, Tls};
use super::common::{Flag, List, Must, Names, Opt};
use super::demand::Demand;
use super::macros::mapping;
use super::texts::{Cidr, Recipient, RuleName};
use super::{Definitions, Reader, Word};
use crate::plan::language::OtherRules;
use crate::plan::node::Node;

// SES quotas, per region, not adjustable: "Too many filters", "Too many rules" and "Too many actions" have been seen as errors. More
// recipients than documented have been seen to be taken, which is not to be relied on.
// <https://docs.aws.amazon.com/ses/latest/dg/quotas.html>
// Absent ones are not counted, which a schema cannot say.
pub(crate) const FILTERS: usize = 100;
pub(crate) const RULE_SETS: usize = 40;
pub(crate) const RULES: usize = 200;
const RECIPIENTS: usize = 100;
const ACTIONS: usize = 10;

mapping! {
    /// SES receipt rules and IP filters.
    Receipt, given [Demand::AtMostOne(&["rules", "rule_sets"])] {
        /// `none` turns all receiving off.
        active: Opt<OneOf<NoSet>>,
        /// IP filters by name.
        filters: Opt<Names<RuleName, Filter>>,
        /// Rule sets by name.
        rule_sets: Opt<Names<RuleName, RuleSet>>,
        /// Short for one rule set, named after the plan and active.
        rules: Opt<List<Rule>>,
    }
}

mapping! {
    /// An IP filter: mail from there is blocked, or let in where a block would hold.
    Filter, given [Demand::ExactlyOne(&["block", "allow", "existing", "absent"])] {
        /// Mail from this address or CIDR range is blocked.
        block: Opt<Cidr>,
        /// Mail from this address or CIDR range is let in.
        allow: Opt<Cidr>,
        /// Earlier names.
        was: Opt<List<RuleName>>,
        /// Somebody else's: only referred to.
        existing: Flag = false,
        /// It shall not exist.
        absent: Flag = false,
    }
}

mapping! {
    /// A rule set.
    RuleSet, given [Demand::AnyOf(&["rules", "absent"])] {
        /// It receives. On at most one set; left out: left alone.
        active: Opt<Yes>,
        /// Its rules, in evaluation order.
        rules: Opt<List<Rule>>,
        /// What happens to its live rules that no line of the plan names; else as `defaults` say.
        other_rules: Opt<OneOf<OtherRules>>,
        /// Earlier names.
        was: Opt<List<RuleName>>,
        /// It shall not exist.
        absent: Flag = false,
    }
}

mapping! {
    /// A receipt rule.
    Rule, given [Demand::AnyOf(&["actions", "existing", "absent"])] {
        /// Its name, once in its rule set.
        name: Must<RuleName>,
        /// Earlier names.
        was: Opt<List<RuleName>>,
        /// Addresses, domains, and `.domains` for all subdomains; left out or empty: all mail.
        recipients: Opt<List<Recipient, RECIPIENTS>>,
        /// Whether it is applied.
        enabled: Flag = true,
        /// Whether mail must come over TLS.
        tls: OneOf<Tls> = Tls::default(),
        /// Whether mail is scanned for spam and viruses.
        scan: Flag = false,
        /// What is done, in execution order: each exactly one action.
        actions: Opt<List<Action, ACTIONS>>,
        /// Somebody else's rule, pinned here in the order, contents untouched.
        existing: Flag = false,
        /// It shall not exist.
        absent: Flag = false,
    }
}

/// `true`, where `false` would mean nothing.
#[derive(Debug)]
pub(crate) struct Yes;

impl Word for Yes {
    type Value = ();

    fn schema(_: &mut Definitions) -> Value {
        super::schema::or_variable(json!({ "const": true }))
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<()> {
        if Flag::read(node, reader)? {
            return Some(());
        }
        let spot = reader.spot_of(node);
        let problem = reader.tell("bad-value", "`active` cannot be `false`", &spot, "expected `true`, or no `active` at all");
        problem.help = Some("without `active` it is left alone; `receipt: { active: none }` turns all receiving off".to_owned());
        None
    }
}
