//! Who asks, and whether a policy's principals mean them.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use std::collections::BTreeSet;

use super::context::Context;
use super::truth::Truth;
use super::{Effect, Statement};
use crate::core::ids::{AccountId, Arn};

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// An AWS service, by its domain name, in its own name.
    Service(String),
    /// A user, a role (`arn:aws:iam::…:role/…`), or a session of one (`arn:aws:sts::…:assumed-role/…/…`).
    Identity(Arn),
    /// An account itself: its root user. A policy that allows this one lets the account's own IAM policies decide.
    AccountRoot(AccountId),
}

/// What an Allow for the caller's account is to the caller. It "delegates authority to the account": the account's IAM policies decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delegated {
    /// No permission yet.
    DoesNotCount,
    /// As good as one, because IAM is taken to allow.
    Counts,
}

/// How a principal of a policy lies to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// It is the caller, or everyone.
    Is,
    /// It is the account the caller belongs to.
    Account,
    /// It is a session of the caller, or the role whose session the caller is.
    Kin,
    /// It is written in a way that does not tell.
    Unclear,
    Stranger,
}

impl Caller {
    fn account(&self) -> Option<&str> {
        match self {
            Self::Service(_) => None,
            Self::Identity(arn) => Some(arn.account()),
            Self::AccountRoot(account) => Some(account.as_str()),
        }
    }

    /// Name of the role, and of the session where there is one.
    fn role(&self) -> Option<(&str, Option<&str>)> {
        let Self::Identity(arn) = self else { return None };
        role_of(arn)
    }

    fn relation(&self, kind: &str, name: &str) -> Relation {
        if (kind, name) == ("AWS", "*") {
            return Relation::Is;
        }
        match (kind, self) {
            ("Service", Self::Service(service)) if service.eq_ignore_ascii_case(name) => Relation::Is,
            ("AWS", Self::Identity(_) | Self::AccountRoot(_)) => {
                let Ok(principal) = name.parse::<Arn>() else { return Relation::Stranger };
                self.relation_to(&principal)
            }
            // S3 names accounts by a canonical user id, too.
            ("CanonicalUser", Self::Identity(_) | Self::AccountRoot(_)) => Relation::Unclear,
            _ => Relation::Stranger,
        }
    }

    fn relation_to(&self, principal: &Arn) -> Relation {
        // Account ids are one row through all partitions; a bare one does not tell its own.
        if Some(principal.account()) != self.account() {
            return Relation::Stranger;
        }
        let is_account = principal.resource() == "root";
        match self {
            Self::AccountRoot(_) if is_account => Relation::Is,
            Self::Identity(caller) if caller == principal => Relation::Is,
            Self::Identity(_) if is_account => Relation::Account,
            Self::Identity(_) => match (self.role(), role_of(principal)) {
                (Some((one, my_session)), Some((other, session))) if one == other && (my_session.is_none() || session.is_none()) => {
                    Relation::Kin
                }
                _ => Relation::Stranger,
            },
            Self::Service(_) | Self::AccountRoot(_) => Relation::Stranger,
        }
    }

    /// Whether it is about others, as can be told without working out what it says.
    pub(super) fn surely_is_not_meant_by(&self, statement: &Statement) -> bool {
        matches!(self, Self::Service(service) if statement.surely_names_others_than(service))
    }

    /// Whether the caller is among those a statement speaks of.
    pub(super) fn is_meant_by(&self, statement: &Statement, delegated: Delegated) -> Truth {
        let meaning = statement.meaning();
        let relations =
            |named: &BTreeSet<(String, String)>| -> Vec<Relation> { named.iter().map(|(kind, name)| self.relation(kind, name)).collect() };
        // An absent principal is whoever the policy is attached to. One that cannot be read is left open elsewhere.
        let is_read = statement.has("Principal") && !meaning.other.contains_key("Principal");
        let with_account = meaning.effect == Some(Effect::Deny) || delegated == Delegated::Counts;
        let named = if is_read { self.is_named(&relations(&meaning.principal), with_account) } else { Truth::Yes };
        let not_shut_out = meaning.not_principal.as_ref().map_or(Truth::Yes, |but| self.is_not_excepted(&relations(but)));
        Truth::all([named, not_shut_out])
    }

    fn is_named(&self, relations: &[Relation], with_account: bool) -> Truth {
        Truth::any(relations.iter().map(|relation| match relation {
            Relation::Is => Truth::Yes,
            // A role stands for all its sessions; whether a role acts in one certain session is not known.
            Relation::Kin if self.role().is_some_and(|(_, session)| session.is_some()) => Truth::Yes,
            Relation::Kin | Relation::Unclear => Truth::depends_on("Principal"),
            // To deny an account denies all in it.
            Relation::Account => with_account.into(),
            Relation::Stranger => Truth::No,
        }))
    }

    /// "If an assumed-role user is being evaluated, AWS might validate the account first, then the role, and then the assumed-role user":
    /// only who is excepted with all of these is surely excepted, and only who is excepted with none is surely not.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
    fn is_not_excepted(&self, relations: &[Relation]) -> Truth {
        let has = |relation| relations.contains(&relation);
        let whole = match self {
            Self::Service(_) | Self::AccountRoot(_) => has(Relation::Is),
            Self::Identity(_) => has(Relation::Is) && has(Relation::Account) && (self.role().is_none() || has(Relation::Kin)),
        };
        match (whole, has(Relation::Is) || has(Relation::Kin) || has(Relation::Unclear)) {
            (true, _) => Truth::No,
            (false, true) => Truth::depends_on("NotPrincipal"),
            (false, false) => Truth::Yes,
        }
    }

    /// Fills in what follows from who asks.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    pub(super) fn fill_in(&self, context: &mut Context) {
        let is_service = matches!(self, Self::Service(_));
        context.default("aws:principalisawsservice", Some(is_service.to_string()));
        if let Self::Service(name) = self {
            context.default("aws:principalservicename", Some(name.clone()));
            // All names of the service; that SES has one that matters is assumed.
            context.default("aws:principalservicenameslist", Some(name.clone()));
            // "The request context key returns `true` when a service uses the credentials of an IAM principal": here none is involved.
            context.default("aws:viaawsservice", Some("false".to_owned()));
            context.default_lacking(&NOT_OF_A_SERVICE);
            context.default_absent("aws:principaltag/");
            return;
        }
        // "The aws:SourceAccount condition key is only available when the call to your resource is made directly by an AWS service
        // principal", and so are its siblings.
        context.default_lacking(&OF_A_SERVICE);
        context.default("aws:principalaccount", self.account().map(str::to_owned));
        if self.role().is_some() {
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
            context.default("aws:principaltype", Some("AssumedRole".to_owned()));
            context.default("aws:username", None);
        }
        if let Self::Identity(arn) = self
            && arn.service() == "iam"
        {
            // Of a session it is the ARN of its role, whose path a session does not tell.
            context.default("aws:principalarn", Some(arn.to_string()));
        }
    }
}

/// What only a request says that a service makes in its own name.
static OF_A_SERVICE: [&str; 6] = [
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
];

/// What a request says of an identity, its credentials and its organisation: one that a service makes in its own name has none of these.
/// That `aws:PrincipalOrgID` is missing is why AWS's own perimeter policies except services by `aws:PrincipalIsAWSService`
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html>); of the rest it is assumed with it.
static NOT_OF_A_SERVICE: [&str; 20] = [
    "aws:assumedroot",
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:chatbotsourcearn",
    "aws:ec2instancesourceprivateipv4",
    "aws:ec2instancesourcevpc",
    "aws:federatedprovider",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltype",
    "aws:sourceidentity",
    "aws:tokenissuetime",
    "aws:userid",
    "aws:username",
    "ec2:roledelivery",
];

/// Name of the role, and of the session where there is one. A role's name is unique in its account, whatever its path.
fn role_of(arn: &Arn) -> Option<(&str, Option<&str>)> {
    match (arn.service(), arn.resource().split_once('/')?) {
        ("iam", ("role", path)) => Some((path.rsplit('/').next()?, None)),
        ("sts", ("assumed-role", rest)) => rest.split_once('/').map(|(role, session)| (role, Some(session))),
        _ => None,
    }
}
