//! Function policies: Lambda keeps one permission per statement, and cannot change one.

use serde_json::json;

use crate::support::json::{sids, statements};
use crate::support::{Account, REGION, wait};

fn plan_of(rule: &str) -> String {
    format!(
        "postroom: 1\nname: sorter\nregion: eu-west-1\nreceipt:\n  rules:\n    - {{ name: {rule}, actions: [ {{ lambda: \"sort:live\" }} ] }}\n"
    )
}

fn account() -> Account {
    Account::with(&json!({"functions": [{"name": "sort", "aliases": ["live"]}]}))
}

#[test]
fn the_permission_is_on_the_alias_and_on_nothing_else() {
    let account = account();
    account.apply(&plan_of("sort"), &[]);
    let document = account.document("function-policy/sort:live");
    assert_eq!(statements(&document).len(), 1);
    assert_eq!(document["Statement"][0]["Resource"], account.text("arn:aws:lambda:eu-west-1:ACCOUNT:function:sort:live"));
    assert!(account.document("function-policy/sort").is_null(), "the function itself stays closed");
}

#[test]
fn a_permission_that_somebody_bent_is_put_right() {
    let account = account();
    let plan = plan_of("sort");
    account.apply(&plan, &[]);
    let before = account.document("function-policy/sort:live");
    let sid = sids(&before)[0].clone();
    let lambda = aws_sdk_lambda::Client::new(&account.sdk(REGION));
    wait(lambda.remove_permission().function_name("sort").qualifier("live").statement_id(&sid).send()).expect("removed");
    // The same id, and every rule of everybody: the hole that the conditions are there to close.
    let wide = lambda
        .add_permission()
        .function_name("sort")
        .qualifier("live")
        .statement_id(&sid)
        .action("lambda:InvokeFunction")
        .principal("ses.amazonaws.com");
    wait(wide.send()).expect("added");

    let drift = account.plan(&plan);
    assert_eq!(drift.changes(), ["update function-policy/sort:live InvokeFunction"]);
    account.apply(&plan, &[]);
    assert_eq!(statements(&account.document("function-policy/sort:live")), statements(&before));
}

#[test]
fn a_permission_for_another_rule_is_added_before_the_old_one_goes() {
    let account = account();
    account.apply(&plan_of("sort"), &[]);
    let renamed = plan_of("order").replace("name: order,", "name: order, was: [sort],");
    account.forget_calls();
    account.apply(&renamed, &["--allow-delete"]);
    assert_eq!(
        account.writes(),
        ["AddPermission sort:live", "CreateReceiptRule sorter", "DeleteReceiptRule sorter", "RemovePermission sort:live"]
    );
}

#[test]
fn permissions_of_others_stay() {
    let account = account();
    let lambda = aws_sdk_lambda::Client::new(&account.sdk(REGION));
    let theirs = lambda
        .add_permission()
        .function_name("sort")
        .qualifier("live")
        .statement_id("theirs")
        .action("lambda:InvokeFunction")
        .principal("sns.amazonaws.com");
    wait(theirs.send()).expect("added");
    account.apply(&plan_of("sort"), &[]);
    let gone =
        "postroom: 1\nname: sorter\nregion: eu-west-1\nreceipt: { rule_sets: { sorter: { rules: [ { name: sort, absent: true } ] } } }\n";
    account.apply(gone, &["--allow-delete"]);
    let left = account.plan(gone);
    assert_eq!(sids(&account.document("function-policy/sort:live")), ["theirs"], "{left}");
}
