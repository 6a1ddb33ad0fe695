//! `mail_manager:`
//!
//! Limits and patterns are those of the Mail Manager API: <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/>.

mod action;
mod compare;
mod condition;
mod ingress;

use serde_json::{Value, json};

use super::choice::{Answer, Keep, OneOf};
use super::common::{Flag, List, Must, Names, Opt, Short, ShortForm, Whole};
use super::demand::Demand;
use super::macros::{entry, mapping};
use super::several::OneOrMore;
use super::texts::{
    AddonName, AddressListName, ArchiveName, EntryName, IngressName, Key, MailRuleName, MailRuleSetName, MailTagKey, MailTagValue, Member,
    PlanFile, PolicyName, RelayName, Secret, ServerName,
};
use super::{Definitions, Given, Reader};
use crate::plan::language::Placed;
use crate::plan::language::mail_manager::Retention;
use crate::plan::node::Node;

pub(crate) use action::{
    ArchiveAction, DeliverToMailbox, DeliverToQBusiness, InvokeLambda, MailAction, MailAddHeader, MailBounce, PublishToSns, RelayAction,
    ReplaceRecipient, Send, WriteToS3,
};
pub(crate) use compare::{AnalysisVerdict, DmarcTest, InAddressList, RecipientInList, SizeTest, TextTest, Texts, TrafficTls, VerdictTest};
pub(crate) use condition::{MailCondition, TrafficCondition};
pub(crate) use ingress::{IngressEndpoint, TrustStore};

/// In a region: <https://docs.aws.amazon.com/ses/latest/dg/address-lists.html>. Absent ones not counted, which a schema cannot say.
pub(crate) const ADDRESS_LISTS: usize = 100;
const RULES: usize = 40;
const CONDITIONS: usize = 10;
const ACTIONS: usize = 10;
/// An API integer.
const LARGEST: usize = 0x7fff_ffff;

/// Tags of Mail Manager, which takes no spaces.
pub(crate) type Tags = Opt<Names<MailTagKey, MailTagValue>>;

/// What every entry says beside its own keys.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) given: Given,
    pub(crate) was: Vec<Placed<String>>,
    pub(crate) tags: Vec<(Placed<String>, Placed<String>)>,
    pub(crate) protect: Option<bool>,
    pub(crate) existing: bool,
    pub(crate) adopt: bool,
    pub(crate) absent: bool,
}

/// A named thing of Mail Manager.
pub(crate) trait Entry {
    /// The keys without which it is not whole.
    const NEEDS: &'static [&'static str];

    /// Takes what it says beside its own keys.
    fn said(&mut self) -> Said;
}

mapping! {
    /// SES Mail Manager.
    MailManager {
        /// Address lists by name.
        address_lists: Opt<Names<AddressListName, AddressList>>,
        /// Archives by name.
        archives: Opt<Names<ArchiveName, Archive>>,
        /// SMTP relays by name.
        relays: Opt<Names<RelayName, Relay>>,
        /// Add-ons by a name of the plan's own.
        addons: Opt<Names<EntryName, Addon>>,
        /// Traffic policies by name.
        traffic_policies: Opt<Names<PolicyName, TrafficPolicy>>,
        /// Rule sets by name.
        rule_sets: Opt<Names<MailRuleSetName, MailRuleSet>>,
        /// Ingress endpoints by name.
        ingress_endpoints: Opt<Names<IngressName, IngressEndpoint>>,
    }
}

entry! {
    /// An address list. Its members are left alone when the plan says nothing of them.
    AddressList, was AddressListName, needs &[], Demand::AtMostOne(&["members", "members_file"]) => {
        /// Addresses, or `*@domain`: exactly these.
        members: Opt<List<Member>>,
        /// The same from a file of the plan's folder: one a line; what begins with `#`, and empty lines, are ignored.
        members_file: Opt<PlanFile>,
        /// `keep`: members that the plan does not name stay.
        existing_members: Opt<OneOf<Keep>>,
    }
}

entry! {
    /// An archive.
    Archive, was ArchiveName, needs &["retention"] => {
        /// How long messages are kept.
        retention: Opt<OneOf<Retention>>,
        /// The key that it is encrypted with: ARN, id or `alias/…`. It cannot be changed later.
        kms_key: Opt<Key>,
    }
}

entry! {
    /// An SMTP relay.
    Relay, was RelayName, needs &["server", "port", "auth"] => {
        /// Its host name or address.
        server: Opt<ServerName>,
        /// Its TCP port.
        port: Opt<Whole<1, 65535>>,
        /// The secret with user name and password, or `none`.
        auth: Opt<Short<RelayAuth>>,
    }
}

mapping! {
    /// How a relay is logged in to.
    RelayAuth {
        /// The secret with `username` and `password`: its name or its ARN.
        secret: Must<Secret>,
    }
}

impl ShortForm for RelayAuth {
    fn short_schema(_: &mut Definitions) -> Value {
        json!({ "const": "none", "description": "The relay asks for no login." })
    }

    fn read_short(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        if node.scalar().is_some_and(|(text, _)| text == "none") {
            return Some(Self { secret: None });
        }
        reader.wrong_type(node, "`none`, or a mapping with `secret`");
        None
    }
}

mapping! {
    /// An add-on: a subscription, which has a price, and its instance.
    Addon, given [Demand::AtMostOne(&["existing", "adopt", "absent"])] {
        /// What AWS calls it, such as `ABUSIX_MAIL_INTELLIGENCE`.
        name: Must<AddonName>,
        /// Nothing is subscribed without this: it accepts the price and the terms.
        accept_pricing: Flag = false,
        /// Tags beside those of `defaults`.
        tags: Tags,
        /// Never deleted and never replaced.
        protect: Opt<Flag>,
        /// Somebody else's: only referred to.
        existing: Flag = false,
        /// There already, and ours from now on.
        adopt: Flag = false,
        /// It shall not exist.
        absent: Flag = false,
    }
}

impl Entry for Addon {
    const NEEDS: &'static [&'static str] = &[];

    fn said(&mut self) -> Said {
        let Self { given, tags, protect, existing, adopt, absent, .. } = self;
        let tags = tags.take().unwrap_or_default();
        // An add-on goes by what AWS calls it: another name in the plan is no other add-on.
        Said { given: given.clone(), was: Vec::new(), tags, protect: *protect, existing: *existing, adopt: *adopt, absent: *absent }
    }
}

entry! {
    /// A traffic policy: which mail an ingress endpoint lets in.
    TrafficPolicy, was PolicyName, needs &["default"] => {
        /// What happens to mail that no statement is about.
        default: Opt<OneOf<Answer>>,
        /// In bytes; left alone when left out.
        max_message_size: Opt<Whole<1, LARGEST>>,
        /// What happens to which mail.
        statements: Opt<List<TrafficStatement>>,
    }
}

mapping! {
    /// One statement of a traffic policy.
    TrafficStatement [Demand::ExactlyOne(&["allow", "deny"])] {
        /// Mail is let in when all of these hold.
        allow: Opt<OneOrMore<TrafficCondition>>,
        /// Mail is refused when all of these hold.
        deny: Opt<OneOrMore<TrafficCondition>>,
    }
}

entry! {
    /// A rule set. It is written whole.
    MailRuleSet, was MailRuleSetName, needs &["rules"] => {
        /// Its rules, in evaluation order.
        rules: Opt<List<MailRule, RULES>>,
    }
}

mapping! {
    /// A rule of Mail Manager.
    MailRule, given {
        /// Its name, once in its rule set. AWS needs none.
        name: Opt<MailRuleName>,
        /// All of these hold.
        when: Opt<List<MailCondition, CONDITIONS>>,
        /// None of these holds.
        unless: Opt<List<MailCondition, CONDITIONS>>,
        /// What is done, in execution order: each exactly one action.
        actions: Must<OneOrMore<MailAction, ACTIONS>>,
    }
}
