//! The sweep: apply and destroy, each with one fault at one call, each followed by a clean one; then everything is as if nothing had happened.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::proxy::{Call, Fault, Proxy, Script};
use crate::stage::Stage;
use crate::support::{REGION, emulator, wait};
use crate::tally::Tally;
use crate::wire::Refusal;

const FAULTS: [Fault; 15] = [
    Fault::KillAfter,
    Fault::Foreign,
    Fault::Once(Refusal::Internal),
    Fault::Stale,
    Fault::FromNowOn(Refusal::Denied),
    Fault::CutAfter,
    Fault::Foreign,
    Fault::Once(Refusal::TooFast),
    Fault::KillBefore,
    Fault::Stale,
    Fault::CutBefore,
    Fault::Once(Refusal::Unavailable),
    Fault::Delay,
    Fault::Garbled,
    Fault::Once(Refusal::RequestLimit),
];

/// One fault at the same place of an apply and of a destroy.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    pub at: usize,
    pub fault: Fault,
}

/// `POSTROOM_CHAOS`: `whole`, `I/N` for a part of that, `FAULT@CALL` for one place, `FAULT@` for one fault everywhere, else a sample in which every `step`-th call has one fault, another at each.
pub fn jobs(calls: usize, step: usize) -> Vec<Job> {
    let mut distinct = FAULTS.to_vec();
    distinct.sort();
    distinct.dedup();
    let all = || (0..calls).flat_map(|at| distinct.iter().map(move |fault| Job { at, fault: *fault }));
    let said = std::env::var("POSTROOM_CHAOS").unwrap_or_default();
    if said == "whole" {
        return all().collect();
    }
    if let Some((part, of)) = said.split_once('/') {
        let (part, of): (usize, usize) = (part.parse().expect("I/N"), of.parse().expect("I/N"));
        return all().enumerate().filter(|(number, _)| number % of == part % of).map(|(_, job)| job).collect();
    }
    if let Some((fault, at)) = said.split_once('@') {
        let is_it = |job: &Job| format!("{:?}", job.fault) == fault && (at.is_empty() || at == job.at.to_string());
        return all().filter(is_it).collect();
    }
    // The prime keeps step and faults from falling into one rhythm.
    (0..calls).step_by(step).enumerate().map(|(number, at)| Job { at, fault: FAULTS[(number * 5 + at / 53) % FAULTS.len()] }).collect()
}

fn workers() -> usize {
    std::env::var("POSTROOM_CHAOS_WORKERS").ok().and_then(|text| text.parse().ok()).unwrap_or(3)
}

fn sweep(name: &str, step: usize) {
    let began = Instant::now();
    let (mut first, mut tally) = (Stage::new(name), Tally::default());
    let clean = first.through("apply", Script::default());
    let back = first.through("destroy", Script::default());
    for ran in [&clean, &back] {
        ran.run.expect(0);
        tally.runs += 1;
        tally.windows.extend(first.windows(&ran.calls).iter().map(|(_, read, put)| put - read));
    }
    let jobs = jobs(clean.calls.len().max(back.calls.len()), step);
    println!("{name}: {} calls of apply, {} of destroy, {} places to fail", clean.calls.len(), back.calls.len(), jobs.len());
    let firsts = Mutex::new(vec![first]);
    let stage_of = || firsts.lock().expect("a lock").pop().unwrap_or_else(|| Stage::new(name));
    tally.add(at_once(&jobs, stage_of, |stage, job, tally| {
        for command in ["apply", "destroy"] {
            round(stage, command, job, tally);
        }
        if tally.wrong.is_empty() {
            stage.tidy();
        } else {
            *stage = Stage::new(name);
        }
    }));
    tally.took = began.elapsed();
    println!("{name}: {tally}");
    assert!(tally.wrong.is_empty(), "{}", tally.wrong.join("\n"));
}

/// Several jobs side by side, each worker with a place of its own; the figures of all of them.
pub fn at_once<P>(jobs: &[Job], place: impl Fn() -> P + Sync, job: impl Fn(&mut P, Job, &mut Tally) + Sync) -> Tally {
    let (began, next, whole) = (Instant::now(), AtomicUsize::new(0), Mutex::new(Tally::default()));
    std::thread::scope(|scope| {
        for _ in 0..workers().min(jobs.len()) {
            scope.spawn(|| {
                let mut place = place();
                while let Some(one) = jobs.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let mut tally = Tally::default();
                    job(&mut place, *one, &mut tally);
                    if !tally.wrong.is_empty() {
                        eprintln!("{}", tally.wrong.join("\n"));
                    }
                    whole.lock().expect("a lock").add(tally);
                }
            });
        }
    });
    let mut whole = whole.into_inner().expect("a lock");
    whole.took = began.elapsed();
    whole
}

/// The fault, then a clean run, then a look at everything.
fn round(stage: &mut Stage, command: &str, Job { at, fault }: Job, tally: &mut Tally) {
    let script = Script { at: Some((at, fault)), hand: Some(stage.hand()), ..Script::default() };
    let ran = stage.through(command, script);
    tally.runs += 1;
    tally.calls += ran.calls.len();
    if ran.hit {
        *tally.faults.entry(fault).or_default() += 1;
    }
    let mut wrong = Vec::new();
    let where_ = ran.calls.get(at).map_or_else(String::new, |call| format!(" {}:{}", call.asked.service, call.asked.operation));
    let is_killed = matches!(fault, Fault::KillBefore | Fault::KillAfter) && ran.hit;
    if ran.run.stderr.contains("panicked") || (ran.run.code < 0 && !is_killed) {
        wrong.push(format!("the faulty run ends badly: {}", ran.run));
    }
    let windows = stage.windows(&ran.calls);
    let met = ran.calls.iter().find_map(|call| call.foreign.clone());
    let inside =
        met.as_ref().is_some_and(|met| windows.iter().any(|(at, read, put)| *at == met.at && *read < met.ended && met.began < *put));
    let has_revision = met.as_ref().is_some_and(|met| met.at.starts_with("function-policy/"));
    match (&met, inside) {
        (Some(_), false) => tally.outside += 1,
        (Some(_), true) if has_revision => tally.inside_with_revision += 1,
        (Some(_), true) => tally.inside += 1,
        (None, _) => tally.windows.extend(windows.iter().map(|(_, read, put)| put - read)),
    }
    // Before the clean run: what the faulty one took is not put back by it.
    for (at, sid) in stage.lost(tally) {
        stage.forget(&at, &sid);
        if inside && !has_revision && met.as_ref().is_some_and(|met| met.sid == sid) {
            tally.lost_inside += 1;
        } else {
            tally.lost += 1;
            wrong.push(format!("{sid} of {at} is lost:\n{}", told(&ran.calls, &at)));
        }
    }
    let clean = stage.through(command, Script::default());
    tally.runs += 1;
    tally.calls += clean.calls.len();
    let statuses = clean.run.statuses();
    if clean.run.code != 0 || statuses.iter().any(|status| status != "done") {
        wrong.push(format!("the clean run does not finish the job: {}", clean.run));
    }
    for (at, sid) in stage.lost(tally) {
        tally.lost += 1;
        wrong.push(format!("{sid} of {at} is lost by the clean run"));
    }
    let is_applied = command == "apply";
    if is_applied {
        let again = stage.account.run(&["plan", "-", "--detailed-exitcode", "--prune"], &stage.plan);
        tally.runs += 1;
        if again.code != 0 {
            wrong.push(format!("the same plan has something to do: {again}"));
        }
    }
    wrong.extend(stage.differs(is_applied).map(|difference| format!("the account is not what it is without the fault:\n{difference}")));
    let (moments, breaches) = stage.law.told();
    tally.moments += moments;
    wrong.extend(breaches);
    tally.wrong.extend(wrong.into_iter().map(|what| format!("{command}, {fault:?} at call {at}{where_}: {what}")));
}

/// The calls about one container.
fn told(calls: &[Call], at: &str) -> String {
    let of_it = calls.iter().enumerate().filter(|(_, call)| crate::stage::about(&call.asked, at) || call.foreign.is_some());
    let line = |(number, call): (usize, &Call)| {
        format!("  {number} {} {:.0}–{:.0} ms {:?} {:?}\n", call.asked.operation, call.came, call.answered, call.status, call.foreign)
    };
    of_it.map(line).collect()
}

#[test]
fn the_law_of_live_grants_can_be_broken() {
    let mut stage = Stage::new("small");
    stage.through("apply", Script::default()).run.expect(0);
    assert_eq!(stage.law.told().1, Vec::<String>::new());
    let proxy = Proxy::start(emulator::url(), Script { eye: Some(stage.law.eye()), ..Script::default() });
    let config = stage.account.sdk(REGION).to_builder().endpoint_url(&proxy.url).build();
    let bucket = stage.account.bucket("mail");
    wait(aws_sdk_s3::Client::new(&config).delete_bucket_policy().bucket(bucket).send()).expect("deleted");
    let breaches = stage.law.told().1;
    assert!(breaches.len() == 1 && breaches[0].contains("small/store lives and may not"), "{breaches:?}");
}

#[test]
fn a_small_plan_with_a_fault_at_every_call() {
    sweep("small", 1);
}

#[test]
fn a_plan_with_every_container_and_every_kind() {
    sweep("large", 16);
}
