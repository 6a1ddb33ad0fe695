//! The parts of the engine one by one, on the documents that `account` makes: for whoever changes one of them. `cargo bench` in this folder.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use postroom::core::compile::compile;
use postroom::core::diff::diff;
use postroom::core::scene::Scene;
use postroom::policy::{Caller, Context, Document, Edits, Request, equivalent, evaluate};
use postroom_benches::account::{ACCOUNT, Before, Shape, Subject};

/// The documents of an account of a thousand statements: ten in each, or a third in each.
fn documents(shape: Shape) -> Vec<String> {
    Subject::new(shape, Before::Applied, 1_000).documents()
}

fn parsed(texts: &[String]) -> Vec<Document> {
    texts.iter().map(|text| Document::parse(text).expect("a policy")).collect()
}

const SHAPES: [(&str, Shape); 2] = [("spread", Shape::Spread), ("huge", Shape::Huge)];

fn policy(c: &mut Criterion) {
    for (name, shape) in SHAPES {
        let texts = documents(shape);
        let read = parsed(&texts);
        let mut group = c.benchmark_group(format!("a thousand statements, {name}"));
        group.throughput(Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum()));
        group.bench_function("parse", |b| b.iter(|| parsed(black_box(&texts))));
        let turned: Vec<String> = texts.iter().map(|text| backwards(text)).collect();
        group.bench_function("equivalence", |b| {
            b.iter(|| texts.iter().zip(&turned).all(|(one, other)| equivalent(one, black_box(other)).expect("two policies")))
        });

        // The first statement of each document goes, and the last is put under another name.
        let edits: Vec<Edits> = read.iter().map(edits).collect();
        group
            .bench_function("splice", |b| b.iter(|| read.iter().zip(&edits).map(|(have, edits)| have.splice(edits).size()).sum::<usize>()));

        let request = request();
        group.bench_function("evaluate", |b| {
            b.iter(|| read.iter().map(|document| evaluate(&[("", document)], black_box(&request)).decision).collect::<Vec<_>>())
        });
        group.finish();
    }
}

/// The same policy, its statements from the last to the first.
fn backwards(text: &str) -> String {
    let mut policy: serde_json::Value = serde_json::from_str(text).expect("a policy");
    policy["Statement"].as_array_mut().expect("statements").reverse();
    policy.to_string()
}

fn edits(document: &Document) -> Edits {
    let drop = document.statements().next().and_then(|first| first.sid()).map(str::to_owned);
    let put = document.statements().next_back().map(|last| {
        let mut value = last.value();
        value["Sid"] = "Another".into();
        postroom::policy::Statement::from_value(value).expect("a statement")
    });
    Edits { put: put.into_iter().collect(), drop: drop.into_iter().collect() }
}

fn request() -> Request {
    let rule = format!("arn:aws:ses:eu-west-1:{ACCOUNT}:receipt-rule-set/s000:receipt-rule/r00000");
    Request {
        caller: Caller::Service("ses.amazonaws.com".to_owned()),
        action: "s3:PutObject".to_owned(),
        resource: "arn:aws:s3:::mail-00000/in/00000/message".to_owned(),
        context: Context::open().with("aws:SourceAccount", [ACCOUNT]).with("aws:SourceArn", [rule]),
    }
}

fn whole(c: &mut Criterion) {
    let mut group = c.benchmark_group("a thousand statements, compile and diff");
    for (name, before) in [("applied", Before::Applied), ("new", Before::Nothing)] {
        let subject = Subject::new(Shape::Spread, before, 1_000);
        let engine = |fresh: Subject| {
            let changes = diff(&compile(&Scene::new(&fresh.plan, &fresh.live)), &fresh.live);
            (changes, fresh)
        };
        group.bench_function(name, |b| b.iter_batched(|| subject.fresh(), engine, BatchSize::LargeInput));
    }
    group.finish();
}

criterion_group!(benches, policy, whole);
criterion_main!(benches);
