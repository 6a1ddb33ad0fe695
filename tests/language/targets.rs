//! `targets:` — one plan, many accounts and regions.

use postroom::plan::language::Via;

use super::*;

fn draft(text: &str) -> postroom::plan::Draft {
    parse(Arc::new(Source { name: "plan.yaml".into(), text: text.into() })).unwrap()
}

fn of_targets(name: &str) -> postroom::plan::Draft {
    draft(&std::fs::read_to_string(folder("good").join(name)).unwrap())
}

fn recipients(plan: &Plan) -> Vec<String> {
    spec(&plan.receipt.rule_sets[0].1.rules[0]).recipients.iter().map(|recipient| recipient.value.clone()).collect()
}

#[test]
fn a_plan_without_targets_is_one_target_without_a_name() {
    let targets = draft("postroom: 1\nname: acme\naccount: 111122223333\nregion: ${var.region}\n").targets().unwrap();
    let [target] = targets.as_slice() else { panic!("{targets:?}") };
    assert_eq!((&target.name, &target.via), (&None, &Via::Caller));
    assert_eq!(target.account.as_ref().unwrap().value.as_str(), "111122223333");
    assert!(target.region.is_none(), "which region a variable means is not known yet");
}

#[test]
fn a_target_has_what_it_says_and_else_what_the_plan_says() {
    let targets = of_targets("targets.yaml").targets().unwrap();
    let shown: Vec<_> = targets
        .iter()
        .map(|target| {
            let account = target.account.as_ref().map_or("-", |account| account.value.as_str());
            let region = target.region.as_ref().map_or("-", |region| region.value.as_str());
            let via = match &target.via {
                Via::Caller => "caller".to_owned(),
                Via::Role(name) => format!("role {name}"),
                Via::RoleArn(arn) => arn.to_string(),
                Via::Profile(name) => format!("profile {name}"),
            };
            let id = target.external_id.as_deref().unwrap_or("-");
            format!("{} {account} {region} {via} {id}", target.name.as_deref().unwrap_or("-"))
        })
        .collect();
    assert_eq!(
        shown,
        [
            "prod-eu 111122223333 eu-west-1 arn:aws:iam::111122223333:role/postroom x1",
            "prod-us 111122223333 us-east-1 role mail/postroom -",
            "stage 999988887777 eu-west-1 profile stage -",
            "by-its-role 222233334444 eu-north-1 arn:aws:iam::222233334444:role/postroom -",
        ]
    );
}

#[test]
fn variables_of_a_target_override_those_of_the_plan_and_given_ones_override_both() {
    let draft = of_targets("targets.yaml");
    let read = |target: &str, vars: &[(&str, &str)]| {
        let vars = vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        recipients(&draft.settle(&Given { vars, target: Some(target.into()), ..Given::default() }).unwrap())
    };
    assert_eq!(read("prod-eu", &[]), ["desk@acme.example", "prod-eu.eu-west-1.111122223333.example"]);
    assert_eq!(read("prod-us", &[]), ["desk@us-east-1.acme.example", "prod-us.us-east-1.111122223333.example"]);
    assert_eq!(read("stage", &[])[1], "stage.eu-west-1.999988887777.example");
    assert_eq!(read("prod-us", &[("domain", "given.example")])[0], "desk@given.example");
}

#[test]
fn a_settled_plan_is_guarded_by_its_target() {
    let draft = of_targets("targets.yaml");
    let plan = draft.settle(&Given { target: Some("stage".into()), ..Given::default() }).unwrap();
    assert_eq!(plan.target.as_deref(), Some("stage"));
    assert_eq!(plan.account.unwrap().value.as_str(), "999988887777");
    assert_eq!(plan.region.unwrap().value.as_str(), "eu-west-1");
}

#[test]
fn a_variable_that_only_another_target_has_is_unknown() {
    let text = "postroom: 1\nname: acme\nregion: eu-west-1\ntargets: { a: { account: 111122223333, vars: { who: x } }, b: { account: 222233334444 } }\n\
                receipt: { rules: [ { name: r, actions: [ { add_header: { name: X-A, value: \"${var.who}\" } } ] } ] }\n";
    let of = |target: &str| draft(text).settle(&Given { target: Some(target.into()), ..Given::default() });
    assert!(of("a").is_ok());
    let found = of("b").unwrap_err();
    assert_eq!(found.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["unknown-variable"]);
}
