//! Every policy block that AWS documents for receiving mail (`src/policy/documented.json`) has a place: the smallest plan that asks for it
//! (`tests/blocks/<id>/plan.yaml`, with the facts in `assume.json` that it hangs on) renders to it, or it is only recognised.
//! `docs/policies.md` is the table of them, written from what is found here.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use postroom::core::address::{Address, Home};
use postroom::core::compile::compile;
use postroom::core::live::{Live, Observed};
use postroom::core::problem::Source;
use postroom::core::scene::Scene;
use postroom::plan::{Given, load, parse};
use postroom::policy::Statement;
use postroom::report::problems;
use serde::Deserialize;
use serde_json::{Value, json};

/// `block.json`
#[derive(Deserialize)]
struct Block {
    title: String,
    attached: String,
    /// Where the plan puts it.
    at: Option<String>,
    /// What stands in the page, and what stands for it here.
    #[serde(default)]
    placeholders: BTreeMap<String, String>,
    /// What differs from the page on purpose.
    #[serde(default)]
    repairs: Vec<String>,
    /// Why it is never emitted.
    recognised: Option<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/blocks")
}

fn documented() -> serde_json::Map<String, Value> {
    serde_json::from_str(include_str!("../src/policy/documented.json")).unwrap()
}

fn block(id: &str) -> Block {
    let text = std::fs::read_to_string(folder().join(id).join("block.json")).unwrap_or_else(|error| panic!("{id}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{id}: {error}"))
}

/// The statements of ours that the block's plan puts at its place, as `render` shows them.
fn rendered(id: &str, at: &str) -> Vec<Statement> {
    let text = std::fs::read_to_string(folder().join(id).join("plan.yaml")).unwrap();
    let source = Arc::new(Source { name: format!("{id}/plan.yaml"), text });
    let draft = parse(Arc::clone(&source)).unwrap();
    let home = Home { account: draft.account().unwrap(), region: draft.region().unwrap() };
    let given = Given { account: Some(home.account.clone()), region: Some(home.region.clone()), ..Given::default() };
    let plan = load(source, &given).unwrap_or_else(|found| panic!("{}", problems::text(&found, false)));
    let mut live = Live::new(home.clone());
    if let Ok(facts) = std::fs::read_to_string(folder().join(id).join("assume.json")) {
        let facts: BTreeMap<String, Value> = serde_json::from_str(&facts).unwrap();
        let present = facts.into_iter().map(|(at, fact)| (Address::read_at(&at, &home).unwrap(), Observed::Present(fact)));
        live.seen.extend(present);
    }
    let desired = compile(&Scene::new(&plan, &live));
    let container = desired.containers.get(&Address::read_at(at, &home).unwrap()).unwrap_or_else(|| panic!("{id}: nothing at {at}"));
    container.statements.values().map(|wanted| wanted.until.clone().unwrap_or_else(|| wanted.statement.clone())).collect()
}

/// The statements of a block, which is a document, a statement, or a call of Lambda's `AddPermission`.
fn statements(documented: &Value, rendered: &[Statement]) -> Vec<Statement> {
    let list = match documented.get("Statement") {
        Some(Value::Array(list)) => list.clone(),
        Some(one) => vec![one.clone()],
        None if documented.get("StatementId").is_some() => vec![permission(documented, rendered)],
        None => vec![documented.clone()],
    };
    list.into_iter().map(|statement| Statement::from_value(statement).unwrap()).collect()
}

/// What Lambda makes of a call (facts §4.1). The call does not name the function, which is in its path.
fn permission(call: &Value, rendered: &[Statement]) -> Value {
    let mut condition = json!({"StringEquals": {"AWS:SourceAccount": call["SourceAccount"]}});
    if let Some(arn) = call.get("SourceArn") {
        condition["ArnLike"] = json!({"AWS:SourceArn": arn});
    }
    let function = rendered.first().map(|statement| statement.value()["Resource"].clone());
    json!({
        "Sid": call["StatementId"], "Effect": "Allow", "Principal": {"Service": call["Principal"]},
        "Action": call["Action"], "Resource": function, "Condition": condition
    })
}

#[test]
fn each_block_is_what_the_smallest_plan_for_it_renders_to() {
    let mut wrong = String::new();
    for (id, documented) in documented() {
        let block = block(&id);
        let Some(at) = block.at else {
            assert!(block.recognised.is_some(), "{id} has no place");
            continue;
        };
        let mut text = documented.to_string();
        for (placeholder, value) in &block.placeholders {
            assert!(text.contains(placeholder.as_str()), "{id}: the block does not hold {placeholder}");
            text = text.replace(placeholder.as_str(), value);
        }
        let rendered = rendered(&id, &at);
        let wanted = statements(&serde_json::from_str(&text).unwrap(), &rendered);
        for want in wanted.iter().filter(|want| !rendered.iter().any(|have| have.means_the_same(want))) {
            let have: Vec<_> = rendered.iter().map(Statement::text).collect();
            writeln!(wrong, "{id}: not there: {}\n  there is: {}", want.text(), have.join("\n            ")).unwrap();
        }
        let more = rendered.iter().filter(|have| !wanted.iter().any(|want| want.means_the_same(have)));
        let told = block.repairs.iter().any(|repair| repair.contains("beside") || repair.contains("come the statements"));
        for have in more.filter(|_| !told) {
            writeln!(wrong, "{id}: beside the block there is {}", have.text()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_published_table_says_how_each_block_comes_about() {
    let mut table = String::from(
        "# The policy blocks that AWS documents, and what postroom makes of them\n\n\
         Each block has an id: the page (P000 receiving permissions of 2019, P001 of today, P002 Mail Manager, P003 identity policies) and its place\n\
         there. *Emitted* means that the plan beside it renders to the block, statement for statement, as AWS compares policies; a test holds every\n\
         row to that. *Recognised* means that `postroom audit` names it and no plan asks for it. This file is written by `BLESS=1 cargo test --test\n\
         blocks`.\n\n\
         | block | what for | where | | by | differs on purpose |\n|---|---|---|---|---|---|\n",
    );
    for (id, _) in documented() {
        let block = block(&id);
        let (state, by, differs) = match block.recognised {
            Some(why) => ("recognised", "–".to_owned(), why),
            None => ("emitted", format!("[plan](../tests/blocks/{id}/plan.yaml)"), block.repairs.join("; ")),
        };
        writeln!(table, "| {id} | {} | {} | {state} | {by} | {differs} |", block.title, block.attached).unwrap();
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/policies.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    assert!(std::fs::read_to_string(&file).unwrap_or_default() == table, "docs/policies.md is not what the blocks say: BLESS=1 writes it");
}

#[test]
fn every_folder_is_of_a_block_and_every_block_has_one() {
    let documented = documented();
    let folders = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut folders: Vec<_> = folders.collect();
    folders.sort();
    let mut ids: Vec<_> = documented.keys().cloned().collect();
    ids.sort();
    assert_eq!(folders, ids);
}
