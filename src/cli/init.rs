//! `postroom init`: a short first plan, and the schema that an editor completes and checks it with.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::exit::{Exit, Stop};
use super::input::{environment_region, folder};
use super::printer::Printer;
use super::validate::has_errors;
use crate::checks::RECEIVING;
use crate::core::address::Home;
use crate::core::compile::compile;
use crate::core::ids::{AccountId, PlanName, Region};
use crate::core::live::Live;
use crate::core::problem::Source;
use crate::core::scene::Scene;
use crate::plan::{self, Given};
use crate::report;

/// Beside the plan: there an editor finds it without a network, and it is that of the postroom which wrote the plan.
const SCHEMA: &str = "postroom.schema.json";

/// Its arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "The plan stores all mail for the domain in the bucket, which `apply` makes where it is missing.
Next: `postroom validate`, `postroom plan`, `postroom apply`.")]
pub(super) struct Args {
    /// Where the plan is written; `-` is standard output, and then nothing but the plan is written
    #[arg(value_name = "PLAN", default_value = "postroom.yaml", env = "POSTROOM_PLAN")]
    plan: PathBuf,
    /// The domain whose mail is received
    #[arg(long, value_name = "DOMAIN", default_value = "example.com", env = "POSTROOM_DOMAIN", value_parser = domain)]
    domain: String,
    /// The plan's name, which owns what it makes; else it is made of the domain: acme.example gives acme-inbound
    #[arg(long, value_name = "NAME", env = "POSTROOM_NAME")]
    name: Option<PlanName>,
    /// The bucket that mail is stored in; else NAME-mail. Names of buckets are taken once in all of AWS
    #[arg(long, value_name = "BUCKET", env = "POSTROOM_BUCKET")]
    bucket: Option<String>,
    /// The SES region; else AWS_REGION, else eu-west-1
    #[arg(long, env = "POSTROOM_REGION")]
    region: Option<Region>,
    /// The account the plan is for, as a guard: any other is refused
    #[arg(long, env = "POSTROOM_ACCOUNT")]
    account: Option<AccountId>,
    /// Overwrites what is there
    #[arg(long, env = "POSTROOM_FORCE")]
    force: bool,
}

pub(super) fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let text = text(args)?;
    examine(args, &text)?;
    if args.plan.as_os_str() == "-" {
        printer.result(&text);
        return Ok(Exit::Done);
    }
    let schema = folder(&args.plan).join(SCHEMA);
    let schema_text = serde_json::to_string_pretty(&plan::schema()).map_err(|error| Stop::usage(error.to_string()))? + "\n";
    free(&args.plan, &text, args.force)?;
    free(&schema, &schema_text, args.force)?;
    write(&schema, &schema_text)?;
    write(&args.plan, &text)?;
    let plan = args.plan.display();
    printer.say(&format!("wrote {plan}, and {SCHEMA} beside it for your editor"));
    let named = if args.plan == Path::new("postroom.yaml") { String::new() } else { format!(" {plan}") };
    printer.say(&format!("next: `postroom validate{named}`, then `postroom plan{named}` with credentials of the account"));
    Ok(Exit::Done)
}

fn text(args: &Args) -> Result<String, Stop> {
    let name = match &args.name {
        Some(name) => name.clone(),
        None => name_of(&args.domain)?,
    };
    let bucket = args.bucket.clone().unwrap_or_else(|| format!("{name}-mail"));
    if !bucket.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || ".-".contains(letter)) || bucket.is_empty() {
        return Err(Stop::usage(format!("--bucket: `{bucket}` is no name of a bucket: small letters, digits, `.` and `-`")));
    }
    let region = region(args)?;
    if !RECEIVING.contains(&region.as_str()) {
        let help = format!("say another with --region: {}", RECEIVING.join(", "));
        return Err(Stop::Because(Exit::Error, format!("SES is not known to receive mail in {region}"), Some(help)));
    }
    let account =
        args.account.as_ref().map(|account| format!("account: \"{account}\" # any other account is refused before anything is read\n"));
    // `explain`, `render` and `permissions` ask nobody: they want to be told.
    let account = account.unwrap_or_else(|| "# account: \"111122223333\" # yours: a guard, and what `explain` works by\n".to_owned());
    let domain = &args.domain;
    Ok(format!(
        "# yaml-language-server: $schema={SCHEMA}
# Where mail goes. `postroom plan` says what that takes, `postroom apply` does it.
postroom: 1
name: {name} # whose everything is that this plan makes: keep it
{account}region: {region}

receipt:
  rules: # one rule set, named after the plan and active; from top to bottom
    - name: store
      recipients: [{domain}] # every address of the domain
      actions:
        - s3: {{ bucket: {bucket}, prefix: in/ }}

create: # made when missing, never changed after
  buckets:
    {bucket}: {{}}
"
    ))
}

/// What is written is a plan without a problem, whatever was asked for.
fn examine(args: &Args, text: &str) -> Result<(), Stop> {
    let source = Arc::new(Source { name: args.plan.display().to_string(), text: text.to_owned() });
    let home =
        Home { account: args.account.clone().map_or_else(|| "000000000000".parse(), Ok).map_err(unexpected)?, region: region(args)? };
    let given = Given { account: Some(home.account.clone()), region: Some(home.region.clone()), ..Given::default() };
    let plan = plan::load(source, &given).map_err(Stop::Plan)?;
    let findings = compile(&Scene::new(&plan, &Live::new(home))).findings;
    if has_errors(&findings, false) {
        return Err(Stop::usage(format!(
            "that would be a plan with errors, and nothing was written\n{}",
            report::text::findings(&findings).trim_end()
        )));
    }
    Ok(())
}

fn region(args: &Args) -> Result<Region, Stop> {
    args.region.clone().or_else(environment_region).map_or_else(|| "eu-west-1".parse().map_err(unexpected), Ok)
}

fn unexpected(error: impl std::fmt::Display) -> Stop {
    Stop::usage(error.to_string())
}

/// acme.example → acme-inbound
fn name_of(domain: &str) -> Result<PlanName, Stop> {
    let domain = domain.rsplit('@').next().unwrap_or(domain).trim_start_matches('.');
    let label = domain.split('.').next().unwrap_or_default().to_ascii_lowercase().replace('_', "-");
    let label = label.trim_matches('-').trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '-');
    let short: String = label.chars().take(23).collect();
    let name = if short.is_empty() { "inbound".to_owned() } else { format!("{}-inbound", short.trim_end_matches('-')) };
    let help = "say one with --name".to_owned();
    name.parse().map_err(|_| Stop::Because(Exit::Error, format!("`{name}`, made of the domain, is no name of a plan"), Some(help)))
}

/// What a rule may receive for: <https://docs.aws.amazon.com/ses/latest/dg/receiving-email-receipt-rules-console-walkthrough.html>
fn domain(text: &str) -> Result<String, String> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || ".-_@+".contains(letter);
    let dotted = text.rsplit('@').next().is_some_and(|domain| domain.trim_matches('.').contains('.'));
    if dotted && text.chars().all(fits) { Ok(text.to_owned()) } else { Err("expected a domain, such as acme.example".to_owned()) }
}

/// What is there already is somebody's work.
fn free(file: &Path, text: &str, force: bool) -> Result<(), Stop> {
    match std::fs::read(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Ok(known) if force || known == text.as_bytes() => Ok(()),
        Ok(_) => {
            let help = "name another file, or overwrite it with --force".to_owned();
            Err(Stop::Because(Exit::Error, format!("`{}` is there already; nothing was written", file.display()), Some(help)))
        }
        Err(error) => Err(Stop::usage(format!("cannot read `{}`: {error}", file.display()))),
    }
}

fn write(file: &Path, text: &str) -> Result<(), Stop> {
    std::fs::write(file, text).map_err(|error| Stop::usage(format!("cannot write `{}`: {error}", file.display())))
}
