use proptest::prelude::*;

use super::*;

const OPERATORS: [&str; 12] = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLikeIfExists",
    "StringEqualsIfExists",
    "NumericLessThan",
    "NumericNotEquals",
    "Bool",
    "Null",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringNotEquals",
    "ForAnyValue:StringLike",
];
const KEYS: [&str; 3] = ["aws:a", "aws:b", "aws:c"];
const VALUES: [&str; 7] = ["1", "2", "true", "false", "1*", "${aws:a}", "${aws:b, '2'}"];

/// Statements that differ in effect, action, resource and conditions, drawn from so little that they often meet.
fn a_statement() -> impl Strategy<Value = Value> {
    let pick = |from: &'static [&'static str]| proptest::sample::select(from);
    let test = (pick(&OPERATORS), pick(&KEYS), proptest::collection::btree_set(pick(&VALUES), 1..3));
    (
        pick(&["Allow", "Allow", "Deny"]),
        proptest::collection::btree_set(pick(&["s3:PutObject", "s3:*", "s3:Get*", "*"]), 1..3),
        proptest::collection::btree_set(
            pick(&["arn:aws:s3:::b/*", "arn:aws:s3:::b/in/*", "*", "arn:aws:s3:::b/in/1", "arn:aws:s3:::*/1"]),
            1..3,
        ),
        proptest::collection::vec(test, 0..3),
    )
        .prop_map(|(effect, actions, resources, tests)| {
            let mut condition = json!({});
            for (operator, key, values) in tests {
                condition[operator][key] = json!(values);
            }
            json!({"Effect": effect, "Principal": "*", "Action": actions, "Resource": resources, "Condition": condition})
        })
}

/// All that is true of a request: values of each key, none where it is absent.
fn a_world() -> impl Strategy<Value = [Vec<&'static str>; 3]> {
    let values = || proptest::collection::vec(proptest::sample::select(&["1", "2", "true", "12"][..]), 0..3);
    [values(), values(), values()]
}

/// The request in that world, of which only some keys are told.
fn request(world: &[Vec<&'static str>; 3], told: [bool; 3]) -> Request {
    let mut context = Context::open();
    for ((key, values), told) in KEYS.iter().zip(world).zip(told) {
        if told {
            context = context.with(key, values.iter().copied());
        }
    }
    put_with(context)
}

proptest! {
    #[test]
    fn to_know_more_never_turns_an_answer(statements in proptest::collection::vec(a_statement(), 1..4), world in a_world(), told in any::<[bool; 3]>()) {
        let statements = json!(statements);
        let guess = evaluate(&[("", &document(statements.clone()))], &request(&world, told));
        let truth = evaluate(&[("", &document(statements))], &request(&world, [true; 3]));
        let untold = |on: &String| KEYS.iter().zip(told).any(|(key, told)| !told && key == on);
        match (guess.decision, truth.decision) {
            (Decision::Depends, Decision::Depends) => {}
            (Decision::Depends, _) => prop_assert!(guess.on.iter().any(untold), "{:?}", guess.on),
            // Where nothing allows, it may stay open which kind of denial it is.
            (Decision::ImplicitDeny, truth) => prop_assert!([Decision::ImplicitDeny, Decision::ExplicitDeny].contains(&truth)),
            (guess, truth) => prop_assert_eq!(guess, truth),
        }
    }

    #[test]
    fn a_denial_more_never_allows_more(statements in proptest::collection::vec(a_statement(), 1..4), denial in a_statement(), world in a_world(), told in any::<[bool; 3]>()) {
        let request = request(&world, told);
        let denied = json!([with(denial, "Effect", json!("Deny"))]);
        let documents = [document(json!(statements)), document(denied)];
        let before = evaluate(&[("", &documents[0])], &request).decision;
        let after = evaluate(&documents.each_ref().map(|document| ("", document)), &request).decision;
        match before {
            Decision::Allowed => prop_assert_ne!(after, Decision::ImplicitDeny),
            Decision::Depends => prop_assert!([Decision::Depends, Decision::ExplicitDeny].contains(&after)),
            Decision::ExplicitDeny => prop_assert_eq!(after, Decision::ExplicitDeny),
            Decision::ImplicitDeny => prop_assert!([Decision::ImplicitDeny, Decision::ExplicitDeny].contains(&after)),
        }
    }

    #[test]
    fn a_sure_denial_is_seen_by_whoever_asks_for_denials_alone(statements in proptest::collection::vec(a_statement(), 1..4), denial in a_statement(), world in a_world(), told in any::<[bool; 3]>()) {
        let request = request(&world, told);
        let documents = [document(json!(statements)), document(json!([with(denial, "Effect", json!("Deny"))]))];
        let denied = evaluate(&documents.each_ref().map(|document| ("", document)), &request).decision == Decision::ExplicitDeny;
        prop_assert_eq!(surely_denies(&documents, &request), denied);
    }

    #[test]
    fn what_is_covered_is_allowed(wide in a_statement(), narrow in a_statement(), world in a_world()) {
        let statement = |value: &Value| Statement::from_value(value.clone()).unwrap();
        if statement(&wide).covers(&statement(&narrow)) {
            let request = request(&world, [true; 3]);
            if decision(json!([narrow]), &request) == Decision::Allowed {
                prop_assert_eq!(decision(json!([wide]), &request), Decision::Allowed);
            }
        }
    }
}
