//! `postroom trace`: which filter, rules, conditions and actions a message would meet.

use std::io::Read;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use super::exit::{Exit, Stop};
use super::fleet::{Each, Fleet, Told, tell};
use super::input;
use super::options::{AwsArgs, PlanArgs};
use super::printer::Printer;
use super::reading::{self, LARGEST_MESSAGE};
use crate::core::check::{Checked, check};
use crate::core::scene::Scene;
use crate::plan::language::Plan;
use crate::report;
use crate::route::message::Message;
use crate::route::routing::Routing;
use crate::route::{Door, Trace, checked, doors, eml, expect, trace};

/// Its arguments. What is said of the message here counts before what its file says; what nobody says is unknown, and goes both ways.
#[derive(Debug, clap::Args)]
#[command(mut_arg("live", |arg| arg.num_args(0..=1).default_missing_value(ACCOUNT).value_name("FILE")
    .help("Goes through what is live, each action with the answer of `check`: the account, or a snapshot of it")))]
pub(super) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    aws: AwsArgs,
    /// The message, as it would be sent (RFC 5322); `-` is standard input
    #[arg(value_name = "MESSAGE.eml")]
    message: Option<PathBuf>,
    /// A recipient of the envelope; there may be several [default: those in the file]
    #[arg(long, value_name = "ADDRESS", env = "POSTROOM_TO")]
    to: Vec<String>,
    /// The sender of the envelope, and of the header without a file
    #[arg(long, value_name = "ADDRESS", env = "POSTROOM_FROM")]
    from: Option<String>,
    /// Where it comes from
    #[arg(long, value_name = "ADDRESS", env = "POSTROOM_IP")]
    ip: Option<IpAddr>,
    /// What the client calls itself
    #[arg(long, value_name = "NAME", env = "POSTROOM_HELO")]
    helo: Option<String>,
    /// Whether it comes over TLS
    #[arg(long, value_parser = ["yes", "no", "1.2", "1.3"], env = "POSTROOM_TLS")]
    tls: Option<String>,
    /// What SPF says
    #[arg(long, value_parser = ["pass", "fail", "gray", "processing_failed"], env = "POSTROOM_SPF")]
    spf: Option<String>,
    /// What DKIM says
    #[arg(long, value_parser = ["pass", "fail", "gray", "processing_failed"], env = "POSTROOM_DKIM")]
    dkim: Option<String>,
    /// What the sender's domain asks for
    #[arg(long, value_parser = ["none", "quarantine", "reject"], env = "POSTROOM_DMARC")]
    dmarc: Option<String>,
    /// What an add-on answers, as `abusix.isSpam=true`
    #[arg(long = "addon", value_name = "ADDON.FIELD=VALUE", env = "POSTROOM_ADDON")]
    addons: Vec<String>,
    /// A header, as `Subject: hello`; of the file's the one of this name
    #[arg(long = "header", value_name = "NAME: VALUE", env = "POSTROOM_HEADER")]
    headers: Vec<String>,
    /// An attribute of the client's certificate, as `cn=gw.acme.example`
    #[arg(long = "certificate", value_name = "ATTRIBUTE=VALUE", env = "POSTROOM_CERTIFICATE")]
    certificate: Vec<String>,
    /// Its size in bytes [default: that of the file]
    #[arg(long, value_name = "BYTES", env = "POSTROOM_SIZE")]
    size: Option<u64>,
    /// Only by this ingress endpoint
    #[arg(long, value_name = "NAME", env = "POSTROOM_ENDPOINT")]
    endpoint: Option<String>,
}

/// `--live` alone: the account itself.
const ACCOUNT: &str = "aws:";

pub(super) async fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let message = message(args, printer)?;
    let (plan, fleet) = if args.aws.live.is_some() { live(args, &message, printer).await? } else { offline(args, &message)? };
    tell(&plan, fleet, printer)
}

/// The way as the plan alone has it.
fn offline(args: &Args, message: &Message) -> Result<(String, Fleet<Told>), Stop> {
    let mut plan = args.plan.clone();
    // What is asked of no target in particular is asked of all.
    plan.targets.all_targets |= plan.targets.target.is_empty();
    let asked = input::asked(&plan)?;
    let fleet = input::settle_all(&asked, &plan)?;
    let told = |each: Each<_>| each.and(|(plan, home)| told(args, &plan, &Routing::of_plan(&plan, &home), message, &[]));
    Ok((asked.plan(), fleet.into_iter().map(told).collect()))
}

/// The way as the account has it now.
async fn live(args: &Args, message: &Message, printer: &Printer) -> Result<(String, Fleet<Told>), Stop> {
    let mut aws = args.aws.clone();
    aws.live = aws.live.filter(|file| file.as_os_str() != ACCOUNT);
    let (asked, fleet) = input::look(&args.plan, &aws, Duration::ZERO, printer).await?;
    let told = |seen: input::Seen| {
        let checked = check(&mut Scene::new(&seen.plan, &seen.live));
        told(args, &seen.plan, &Routing::of_live(&seen.live), message, &checked)
    };
    Ok((asked.plan(), fleet.into_iter().map(|each| each.and(told)).collect()))
}

fn told(args: &Args, plan: &Plan, routing: &Routing, message: &Message, checks: &[Checked]) -> Result<Told, Stop> {
    let mut message = message.clone();
    for text in &args.addons {
        let (name, answer) = pair(text, '=', "--addon")?;
        message.addons.insert(expect::addon(plan, name), answer.to_owned());
    }
    let mine = |door: &Door| args.endpoint.as_ref().is_none_or(|name| *door == Door::Endpoint(name.clone()));
    let doors: Vec<Door> = doors(routing).into_iter().filter(mine).collect();
    if let (Some(name), true) = (&args.endpoint, doors.is_empty()) {
        return Err(Stop::usage(format!("--endpoint {name}: there is no such ingress endpoint here")));
    }
    let traces: Vec<Trace> = doors.iter().flat_map(|door| trace(routing, door, &message)).collect();
    let asked = |door: &Door, act: &crate::route::act::Act| checked::answers(plan, routing, door, act, checks);
    let unread: Vec<String> = routing.unread.iter().cloned().collect();
    let home = routing.home.as_ref();
    let json = json!({
        "format_version": report::json::FORMAT,
        "plan": plan.name,
        "targets": [{
            "target": null, "account": home.map(|home| &home.account), "region": home.map(|home| &home.region),
            "routes": report::route::json(&traces, &asked), "not_read": unread,
        }],
    });
    Ok(Told::new(Exit::Done, report::route::text(&traces, &unread, &asked), json))
}

fn message(args: &Args, printer: &Printer) -> Result<Message, Stop> {
    let mut message = Message {
        to: args.to.clone(),
        ip: args.ip,
        helo: args.helo.clone(),
        tls: args.tls.as_deref().and_then(Message::versions),
        spf: args.spf.clone(),
        dkim: args.dkim.clone(),
        dmarc: args.dmarc.clone(),
        size: args.size,
        ..Message::default()
    };
    if let Some(file) = &args.message {
        let (headers, size) = read(file)?;
        if headers.known.is_empty() {
            printer.say_of(&format!("nothing in `{}` reads as a header: they are not known", file.display()));
        }
        eml::fill(&mut message, headers, size);
        if args.to.is_empty() && !message.to.is_empty() {
            printer.say_of(&format!("the envelope is taken to be for {}; --to says otherwise", message.to.join(", ")));
        }
    }
    for text in &args.headers {
        let (name, value) = pair(text, ':', "--header")?;
        message.headers.known.insert(name.to_ascii_lowercase(), vec![value.to_owned()]);
    }
    for text in &args.certificate {
        let (name, value) = pair(text, '=', "--certificate")?;
        message.certificate.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    if let Some(from) = &args.from {
        message.sent_by(from);
    }
    Ok(message)
}

fn pair<'a>(text: &'a str, at: char, flag: &str) -> Result<(&'a str, &'a str), Stop> {
    let parts = text.split_once(at).map(|(name, value)| (name.trim(), value.trim()));
    parts.filter(|(name, _)| !name.is_empty()).ok_or_else(|| Stop::usage(format!("{flag}: expected NAME{at}VALUE, found `{text}`")))
}

/// The headers of a file, and its size. However large it is, no more than its headers is held.
fn read(file: &Path) -> Result<(crate::route::message::Headers, u64), Stop> {
    let cannot = |error: std::io::Error| reading::cannot(file, &error);
    let (mut source, length) = reading::open(file)?;
    let mut top = Vec::new();
    source.by_ref().take(eml::MOST as u64).read_to_end(&mut top).map_err(cannot)?;
    let size = match length {
        Some(length) => length,
        None => {
            let rest = std::io::copy(&mut source.take(LARGEST_MESSAGE), &mut std::io::sink()).map_err(cannot)?;
            top.len() as u64 + rest
        }
    };
    if size > LARGEST_MESSAGE {
        return Err(Stop::usage(format!("`{}` is larger than {} MB: that is no message", file.display(), LARGEST_MESSAGE >> 20)));
    }
    Ok((eml::read(&top, size > top.len() as u64), size))
}
