//! The evaluator: what it answers does not hang on spelling or order, a Deny wins, and knowing more never turns what was certain.

use arbitrary::{Result, Unstructured};
use postroom::policy::{Caller, Context, Decision, Document, Request, evaluate, evaluate_with_delegation};

use super::spelling::{KEYS, Said, VALUES, VERSIONS, document};

pub fn check(data: &[u8]) {
    // Too few bytes are no request.
    let _ = laws(&mut Unstructured::new(data));
}

fn laws(u: &mut Unstructured<'_>) -> Result<()> {
    let mut said: Vec<Said> = Vec::new();
    for _ in 0..u.int_in_range(0..=4)? {
        said.push(u.arbitrary()?);
    }
    let version = *u.choose(&VERSIONS)?;
    let parse = |text: &str| Document::parse(text).expect("a policy");
    let texts = (document(u, &said, version)?, document(u, &said, version)?);
    let (one, again) = (parse(&texts.0), parse(&texts.1));
    let asked = request(u)?;
    let of = |document: &Document, asked: &Request| evaluate(&[("one", document)], asked);
    let verdict = of(&one, &asked);
    let told = || format!("{asked:?}\n{one}\n{verdict:?}");

    let other = of(&again, &asked);
    assert_eq!((other.decision, &other.on), (verdict.decision, &verdict.on), "another spelling, another answer: {}\n{again}", told());
    assert_eq!(verdict.decision == Decision::Depends, !verdict.on.is_empty(), "it depends on something: {}", told());
    assert_eq!(verdict.deciding.is_none(), verdict.decision == Decision::ImplicitDeny, "a statement decides: {}", told());
    if verdict.decision == Decision::Allowed {
        assert_eq!(evaluate_with_delegation(&[("one", &one)], &asked).decision, Decision::Allowed, "{}", told());
    }

    let more = |effect: &str| parse(&format!(r#"{{"Statement":{{"Effect":"{effect}","Principal":"*","Action":"*","Resource":"*"}}}}"#));
    let with = |effect: &str| evaluate(&[("one", &one), ("more", &more(effect))], &asked).decision;
    assert_eq!(with("Deny"), Decision::ExplicitDeny, "a Deny wins: {}", told());
    let allowed = with("Allow");
    assert_ne!(allowed, Decision::ImplicitDeny, "something allows it: {}", told());
    assert_eq!(allowed == Decision::ExplicitDeny, verdict.decision == Decision::ExplicitDeny, "an Allow makes no Deny: {}", told());

    // Whatever is learned of what was not known.
    for key in KEYS.into_iter().filter(|key| is_free(key, &asked)) {
        let value = *u.choose(&VALUES)?;
        let context = asked.context.clone();
        let context = if u.ratio(1, 4)? { context.without(key) } else { context.with(key, [value]) };
        let knowing = of(&one, &Request { context, ..asked.clone() }).decision;
        let holds = match verdict.decision {
            Decision::Depends => true,
            Decision::ImplicitDeny => matches!(knowing, Decision::ImplicitDeny | Decision::ExplicitDeny),
            certain @ (Decision::Allowed | Decision::ExplicitDeny) => knowing == certain,
        };
        assert!(holds, "{key} = {value:?} makes it {knowing:?}: {}", told());
    }
    Ok(())
}

/// Whether nothing is said of a key, neither by the request nor by who asks.
fn is_free(key: &str, asked: &Request) -> bool {
    let unsaid = asked.context.clone().with_unknown(key) == asked.context.clone().with_unknown(key).with_unknown(key);
    let named = format!("{:?}", asked.context).contains(&format!("\"{}\"", key.to_ascii_lowercase()));
    let implied = !matches!(asked.caller, Caller::Service(_)) && matches!(key, "aws:SourceAccount" | "aws:SourceArn");
    unsaid && !named && !implied
}

/// A request of which some things are known.
pub fn request(u: &mut Unstructured<'_>) -> Result<Request> {
    let arn = |text: &str| Caller::Identity(text.parse().expect("an ARN"));
    let caller = match u.int_in_range(0..=5)? {
        0..=2 => Caller::Service("ses.amazonaws.com".to_owned()),
        3 => arn("arn:aws:iam::111122223333:role/r"),
        4 => arn("arn:aws:sts::111122223333:assumed-role/r/s"),
        _ => Caller::AccountRoot("111122223333".parse().expect("an account")),
    };
    let mut context = Context::open();
    for _ in 0..u.int_in_range(0..=4)? {
        let (key, value) = (*u.choose(&KEYS)?, *u.choose(&VALUES)?);
        context = match u.int_in_range(0..=4)? {
            0 => context.without(key),
            1 => context.with_one_of(key, &[Some(value), None]),
            2 => context.with(key, [value, "x"]),
            _ => context.with(key, [value]),
        };
    }
    let actions = ["s3:PutObject", "kms:Decrypt", "sns:Publish", "sts:AssumeRole", "S3:PUTOBJECT"];
    let resources = ["arn:aws:s3:::b/in/1", "arn:aws:s3:::b", "arn:aws:sns:eu-west-1:111122223333:t", "arn:aws:s3:::b/111122223333/x", "b"];
    Ok(Request { caller, action: u.choose(&actions)?.to_string(), resource: u.choose(&resources)?.to_string(), context })
}
