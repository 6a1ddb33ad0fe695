//! Forms of text of `mail_manager:`, by the patterns of its API: <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/>.

use serde_json::{Value, json};

use super::check_cidr;
use crate::plan::files;
use crate::plan::language::Placed;
use crate::plan::node::Node;
use crate::plan::words::macros::texts;
use crate::plan::words::schema::VARIABLE;
use crate::plan::words::{Definitions, Reader, Word};

texts! {
    /// The name of an address list.
    AddressListName -> String: "^[A-Za-z0-9_.-]{1,255}$", "at most 255 of `a-z A-Z 0-9 _ . -`";
    /// The name of an archive.
    ArchiveName -> String:
        "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}[A-Za-z0-9]$",
        "2 to 64 of `a-z A-Z 0-9 _ -`, with a letter or digit at both ends";
    /// The name of a relay.
    RelayName -> String: "^[A-Za-z0-9_-]{1,100}$", "at most 100 of `a-z A-Z 0-9 _ -`";
    /// What AWS calls an add-on.
    AddonName -> String: "^[A-Za-z0-9_.-]{1,128}$", "what AWS calls an add-on, such as `ABUSIX_MAIL_INTELLIGENCE`";
    /// The name of a traffic policy.
    PolicyName -> String: "^[A-Za-z0-9_-]{3,63}$", "3 to 63 of `a-z A-Z 0-9 _ -`";
    /// The name of an ingress endpoint.
    IngressName -> String: "^[A-Za-z0-9_-]{3,63}$", "3 to 63 of `a-z A-Z 0-9 _ -`";
    /// The name of a rule set of Mail Manager.
    MailRuleSetName -> String: "^[A-Za-z0-9_.-]{1,100}$", "at most 100 of `a-z A-Z 0-9 _ . -`";
    /// The name of a rule of Mail Manager.
    MailRuleName -> String: "^[A-Za-z0-9_.-]{1,32}$", "at most 32 of `a-z A-Z 0-9 _ . -`";
    /// A relay: its name, as in `mail_manager.relays`, its id or its ARN.
    RelayReference -> String:
        concat!("^(?:[A-Za-z0-9_-]{1,100}|", arn!("ses", "[a-z0-9-]+", "[0-9]{12}", "mailmanager-smtp-relay/[A-Za-z0-9-]{1,100}"), ")$"),
        "a relay: its name, its id or its ARN";
    /// An address list: its name, as in `mail_manager.address_lists`, or its ARN.
    ListReference -> String:
        concat!("^(?:[A-Za-z0-9_.-]{1,255}|", arn!("ses", "[a-z0-9-]+", "[0-9]{12}", "mailmanager-address-list/[A-Za-z0-9-]{1,255}"), ")$"),
        "an address list: its name or its ARN";
    /// An add-on: its name, as in `mail_manager.addons`, or the ARN of its instance.
    AddonReference -> String:
        concat!("^(?:[A-Za-z0-9][A-Za-z0-9_.-]{0,63}|", arn!("ses", "[a-z0-9-]+", "[0-9]{12}", "addon-instance/ai-[A-Za-z0-9]{1,64}"), ")$"),
        "an add-on: its name in the plan, or the ARN of its instance";
    /// A traffic policy: its name, as in `mail_manager.traffic_policies`, or its id.
    PolicyReference -> String: "^[A-Za-z0-9_-]{1,100}$", "a traffic policy: its name or its id";
    /// A rule set: its name, as in `mail_manager.rule_sets`, or its id.
    RuleSetReference -> String: "^[A-Za-z0-9_.-]{1,100}$", "a rule set: its name or its id";
    /// The host name or address of a mail server.
    ServerName -> String: "^[A-Za-z0-9.-]{1,100}$", "a host name or an IPv4 address";
    /// A key: its ARN, its id or `alias/…`.
    Key -> String: key!(""), "a key: its ARN, its id or `alias/…`";
    /// A secret: its name or its ARN.
    Secret -> String:
        concat!("^(?:[A-Za-z0-9/_+=.@-]{1,512}|", arn!("secretsmanager", "[a-z0-9-]+", "[0-9]{12}", "secret:[A-Za-z0-9/_+=,.@-]+"), ")$"),
        "a secret: its name or its ARN";
    /// The name of an environment variable.
    EnvName -> String: "^[A-Za-z_][A-Za-z0-9_]{0,127}$", "the name of an environment variable: letters, digits and `_`";
    /// A VPC endpoint.
    VpcEndpoint -> String: "^vpce-[A-Za-z0-9]{17}$", "a VPC endpoint: `vpce-` and 17 letters and digits";
    /// A file of the plan's folder.
    PlanFile -> String: r"^[^\r\n]{1,1024}$", "the path of a file, from the plan's folder", files::leaving;
    /// An address that a bounce comes from or that mail goes to.
    MailAddress -> String: "^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$", "an email address of letters, digits and `. _ + -`", |text| {
        (text.len() > 254).then_some("at most 254 characters")
    };
    /// The name of a header that is added.
    ExtraHeaderName -> String: "^[Xx]-[A-Za-z0-9-]{1,62}$", "a name that begins with `X-`, at most 64 letters, digits and dashes";
    /// The value of a header that is added.
    MailHeaderValue -> String: r"^[^\r\n]{1,128}$", "at most 128 characters on one line";
    /// What the sender's server is told.
    Diagnostic -> String: "^[ -~]{1,256}$", "at most 256 printable ASCII characters on one line";
    /// What the sender reads.
    MailText -> String: r"^[ -~\r\n]{1,500}$", "at most 500 printable ASCII characters";
    /// The beginning of the object keys that Mail Manager writes.
    MailPrefix -> String: "^[A-Za-z0-9!_.'()/-]{1,62}$", "1 to 62 of `a-z A-Z 0-9 ! _ . ' ( ) / -`";
    /// The id of an application or index of Q Business.
    QBusinessId -> String: "^[a-z0-9-]{36}$", "an id: 36 of `a-z 0-9 -`";
    /// What a text is compared with.
    TestText -> String: r"^[\s\S]+$", "text", |text| (text.chars().count() > 4096).then_some("at most 4096 characters");
    /// The name of a header that is looked at.
    MimeHeaderName -> String: "^X-[A-Za-z0-9-]{1,256}$", "a name that begins with `X-`, of letters, digits and dashes";
    /// A field of an add-on's answer.
    ResultField -> String: r"^(?:addon\.)?[A-Za-z0-9_ \t\r\n]+$", "a field such as `isSpam`, of letters, digits, spaces and `_`", |text| {
        (text.len() > 256).then_some("at most 256 characters")
    };
    /// A range of IPv4 addresses.
    Ipv4Range -> String: r"^[0-9]{1,3}(?:\.[0-9]{1,3}){3}/[0-9]{1,2}$", "an IPv4 range such as `203.0.113.0/24`", check_cidr;
    /// A range of IPv6 addresses.
    Ipv6Range -> String: "^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/[0-9]{1,3}$", "an IPv6 range such as `2001:db8::/32`", check_cidr;
    /// The key of a tag of Mail Manager.
    MailTagKey -> String: r"^[A-Za-z0-9/_+=.:@-]{1,128}$", "1 to 128 letters, digits and `/ _ + = . : @ -`, without spaces", |text| {
        let lower = text.to_lowercase();
        if lower.starts_with("aws:") { return Some("a key that does not begin with `aws:`, which is AWS's own"); }
        lower.starts_with("postroom:").then_some("a key that does not begin with `postroom:`, which marks what is ours")
    };
    /// The value of a tag of Mail Manager.
    MailTagValue -> String: r"^[A-Za-z0-9/_+=.:@-]{0,256}$", "at most 256 letters, digits and `/ _ + = . : @ -`, without spaces";
}

/// A member of an address list. It is an address of somebody: no problem repeats it.
#[derive(Debug)]
pub(crate) struct Member;

impl Member {
    /// "Address" of <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RegisterMemberToAddressList.html>; that it holds no
    /// spaces is assumed.
    pub(crate) const EXPECTED: &'static str = "an address, or `*@` and a domain: 3 to 320 characters, without spaces";

    /// Whether a text can be one.
    pub(crate) fn fits(text: &str) -> bool {
        (3..=320).contains(&text.chars().count()) && !text.chars().any(|c| c.is_whitespace() || c.is_control())
    }
}

impl Word for Member {
    type Value = Placed<String>;

    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": ["string", "number"], "pattern": format!(r"^\S{{3,320}}$|{VARIABLE}"), "description": "A member of an address list." })
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Value> {
        let (text, spot) = (node.scalar().filter(|_| !node.is_nothing()).map(|(text, _)| text), reader.spot_of(node));
        if let Some(text) = text.filter(|text| Self::fits(text)) {
            return Some(Placed { value: text.to_owned(), spot });
        }
        let message = format!("{} is no member of an address list", reader.here());
        reader.tell("bad-value", message, &spot, format!("expected {}", Self::EXPECTED));
        None
    }
}
