//! Topics: SNS's own default statement is enough in the topic's account, and only there.

use serde_json::{Value, json};

use crate::support::Account;
use crate::support::json::{sids, statements};

const PLAN: &str = "
postroom: 1
name: herald
region: eu-west-1
receipt:
  rules:
    - { name: tell, actions: [ { sns: events } ] }
";

fn only_owner() -> Value {
    json!({"Sid": "OnlyUs", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${account}:root"}, "Action": "SNS:Publish", "Resource": "arn:aws:sns:eu-west-1:${account}:events"})
}

#[test]
fn a_topic_with_its_default_statement_is_left_as_it_is() {
    let account = Account::with(&json!({"topics": [{"name": "events"}]}));
    account.apply(PLAN, &[]);
    assert!(!account.writes().iter().any(|write| write.starts_with("SetTopicAttributes")), "{:?}", account.writes());
    assert_eq!(sids(&account.document("topic-policy/events")), ["__default_statement_ID"]);
}

#[test]
fn a_topic_whose_default_statement_was_replaced_gets_ours() {
    let account = Account::with(&json!({"topics": [{"name": "events", "policy": [only_owner()]}]}));
    assert_eq!(account.plan(PLAN).changes()[0], "create topic-policy/events PublishToTopic");
    account.apply(PLAN, &[]);
    let document = account.document("topic-policy/events");
    let ours = statements(&document).into_iter().find(|statement| statement["Sid"] != "OnlyUs").expect("ours");
    assert_eq!(statements(&document).len(), 2);
    assert_eq!(ours["Principal"], json!({"Service": "ses.amazonaws.com"}));
    let rule = account.text("arn:aws:ses:eu-west-1:ACCOUNT:receipt-rule-set/herald:receipt-rule/tell");
    assert_eq!(ours["Condition"], json!({"StringEquals": {"aws:SourceAccount": account.id, "aws:SourceArn": rule}}));
}

#[test]
fn a_default_statement_that_is_taken_away_later_is_made_good() {
    let account = Account::with(&json!({"topics": [{"name": "events"}]}));
    account.apply(PLAN, &[]);
    let own: Value = serde_json::from_str(&account.text(&only_owner().to_string()).replace("${account}", &account.id)).expect("JSON");
    account.add_statement("topic-policy/events", &own);
    account.drop_statement("topic-policy/events", "__default_statement_ID");
    assert_eq!(account.plan(PLAN).changes(), ["create topic-policy/events PublishToTopic"]);
    account.apply(PLAN, &[]);
}

#[test]
fn a_topic_of_another_account_gets_its_statement_by_the_role_there() {
    let account = Account::with(&json!({
        "topics": [{"name": "events", "account": "${other}"}],
        "roles": [{"name": "access", "path": "/mail/", "account": "${other}", "trusts": "${account}", "external_id": "x1"}]
    }));
    let reach = account.text("accounts: { \"OTHER\": { role: mail/access, external_id: x1 } }\n");
    let plan = PLAN.replace("sns: events", &account.text("sns: \"arn:aws:sns:eu-west-1:OTHER:events\"")) + &reach;
    account.apply(&plan, &[]);
    let address = account.text("topic-policy/events@OTHER");
    let document = account.document(&address);
    let ours = statements(&document)
        .into_iter()
        .find(|statement| statement["Sid"].as_str().is_some_and(|sid| sid.starts_with("Postroom")))
        .expect("ours");
    assert_eq!(ours["Condition"]["StringEquals"]["aws:SourceAccount"], account.id.as_str(), "the account that receives");

    let wrong = plan.replace("external_id: x1", "external_id: x2");
    let run = account.run(&["plan", "-"], &wrong);
    run.expect(4);
    assert!(run.target()["unreadable"].to_string().contains("events"), "{run}");
}

#[test]
fn a_topic_of_an_account_that_is_not_ours_to_write_is_a_finding_with_the_statement_for_its_owner() {
    let account = Account::with(&json!({"topics": [{"name": "events", "account": "${other}"}]}));
    let hands_off = account.text("accounts: { \"OTHER\": { manage: false } }\n");
    let plan = PLAN.replace("sns: events", &account.text("sns: \"arn:aws:sns:eu-west-1:OTHER:events\"")) + &hands_off;
    let run = account.run(&["plan", "-"], &plan);
    run.expect(0);
    assert!(run.findings().contains(&"grant-missing".to_owned()), "{run}");
    assert!(!run.changes().iter().any(|change| change.contains("topic-policy")), "{run}");
    // SES refuses the rule until the owner has put the statement in; then the same plan goes through.
    account.try_apply(&plan, &["--no-wait"]).expect(5);
    let rendered = account.run(&["render", "-", "--account", &account.id], &plan);
    let resources = rendered.target()["resources"].clone();
    let address = account.text("topic-policy/events@OTHER");
    let entry = resources.as_array().into_iter().flatten().find(|entry| entry["address"] == address).expect("the statement").clone();
    assert_eq!(entry["manage"], false);
    for statement in statements(&entry["document"]) {
        account.add_statement(&address, &statement);
    }
    account.apply(&plan, &[]);
    // As soon as the owner lets us look, nothing is missing any more.
    let may_look = json!({"Sid": "MayLook", "Effect": "Allow", "Principal": {"AWS": account.text("arn:aws:iam::ACCOUNT:root")}, "Action": "SNS:GetTopicAttributes", "Resource": account.text("arn:aws:sns:eu-west-1:OTHER:events")});
    account.add_statement(&address, &may_look);
    let looked = account.run(&["plan", "-"], &plan);
    assert_eq!((looked.code, looked.findings().contains(&"grant-missing".to_owned())), (0, false), "{looked}");
}
