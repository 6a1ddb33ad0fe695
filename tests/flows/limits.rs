//! The limits of documents, reached on purpose: one byte too much is refused before the first write and told in numbers; one byte less is
//! applied, which the emulator, that counts for itself, takes.

use serde_json::{Value, json};

use crate::support::{Account, REGION, Run, wait};

/// The plan that each container gets a statement of.
const PLAN: &str = "
postroom: 1
name: tight
region: eu-west-1
roles: { theirs: { existing: true } }
receipt:
  rule_sets:
    main:
      rules:
        - name: one
          actions: [ ACTION ]
";

/// An id is at most so much longer than it is taken to be.
const ID: usize = 70;

/// Others' statement, which is so much longer.
fn theirs(account: &Account, at: &str, padding: usize) -> Value {
    let root = format!("arn:aws:iam::{}:root", account.id);
    let (kind, name) = at.split_once('/').expect("kind/name");
    let (action, resource) = match kind {
        "bucket-policy" => ("s3:GetObject", format!("arn:aws:s3:::{name}/*")),
        "key-policy" => ("kms:DescribeKey", "*".to_owned()),
        "topic-policy" => ("sns:Subscribe", format!("arn:aws:sns:{REGION}:{}:{name}", account.id)),
        "secret-policy" => ("secretsmanager:DescribeSecret", "*".to_owned()),
        "role-trust" => ("sts:AssumeRole", String::new()),
        _ => ("s3:ListAllMyBuckets", "*".to_owned()),
    };
    let mut statement = json!({"Sid": "Theirs", "Effect": "Allow", "Action": action});
    if !resource.is_empty() {
        statement["Resource"] = json!(resource);
    }
    if !is_inline(at) {
        statement["Principal"] = json!({"AWS": root});
    }
    statement["Condition"] = json!({"StringEquals": {"aws:PrincipalTag/team": "x".repeat(padding)}});
    statement
}

fn is_inline(at: &str) -> bool {
    ["role-policy/", "user-policy/", "group-policy/"].iter().any(|kind| at.starts_with(kind))
}

/// Puts it where it was, longer or shorter.
fn put(account: &Account, at: &str, padding: usize) {
    let statement = theirs(account, at, padding);
    let iam = aws_sdk_iam::Client::new(&account.sdk(REGION));
    let text = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    match at.split_once('/').expect("kind/name") {
        ("role-policy", name) => {
            drop(wait(iam.put_role_policy().role_name(name).policy_name("theirs").policy_document(text).send()).expect("put"));
        }
        ("user-policy", name) => {
            drop(wait(iam.put_user_policy().user_name(name).policy_name("theirs").policy_document(text).send()).expect("put"));
        }
        ("group-policy", name) => {
            drop(wait(iam.put_group_policy().group_name(name).policy_name("theirs").policy_document(text).send()).expect("put"));
        }
        _ => account.replace_statement(at, &statement),
    }
    account.forget_calls();
}

/// How much a document would be, and how much it may.
fn would_be(run: &Run) -> Option<(usize, usize)> {
    let findings = run.target()["findings"].as_array().cloned().unwrap_or_default();
    let found = findings.into_iter().find(|finding| finding["code"] == "policy-too-large")?;
    let message = found["message"].as_str().expect("a message").to_owned();
    let numbers: Vec<usize> = message.split(' ').filter_map(|word| word.parse().ok()).collect();
    let [would_be, limit, ours, others] = numbers[..] else { panic!("four numbers in {message}") };
    assert_eq!(ours + others, would_be, "{message}");
    Some((would_be, limit))
}

fn account() -> Account {
    Account::with(&json!({
        "keys": [{"alias": "alias/mail"}],
        "buckets": [{"name": "mail${suffix}"}],
        "topics": [{"name": "events"}],
        "functions": [{"name": "sort"}],
        "secrets": [{"name": "login", "value": "{\"password\": \"not-a-real-one\"}", "key": "alias/mail"}],
        "roles": [{"name": "theirs", "trusts": "${account}"}],
        "users": [{"name": "bouncer"}],
        "groups": [{"name": "auditors"}],
        "identities": ["acme.example"],
    }))
}

/// Fills the container to one byte more than fits, then to the last byte, but for what is spared for ids that AWS has yet to give.
fn to_the_last_byte(account: &Account, plan: &str, at: &str, limit: usize, spared: usize) {
    put(account, at, 1);
    let there = if is_inline(at) { inline(account, at) } else { account.document(at) };
    // Theirs alone fits; no statement of ours is shorter than what is left.
    let padding = limit - there.to_string().len() - 30;
    put(account, at, padding);
    let over = account.run(&["plan", "-"], plan);
    let first = would_be(&over).unwrap_or_else(|| panic!("{at} is full: {over}"));
    assert_eq!(first.1, limit, "{at}");
    let just_fits = padding - (first.0 - limit);

    put(account, at, just_fits + 1);
    let refused = account.try_apply(plan, &["--strict"]);
    refused.expect(3);
    assert_eq!(would_be(&refused), Some((limit + 1, limit)), "{at}: {refused}");
    assert_eq!(account.writes(), [] as [String; 0], "{at}: nothing is begun");

    put(account, at, just_fits - spared);
    account.apply(plan, &[]);
}

fn inline(account: &Account, at: &str) -> Value {
    let iam = aws_sdk_iam::Client::new(&account.sdk(REGION));
    let text = match at.split_once('/').expect("kind/name") {
        ("role-policy", name) => {
            wait(iam.get_role_policy().role_name(name).policy_name("theirs").send()).expect("a policy").policy_document
        }
        ("user-policy", name) => {
            wait(iam.get_user_policy().user_name(name).policy_name("theirs").send()).expect("a policy").policy_document
        }
        (_, name) => wait(iam.get_group_policy().group_name(name).policy_name("theirs").send()).expect("a policy").policy_document,
    };
    serde_json::from_str(&crate::support::container::decoded(&text)).expect("JSON")
}

#[test]
fn every_document_is_filled_to_its_last_byte_and_no_further() {
    let account = account();
    let bucket = account.bucket("mail");
    let plan = |action: &str| account.text(PLAN).replace("ACTION", action);
    let store = format!("s3: {bucket}/in/");
    let keyed = format!("s3: {{ bucket: {bucket}, prefix: in/, message_kms_key: alias/mail }}");
    let by_role = format!("s3: {{ bucket: {bucket}, prefix: in/, role: theirs }}");
    let braced = |action: &str| plan(&format!("{{ {action} }}"));
    to_the_last_byte(&account, &braced(&store), &format!("bucket-policy/{bucket}"), 20 * 1024, 0);
    to_the_last_byte(&account, &braced(&keyed), "key-policy/alias/mail", 32 * 1024, 0);
    to_the_last_byte(&account, &braced(&by_role), "role-policy/theirs", 10_240, 0);
    // What an account has asked for between the two limits cannot be read: a warning, which `--strict` takes for an error.
    let fresh = self::account();
    let by_role = by_role.replace(&bucket, &fresh.bucket("mail"));
    let by_role = fresh.text(PLAN).replace("ACTION", &format!("{{ {by_role} }}"));
    to_the_last_byte(&fresh, &by_role, "role-trust/theirs", 2048, 0);
}

#[test]
fn policies_of_senders_and_archive_users_share_their_room_with_others() {
    let account = account();
    let head = "postroom: 1\nname: tight\nregion: eu-west-1\n";
    let sends = format!("{head}senders: {{ app: {{ attach_to: {{ user: bouncer }}, identities: [acme.example] }} }}\n");
    to_the_last_byte(&account, &sends, "user-policy/bouncer", 2048, 0);
    let reads = format!(
        "{head}mail_manager: {{ archives: {{ legal: {{ retention: seven_years }} }} }}\n\
         archive_users: {{ audit: {{ attach_to: {{ group: auditors }}, archives: [legal], allow: [view] }} }}\n"
    );
    to_the_last_byte(&account, &reads, "group-policy/auditors", 5120, ID);
}

#[test]
fn a_secret_holds_what_fits_and_no_more() {
    let account = account();
    let plan = "postroom: 1\nname: tight\nregion: eu-west-1\nmail_manager: { relays: { office: { server: smtp.acme.example, port: 587, auth: { secret: login } } } }\n";
    to_the_last_byte(&account, plan, "secret-policy/login", 20_480, ID);
}

#[test]
fn a_topic_holds_a_hundred_statements() {
    let account = account();
    // A topic of the account's own needs a statement only where its default one is gone.
    let fill = |count: usize| {
        let all: Vec<Value> = (0..count)
            .map(|number| {
                let mut statement = theirs(&account, "topic-policy/events", 1);
                statement["Sid"] = json!(format!("Theirs{number}"));
                statement.as_object_mut().expect("a statement").remove("Condition");
                statement
            })
            .collect();
        account.put_statements("topic-policy/events", &all);
        account.forget_calls();
    };
    let plan = account.text(PLAN).replace("ACTION", "{ sns: events }");
    fill(100);
    let refused = account.try_apply(&plan, &[]);
    refused.expect(3);
    assert_eq!(would_be(&refused), Some((101, 100)), "{refused}");
    assert_eq!(account.writes(), [] as [String; 0]);
    fill(99);
    account.apply(&plan, &[]);
    let fresh = self::account();
    fresh.put_statements("topic-policy/events", &[theirs(&fresh, "topic-policy/events", 1)]);
    to_the_last_byte(&fresh, &plan, "topic-policy/events", 30 * 1024, 0);
}

#[test]
fn a_function_that_is_full_is_left_as_it_is() {
    let account = account();
    let plan = account.text(PLAN).replace("ACTION", "{ lambda: sort }");
    let lambda = aws_sdk_lambda::Client::new(&account.sdk(REGION));
    let allow = |sid: &str| {
        let request = lambda.add_permission().function_name("sort").statement_id(sid).action("lambda:InvokeFunction");
        let source = format!("arn:aws:events:{REGION}:{}:rule/any", account.id);
        wait(request.principal("events.amazonaws.com").source_arn(source).send())
            .map(drop)
            .map_err(|error| Box::new(error.into_service_error()))
    };
    let sid = |number: usize| format!("Theirs{number:094}");
    let mut count = 0;
    while would_be(&account.run(&["plan", "-"], &plan)).is_none() {
        let more = if count == 0 { 50 } else { 1 };
        for number in count..count + more {
            allow(&sid(number)).expect("the function is not full for others before it is for us");
        }
        count += more;
    }
    account.forget_calls();
    account.try_apply(&plan, &[]).expect(3);
    assert_eq!(account.writes(), [] as [String; 0]);
    let error = (0..3).find_map(|number| allow(&format!("More{number:096}")).err()).expect("Lambda refuses more than 20 KB");
    assert!(error.is_policy_length_exceeded_exception());
    for gone in [count - 1, count - 2] {
        wait(lambda.remove_permission().function_name("sort").statement_id(sid(gone)).send()).expect("removed");
    }
    account.apply(&plan, &[]);
}

#[test]
fn a_role_of_many_rules_trusts_their_set_where_naming_each_would_not_fit() {
    let account = account();
    let bucket = account.bucket("mail");
    let rules: Vec<String> = (0..60)
        .map(|number| {
            format!(
                "        - {{ name: a-rule-of-many-{number}, actions: [ {{ s3: {{ bucket: {bucket}, prefix: in/, role: theirs }} }} ] }}\n"
            )
        })
        .collect();
    let plan = account.text(PLAN).split("        - name: one").next().expect("the head").to_owned() + &rules.concat();
    account.apply(&plan, &[]);
    let trust = account.document("role-trust/theirs");
    let ours = crate::support::json::statements(&trust);
    let ours = ours.iter().find(|statement| statement["Sid"].as_str().is_some_and(|sid| sid.starts_with("Postroom"))).expect("ours");
    let wild = format!("arn:aws:ses:{REGION}:{}:receipt-rule-set/main:receipt-rule/*", account.id);
    assert_eq!(ours["Condition"]["ArnLike"]["aws:SourceArn"], json!(wild), "{trust}");
}
