//! Forms of text of `senders:` and `archive_users:`.

use crate::plan::moment::seconds;
use crate::plan::words::macros::texts;

texts! {
    /// The name of an entry of the plan's own.
    EntryName -> String: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", "at most 64 of `a-z A-Z 0-9 _ . -`, beginning with a letter or digit";
    /// The name of a user.
    UserName -> String: "^[A-Za-z0-9_+=,.@-]{1,64}$", "the name of a user: at most 64 of `a-z A-Z 0-9 _ + = , . @ -`";
    /// The name of a group.
    GroupName -> String: "^[A-Za-z0-9_+=,.@-]{1,128}$", "the name of a group: at most 128 of `a-z A-Z 0-9 _ + = , . @ -`";
    /// The name of an SES action, with or without its prefix.
    SesAction -> String:
        "^(?:[Ss][Ee][Ss]:)?(?:[A-Za-z][A-Za-z0-9*]*|\\*[A-Za-z0-9*]*)$",
        "the name of an SES action such as `SendEmail`, in which `*` may stand for anything";
    /// An identity: a domain, an address, or its ARN.
    SesIdentity -> String:
        concat!("^(?:", mailbox!(), "|", domain!(), "|", arn!("ses", "[a-z0-9-]+", "[0-9]{12}", "identity/"), "(?:", mailbox!(), "|", domain!(), "))$"),
        "a domain, an address or the ARN of an identity, or `all` in place of the list";
    /// The name of a configuration set.
    ConfigurationSet -> String: "^[A-Za-z0-9_-]{1,64}$", "the name of a configuration set: at most 64 of `a-z A-Z 0-9 _ -`";
    /// An address, or a pattern of addresses.
    AddressPattern -> String: r"^[^\s]{1,320}$", "an address, in which `*` and `?` may stand for others";
    /// A time: a date, or a date and a time of day with its zone.
    Date -> String:
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:[0-9]{2}))?$",
        "a time such as `2026-12-01T00:00:00Z`, with a zone, or a date", |text| {
        seconds(text).is_none().then_some("a time that there is")
    };
    /// An archive: its name, as in `mail_manager.archives`, its id or its ARN.
    ArchiveReference -> String:
        concat!("^(?:[A-Za-z0-9][A-Za-z0-9_-]{0,64}[A-Za-z0-9]|", arn!("ses", "[a-z0-9-]+", "[0-9]{12}", "mailmanager-archive/[A-Za-z0-9_-]{1,66}"), ")$"),
        "an archive: its name, its id or its ARN, or `all` in place of the list";
    /// The key of a tag that a request bears.
    RequestTagKey -> String: r"^[A-Za-z0-9/_+=.:@-]{1,128}$", "1 to 128 letters, digits and `/ _ + = . : @ -`, without spaces";
    /// Who can stand in the policy of a key.
    KeyPrincipal -> String:
        "^(?:arn:aws[a-z-]*:iam::[0-9]{12}:(?:root|(?:user|role|group)/[!-~]+)|(?:user|role|group)/(?:[!-~]+/)?[A-Za-z0-9_+=,.@-]{1,128})$",
        "`role/NAME`, `user/NAME` or an ARN", |text| {
        let group = text.starts_with("group/") || text.contains(":group/");
        group.then_some("`role/NAME` or `user/NAME`: a key policy cannot name a group, so name its users, or a role that they take")
    };
}
