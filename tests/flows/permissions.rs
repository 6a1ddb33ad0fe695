//! The printed policy is enough and no more: every call that the tool makes for a plan is held against it with our own evaluator.

use std::collections::{BTreeMap, BTreeSet};

use postroom::permissions::calls::{self, On};
use postroom::policy::{Caller, Context, Decision, Document, Request, evaluate};
use serde_json::Value;

use crate::plans::PLANS;
use crate::support::account::wait;
use crate::support::{Account, REGION, emulator};

/// What only an edited plan, an account that somebody has changed or a run that was cut off leads to: a first apply makes everything as it
/// shall be.
const OF_EDITS: [&str; 18] = [
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:TagRole",
    "iam:UpdateAssumeRolePolicy",
    "kms:ListResourceTags",
    "lambda:RemovePermission",
    "secretsmanager:DeleteResourcePolicy",
    "ses:DeleteReceiptFilter",
    "ses:DeleteReceiptRule",
    "ses:DeregisterMemberFromAddressList",
    "ses:ReorderReceiptRuleSet",
    "ses:UpdateArchive",
    "ses:UpdateIngressPoint",
    "ses:UpdateReceiptRule",
    "ses:UpdateRelay",
    "ses:UpdateRuleSet",
    "ses:UpdateTrafficPolicy",
];

/// What AWS asks of the caller without a call of ours.
const WITHOUT_A_CALL: [&str; 5] =
    ["ec2:DescribeVpcEndpoints", "iam:CreateServiceLinkedRole", "iam:PassRole", "kms:Decrypt", "kms:GenerateDataKey"];

#[test]
fn the_printed_policies_allow_every_call_and_hold_nothing_that_no_call_takes() {
    let mut used_anywhere = BTreeSet::new();
    let mut wholly: BTreeMap<&str, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for name in PLANS {
        let account = Account::for_plan(name);
        let plan = account.plan_text(name);
        let flags: &[&str] = if name == "everything" { &["--allow-delete"] } else { &[] };
        account.forget_calls();
        account.plan(&plan);
        let looking = calls_made(&account);
        account.forget_calls();
        account.apply(&plan, flags);
        account.plan(&plan);
        let doing = calls_made(&account);
        account.forget_calls();

        let to_plan = printed(&account, &plan, "plan", None);
        let to_apply = printed(&account, &plan, "apply", None);
        let world = World::of(&account);
        let looked = world.hold(name, "plan", &looking, &to_plan);
        let done = world.hold(name, "apply", &doing, &to_apply);
        assert!(looked.is_subset(&done), "{name}: an apply looks first");

        let needless = |policies: &Policies, used: &BTreeSet<String>| {
            let sure = policies.values().flat_map(|(_, policy)| actions(policy, false));
            let spoken = |action: &String| used.contains(action) || WITHOUT_A_CALL.contains(&action.as_str());
            sure.filter(|action| !spoken(action)).collect::<BTreeSet<String>>()
        };
        let unlooked = needless(&to_plan, &done);
        assert!(unlooked.is_empty(), "{name}: the policy to plan allows what no plan calls: {unlooked:?}");
        let undone: Vec<_> = needless(&to_apply, &done).into_iter().filter(|action| !OF_EDITS.contains(&action.as_str())).collect();
        assert!(undone.is_empty(), "{name}: the policy to apply allows what no apply calls: {undone:?}");

        // What somebody has looked at need not be assumed.
        let snapshot = account.run(&["snapshot", "-"], &plan);
        std::fs::write(account.folder.join("facts.json"), &snapshot.stdout).expect("written");
        account.forget_calls();
        account.plan(&plan);
        let looking = calls_made(&account);
        let with_facts = printed(&account, &plan, "plan", Some("facts.json"));
        world.hold(name, "plan with facts", &looking, &with_facts);
        let maybe: BTreeSet<String> = with_facts.values().flat_map(|(_, policy)| actions(policy, true)).collect();
        assert!(maybe.iter().all(|action| action == "s3:GetBucketLocation"), "{name}: {maybe:?} is known by the facts");
        used_anywhere.extend(done);

        // What looks at the whole account says so; no plan of the folder has an add-on, and the account may.
        let manager = aws_sdk_mailmanager::Client::new(&account.sdk(REGION));
        let added = wait(manager.create_addon_subscription().addon_name("SPAMHAUS_DBL").send()).expect("a subscription");
        wait(manager.create_addon_instance().addon_subscription_id(added.addon_subscription_id).send()).expect("an instance");
        for (command, purpose) in [("audit", "audit"), ("import", "import"), ("plan --prune", "plan"), ("apply --prune", "apply")] {
            account.forget_calls();
            let arguments: Vec<&str> = match command {
                "audit" => vec!["audit", "-"],
                "import" => vec!["import", "--region", REGION],
                "plan --prune" => vec!["plan", "-", "--prune"],
                _ => vec!["apply", "-", "--prune", "--yes", "--allow-delete"],
            };
            let run = account.run(&arguments, &plan);
            assert!([0, 2].contains(&run.code), "{name}, {command}: {run}");
            let calls = calls_made(&account);
            let more: &[&str] = if command.ends_with("--prune") { &["--prune"] } else { &["--region", REGION] };
            let policies = printed_with(&account, &plan, purpose, more);
            let used = world.hold(name, command, &calls, &policies);
            let whole = wholly.entry(command).or_default();
            whole.0.extend(used);
            whole.1.extend(policies.values().flat_map(|(_, policy)| actions(policy, false)));
        }

        // An archive is protected, and a plan of `everything` takes over what it does not give back: what can be taken back is.
        account.forget_calls();
        let to_destroy = printed(&account, &plan, "destroy", None);
        let run = account.run(&["destroy", "-", "--yes", "--allow-delete", "--allow-activate"], &plan);
        assert!([0, 3].contains(&run.code), "{name}: {run}");
        let gone = world.hold(name, "destroy", &calls_made(&account), &to_destroy);
        if run.code == 0 {
            assert!(gone.iter().any(|action| action.contains(":Delete") || action.contains(":Put")), "{name}: {gone:?}");
        }
        used_anywhere.extend(gone);
    }
    assert!(used_anywhere.len() > 50, "{used_anywhere:#?}");
    for (command, (used, printed)) in wholly {
        let spoken =
            |action: &&String| used.contains(*action) || used_anywhere.contains(*action) || WITHOUT_A_CALL.contains(&action.as_str());
        let needless: Vec<&String> = printed.iter().filter(|action| !spoken(action) && !OF_EDITS.contains(&action.as_str())).collect();
        assert!(needless.is_empty(), "{command}: {needless:?} is allowed, and nothing calls it");
    }
}

/// By account: the policy as the evaluator takes it, and as it is printed.
type Policies = BTreeMap<String, (Document, Value)>;

fn printed(account: &Account, plan: &str, purpose: &str, facts: Option<&str>) -> Policies {
    printed_with(account, plan, purpose, &facts.into_iter().flat_map(|file| ["--assume", file]).collect::<Vec<_>>())
}

fn printed_with(account: &Account, plan: &str, purpose: &str, more: &[&str]) -> Policies {
    let mut arguments = vec!["permissions", "-", "--for", purpose, "--account", &account.id];
    arguments.extend(more);
    let run = account.run(&arguments, plan);
    run.expect(0);
    let policies = run.json()["policies"].as_array().cloned().expect("policies");
    let read = |entry: Value| {
        let policy = entry["policy"].clone();
        let document = Document::parse(&policy.to_string()).expect("a policy");
        (entry["account"].as_str().expect("an account").to_owned(), (document, policy))
    };
    policies.into_iter().map(read).collect()
}

/// The actions of the statements that are surely needed, or of those that may be.
fn actions(policy: &Value, maybe: bool) -> BTreeSet<String> {
    let statements = policy["Statement"].as_array().expect("statements").iter();
    let chosen = statements.filter(|statement| statement["Sid"].as_str().is_some_and(|sid| sid.contains("IfNeeded")) == maybe);
    chosen
        .flat_map(|statement| statement["Action"].as_array().expect("actions"))
        .filter_map(|action| action.as_str().map(str::to_owned))
        .collect()
}

fn calls_made(account: &Account) -> Vec<Value> {
    let of = |id: &str| emulator::ask("GET", &format!("/_test/calls?account={id}"), &Value::Null).as_array().cloned().unwrap_or_default();
    [of(&account.id), of(&account.other)].concat()
}

/// What stands behind the names that calls bear.
struct World {
    roles: BTreeMap<String, String>,
    aliases: BTreeMap<String, Vec<String>>,
}

impl World {
    fn of(account: &Account) -> Self {
        let (mut roles, mut aliases) = (BTreeMap::new(), BTreeMap::<String, Vec<String>>::new());
        for config in [account.sdk(REGION), account.other_sdk(REGION)] {
            let iam = aws_sdk_iam::Client::new(&config);
            let found = wait(iam.list_roles().send()).expect("roles").roles;
            roles.extend(found.into_iter().map(|role| (role.role_name, role.arn)));
            let kms = aws_sdk_kms::Client::new(&config);
            for alias in wait(kms.list_aliases().send()).expect("aliases").aliases.unwrap_or_default() {
                if let (Some(name), Some(id)) = (alias.alias_name, alias.target_key_id) {
                    aliases.entry(id).or_default().push(name);
                }
            }
        }
        Self { roles, aliases }
    }

    /// Every call is allowed by the policy of its account; the actions that it takes.
    fn hold(&self, plan: &str, what: &str, made: &[Value], policies: &Policies) -> BTreeSet<String> {
        assert!(made.len() > 3, "{plan}: {made:#?}");
        let mut used = BTreeSet::new();
        for call in made {
            let text = |member: &str| call[member].as_str().unwrap_or_default();
            let operation = format!("{}:{}", text("service"), text("operation"));
            let takes: Vec<(&str, On)> = match operation.as_str() {
                "sts:GetCallerIdentity" => continue,
                "sts:AssumeRole" => vec![("sts:AssumeRole", On::Thing)],
                known => calls::of(known).unwrap_or_else(|| panic!("{plan}: {known} is in no row")).takes.to_vec(),
            };
            let Some((document, _)) = policies.get(text("account")) else {
                panic!("{plan}: no policy for {what} in the account of {call}")
            };
            for (action, on) in takes {
                let resource = self.resource(call, on);
                let mut context = Context::closed();
                if let Some(id) = resource.split(":key/").nth(1) {
                    context = context.with("kms:ResourceAliases", self.aliases.get(id).into_iter().flatten().map(String::as_str));
                }
                let caller = Caller::Identity(format!("arn:aws:iam::{}:role/pipeline", text("account")).parse().expect("an ARN"));
                let request = Request { caller, action: action.to_owned(), resource: resource.clone(), context };
                let decision = evaluate(&[("printed", document)], &request).decision;
                assert_eq!(decision, Decision::Allowed, "{plan}, {what}: {action} on {resource}, for {call}");
                used.insert(action.to_owned());
            }
        }
        used
    }

    /// The ARN that IAM looks at.
    fn resource(&self, call: &Value, on: On) -> String {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let parameter = |name: &str| text(&call["parameters"][name]);
        let (account, region, named) = (text(&call["account"]), text(&call["region"]), text(&call["resource"]));
        let regional = |service: &str, resource: &str| format!("arn:aws:{service}:{region}:{account}:{resource}");
        if on == On::Everything {
            return "*".to_owned();
        }
        if named.starts_with("arn:") && on == On::Thing {
            return named;
        }
        match (text(&call["service"]).as_str(), on) {
            ("kms", On::Alias) => regional("kms", &parameter("AliasName")),
            ("kms", _) => {
                let id = if parameter("TargetKeyId").is_empty() { named } else { parameter("TargetKeyId") };
                let of_alias = || self.aliases.iter().find(|(_, names)| names.contains(&id)).map(|(id, _)| id.clone());
                regional("kms", &format!("key/{}", of_alias().unwrap_or_else(|| id.clone())))
            }
            ("s3", _) => format!("arn:aws:s3:::{named}"),
            ("sns", _) => regional("sns", &named),
            ("lambda", _) => regional("lambda", &format!("function:{named}")),
            ("secretsmanager", _) => regional("secretsmanager", &format!("secret:{named}-AbCdEf")),
            ("iam", _) if !parameter("RoleName").is_empty() => self.roles[&parameter("RoleName")].clone(),
            ("iam", _) if !parameter("UserName").is_empty() => format!("arn:aws:iam::{account}:user/{named}"),
            ("iam", _) => format!("arn:aws:iam::{account}:group/{named}"),
            (_, _) => regional("ses", &format!("{}/some-id", resource_type(&text(&call["operation"])))),
        }
    }
}

/// What the ARNs of an operation's resource name it as.
fn resource_type(operation: &str) -> &'static str {
    let types = [
        ("TrafficPolicy", "mailmanager-traffic-policy"),
        ("RuleSet", "mailmanager-rule-set"),
        ("IngressPoint", "mailmanager-ingress-point"),
        ("Relay", "mailmanager-smtp-relay"),
        ("Archive", "mailmanager-archive"),
        ("AddressList", "mailmanager-address-list"),
        ("AddonSubscription", "addon-subscription"),
        ("AddonInstance", "addon-instance"),
    ];
    types.iter().find(|(word, _)| operation.contains(word)).unwrap_or_else(|| panic!("{operation}")).1
}
