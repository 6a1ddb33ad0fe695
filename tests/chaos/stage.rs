//! An account on which a plan is applied and taken back again and again, with what belongs to others in it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::proxy::{Call, Hand, Proxy, Script};
use crate::support::account::root;
use crate::support::json::{canonical, sids, statements};
use crate::support::{Account, REGION, Run, emulator, wait};
use crate::tally::Tally;
use crate::wire::Asked;
use crate::witness::Law;

/// A plan of this folder on an account of its own.
pub struct Stage {
    pub account: Account,
    pub plan: String,
    name: String,
    containers: Vec<String>,
    /// What others have put where, by container and Sid (or place, where it has none).
    pub foreign: Arc<Mutex<BTreeMap<String, BTreeMap<String, Value>>>>,
    /// The account when the plan is applied, and when it is taken back.
    applied: Value,
    gone: Value,
    /// Looks at the account after every write that comes through.
    pub law: Arc<Law>,
    /// So many foreign writes were made.
    written: Arc<Mutex<usize>>,
}

/// The flags with which nothing is refused.
const ALL: [&str; 3] = ["--yes", "--allow-delete", "--allow-activate"];

/// One run of the tool through the proxy.
pub struct Ran {
    pub run: Run,
    pub calls: Vec<Call>,
    pub hit: bool,
}

impl Stage {
    /// Applies and takes back once without a fault: that is what every later end is held against.
    pub fn new(name: &str) -> Self {
        let read = |extension: &str| {
            let file = root().join(format!("tests/chaos/plans/{name}.{extension}"));
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        };
        let account = Account::with(&serde_json::from_str(&read("json")).expect("a description"));
        let plan = account.text(&read("yaml"));
        let planned = account.run(&["plan", "-"], &plan);
        planned.expect(0);
        let name = planned.json()["plan"].as_str().expect("a name").to_owned();
        let mut containers: Vec<String> = planned
            .raw_changes()
            .iter()
            .filter(|change| !change["statement"].is_null())
            .map(|change| change["address"].as_str().expect("an address").to_owned())
            .collect();
        containers.sort();
        containers.dedup();
        // Roles of ours come and go: `estate` shows them whole.
        containers.retain(|at| !at.starts_with("role-") || at == "role-trust/chaos-theirs");
        let law = Law::of(&account, &plan);
        let mut stage = Self {
            law,
            account,
            plan,
            name,
            containers,
            foreign: Arc::default(),
            applied: Value::Null,
            gone: Value::Null,
            written: Arc::default(),
        };
        for at in stage.containers.clone() {
            let theirs = foreign_of(&stage.account.document(&at));
            stage.foreign.lock().expect("a lock").insert(at, theirs);
        }
        stage.through("apply", Script::default()).run.expect(0);
        stage.account.nothing_to_do(&stage.plan);
        stage.applied = stage.estate();
        stage.through("destroy", Script::default()).run.expect(0);
        assert_eq!(stage.law.told().1, Vec::<String>::new(), "without any fault");
        stage.gone = stage.estate();
        assert_ne!(stage.applied, stage.gone, "the plan does something");
        stage
    }

    /// Through a proxy that does what the script says.
    pub fn through(&mut self, command: &str, script: Script) -> Ran {
        let script = Script { eye: Some(self.law.eye()), ..script };
        let proxy = Proxy::start(emulator::url(), script);
        let run = self.run_through(command, &proxy);
        Ran { run, calls: proxy.calls(), hit: proxy.was_hit() }
    }

    pub fn run_through(&mut self, command: &str, proxy: &Proxy) -> Run {
        self.account.environment = vec![("AWS_ENDPOINT_URL".to_owned(), proxy.url.clone())];
        let child = self.account.start(&[&[command, "-"][..], &ALL].concat(), &self.plan);
        proxy.kills(child.id());
        let run = self.account.finish(child);
        self.account.environment.clear();
        run
    }

    /// Somebody else in the same account.
    pub fn other_hand(&self) -> Account {
        // It has no folder of its own to clear away.
        let Account { id, other, arns, folder, .. } = &self.account;
        let (id, other, arns, folder) = (id.clone(), other.clone(), arns.clone(), folder.join("hand"));
        Account { id, other, arns, folder, environment: Vec::new() }
    }

    /// A hand that writes a statement of its own into a container: the one that the call is about, or one after the other.
    pub fn hand(&self) -> Hand {
        let (id, foreign, written) = (self.account.id.clone(), Arc::clone(&self.foreign), Arc::clone(&self.written));
        let containers: Vec<(String, String)> =
            self.containers.iter().filter(|at| is_shared(at)).map(|at| (at.clone(), self.in_requests(at))).collect();
        let other = self.other_hand();
        Arc::new(move |asked: &Asked| {
            let number = {
                let mut written = written.lock().expect("a lock");
                *written += 1;
                *written
            };
            let of_call = containers.iter().find(|(at, word)| about(asked, at) && asked.text.contains(word.as_str()));
            let (at, _) = of_call.or_else(|| containers.get(number % containers.len().max(1)))?;
            let sid = format!("Meanwhile{id}x{number}");
            let statement = add(&other, at, &sid);
            foreign.lock().expect("a lock").entry(at.clone()).or_default().insert(sid.clone(), canonical(&statement));
            Some((at.clone(), sid))
        })
    }

    /// How a container is called in requests about it.
    fn in_requests(&self, at: &str) -> String {
        let name = at.split_once('/').map_or(at, |(_, name)| name);
        let name = if at.starts_with("key-policy/alias/") { self.account.settled(at) } else { name.to_owned() };
        name.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// What others have written that is not there any more, or not as they wrote it.
    pub fn lost(&self, tally: &mut Tally) -> Vec<(String, String)> {
        let mut lost = Vec::new();
        for (at, theirs) in &*self.foreign.lock().expect("a lock") {
            let there = foreign_of(&self.account.document(at));
            for (sid, statement) in theirs {
                tally.checked += 1;
                if there.get(sid) != Some(statement) {
                    lost.push((at.clone(), sid.clone()));
                }
            }
        }
        lost
    }

    /// What was lost is no matter of the next round.
    pub fn forget(&self, at: &str, sid: &str) {
        self.foreign.lock().expect("a lock").entry(at.to_owned()).or_default().remove(sid);
    }

    /// How the account differs from what it is to be; a Sid of ours that stands twice is a difference, too.
    pub fn differs(&self, is_applied: bool) -> Option<String> {
        let (want, have) = (if is_applied { &self.applied } else { &self.gone }, self.estate());
        for at in &self.containers {
            let mut all = sids(&self.account.document(at));
            all.retain(|sid| sid != "-");
            let count = all.len();
            all.sort();
            all.dedup();
            if all.len() != count {
                return Some(format!("{at} holds a Sid twice"));
            }
        }
        (*want != have).then(|| difference(want, &have))
    }

    /// Without what was written meanwhile.
    fn estate(&self) -> Value {
        let mut estate = self.account.estate(&self.name, &self.containers);
        for document in estate["statements"].as_object_mut().into_iter().flatten().filter_map(|(_, document)| document.as_array_mut()) {
            document.retain(|statement| !statement["Sid"].as_str().is_some_and(|sid| sid.starts_with("Meanwhile")));
        }
        if let Some(document) = estate["roles"]["chaos-theirs"]["trust"].as_array_mut() {
            document.retain(|statement| !statement["Sid"].as_str().is_some_and(|sid| sid.starts_with("Meanwhile")));
        }
        estate
    }

    /// The written statements go, so that documents do not grow without end.
    pub fn tidy(&self) {
        let mut foreign = self.foreign.lock().expect("a lock");
        for (at, theirs) in &mut *foreign {
            for sid in theirs.keys().filter(|sid| sid.starts_with("Meanwhile")) {
                self.account.drop_statement(at, sid);
            }
            theirs.retain(|sid, _| !sid.starts_with("Meanwhile"));
        }
    }
}

/// Whether a request reads or writes the document of such a container.
pub fn about(asked: &Asked, at: &str) -> bool {
    let (service, operations): (&str, &[&str]) = match at.split('/').next().unwrap_or_default() {
        "bucket-policy" => ("s3", &["GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"]),
        "key-policy" => ("kms", &["GetKeyPolicy", "PutKeyPolicy"]),
        "topic-policy" => ("sns", &["GetTopicAttributes", "SetTopicAttributes"]),
        "function-policy" => ("lambda", &["GetPolicy", "AddPermission", "RemovePermission"]),
        "secret-policy" => ("secretsmanager", &["GetResourcePolicy", "PutResourcePolicy", "DeleteResourcePolicy"]),
        "role-trust" => ("iam", &["GetRole", "UpdateAssumeRolePolicy"]),
        _ => return false,
    };
    asked.service == service && operations.contains(&asked.operation.as_str())
}

impl Stage {
    /// Each put of a document of others, with the last read before it: container, when that was answered, when the put came.
    pub fn windows(&self, calls: &[Call]) -> Vec<(String, f64, f64)> {
        let mut windows = Vec::new();
        for at in self.containers.iter().filter(|at| is_shared(at)) {
            let word = self.in_requests(at);
            let of_it: Vec<&Call> = calls.iter().filter(|call| about(&call.asked, at) && call.asked.text.contains(&word)).collect();
            for put in of_it.iter().filter(|call| !call.asked.reads) {
                let reads = of_it.iter().filter(|call| call.asked.reads && call.answered <= put.came && call.status.is_some());
                if let Some(read) = reads.map(|call| call.answered).max_by(f64::total_cmp) {
                    windows.push((at.clone(), read, put.came));
                }
            }
        }
        windows
    }
}

/// Inline policies of ours are nobody else's.
fn is_shared(at: &str) -> bool {
    !["role-policy/", "user-policy/", "group-policy/"].iter().any(|kind| at.starts_with(kind))
}

fn foreign_of(document: &Value) -> BTreeMap<String, Value> {
    let all = statements(document).into_iter().enumerate();
    let named = all.map(|(place, statement)| {
        let sid = statement["Sid"].as_str().map_or_else(|| format!("number {place}"), str::to_owned);
        (sid, canonical(&statement))
    });
    named.filter(|(sid, _)| !sid.starts_with("Postroom")).collect()
}

/// Writes a statement as a person would, and gives it back as AWS gives it back.
pub fn add(account: &Account, at: &str, sid: &str) -> Value {
    if let Some(function) = at.strip_prefix("function-policy/") {
        let lambda = aws_sdk_lambda::Client::new(&account.sdk(REGION));
        let request = lambda.add_permission().function_name(function).statement_id(sid).action("lambda:InvokeFunction");
        wait(request.principal("events.amazonaws.com").send()).expect("added");
    } else {
        let root = format!("arn:aws:iam::{}:root", account.id);
        let (kind, name) = at.split_once('/').expect("kind/name");
        let (action, resource) = match kind {
            "bucket-policy" => ("s3:GetObject", json!(format!("arn:aws:s3:::{name}/*"))),
            "key-policy" => ("kms:DescribeKey", json!("*")),
            "topic-policy" => ("sns:Subscribe", json!(format!("arn:aws:sns:{REGION}:{}:{name}", account.id))),
            "secret-policy" => ("secretsmanager:DescribeSecret", json!("*")),
            _ => ("sts:AssumeRole", Value::Null),
        };
        let mut statement = json!({"Sid": sid, "Effect": "Allow", "Principal": {"AWS": root}, "Action": action});
        if !resource.is_null() {
            statement["Resource"] = resource;
        }
        account.add_statement(at, &statement);
    }
    let there = foreign_of(&account.document(at));
    there.get(sid).cloned().unwrap_or(Value::Null)
}

/// The first lines that differ.
fn difference(want: &Value, have: &Value) -> String {
    let (want, have) = (format!("{want:#}"), format!("{have:#}"));
    let lines = similar::TextDiff::from_lines(&want, &have);
    let changed = lines.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal);
    changed.take(40).map(|change| format!("{}{change}", change.tag())).collect()
}
