//! IP filters: made, replaced (SES has no update), taken away; those of others are left alone.

use serde_json::json;

use crate::support::{Account, wait};

fn plan_of(filters: &str) -> String {
    format!("postroom: 1\nname: doorkeeper\nregion: eu-west-1\nreceipt:\n  filters: {{ {filters} }}\n")
}

#[test]
fn filters_are_made_replaced_and_deleted_and_others_stay() {
    let account = Account::new();
    let theirs = aws_sdk_ses::types::ReceiptIpFilter::builder()
        .policy(aws_sdk_ses::types::ReceiptFilterPolicy::Block)
        .cidr("192.0.2.1")
        .build()
        .expect("a filter");
    let theirs = aws_sdk_ses::types::ReceiptFilter::builder().name("theirs").ip_filter(theirs).build().expect("a filter");
    wait(account.ses().create_receipt_filter().filter(theirs).send()).expect("created");

    let first = plan_of("net: { block: 203.0.113.0/24 }, friend: { allow: 203.0.113.7 }");
    assert_eq!(account.plan(&first).changes(), ["create receipt-filter/friend", "create receipt-filter/net"]);
    account.apply(&first, &[]);
    assert_eq!(account.filters(), json!({"theirs": "Block 192.0.2.1", "net": "Block 203.0.113.0/24", "friend": "Allow 203.0.113.7"}));

    let edited = plan_of("net: { block: 203.0.113.0/25 }, friend: { allow: 203.0.113.7 }");
    let planned = account.plan(&edited);
    assert_eq!(planned.changes(), ["replace receipt-filter/net"]);
    assert!(planned.raw_changes()[0]["note"].as_str().expect("a note").contains("does not filter"), "the gap is named");
    account.forget_calls();
    account.apply(&edited, &[]);
    assert_eq!(
        account.writes(),
        ["DeleteReceiptFilter net", "CreateReceiptFilter net"],
        "an edited filter is no deletion and needs no flag"
    );

    let fewer = plan_of("net: { absent: true }, friend: { allow: 203.0.113.7 }");
    account.forget_calls();
    account.try_apply(&fewer, &[]).expect(3);
    assert_eq!(account.writes(), [] as [String; 0]);
    account.apply(&fewer, &["--allow-delete"]);
    assert_eq!(account.filters(), json!({"theirs": "Block 192.0.2.1", "friend": "Allow 203.0.113.7"}));

    assert_eq!(account.plan(&plan_of("")).changes(), [] as [String; 0], "unlisted filters are left alone");
}

#[test]
fn a_single_address_with_its_mask_is_the_same_filter() {
    let account = Account::new();
    account.apply(&plan_of("friend: { allow: 203.0.113.7 }"), &[]);
    account.nothing_to_do(&plan_of("friend: { allow: 203.0.113.7/32 }"));
}

#[test]
fn a_renamed_filter_is_there_before_the_old_one_goes() {
    let account = Account::new();
    account.apply(&plan_of("old: { block: 203.0.113.0/24 }"), &[]);
    account.forget_calls();
    account.apply(&plan_of("new: { block: 203.0.113.0/24, was: [old] }"), &["--allow-delete"]);
    assert_eq!(account.writes(), ["CreateReceiptFilter new", "DeleteReceiptFilter old"]);
}
