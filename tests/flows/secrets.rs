//! Canaries: every secret that a run can know of has a word of its own, and that word is looked for in everything that all commands print,
//! log and write.

use std::path::Path;

use serde_json::json;

use crate::support::{Account, Run};

const PLAN: &str = "
postroom: 1
name: hush
region: eu-west-1
lock: s3://locksSUFFIX/
create:
  secrets:
    hush/env: { kms_key: alias/mail, value_from_env: HUSH_VALUE }
    hush/file: { kms_key: alias/mail, value_from_file: hidden/value.json }
receipt:
  rule_sets:
    main:
      rules:
        - { name: store, actions: [ { s3: { bucket: mailSUFFIX, prefix: in/, message_kms_key: alias/mail } } ] }
mail_manager:
  address_lists: { partners: { members: [canary-of-a-member@partner.example] } }
  relays: { office: { server: smtp.acme.example, port: 587, auth: { secret: hush/env } } }
  traffic_policies: { door: { default: deny, statements: [ { allow: [ { recipient: { ends_with: [\"@acme.example\"] } } ] } ] } }
  rule_sets: { desk: { rules: [ { name: rest, actions: [ { relay: { relay: office, mail_from: preserve } } ] } ] } }
  ingress_endpoints:
    branch: { type: auth, auth: { password_from_env: HUSH_PASSWORD }, traffic_policy: door, rule_set: desk, tls: require }
    device: { type: mtls, trust_store: { ca_file: certs/ca.pem, crl_file: certs/crl.pem, kms_key: alias/mail }, traffic_policy: door, rule_set: desk, tls: require }
";

/// What only AWS may hear. The members of lists and certificates are no secrets; reports leave them out all the same.
const CANARIES: [&str; 6] =
    ["canary-of-the-key", "canary-of-the-token", "canary-of-the-env", "canary-of-the-file", "canary-of-the-password", "canary-of-a-member"];

struct Hush {
    account: Account,
    /// What was printed, by the run that printed it.
    said: Vec<(String, String)>,
}

impl Hush {
    fn listen(&mut self, arguments: &[&str]) -> Run {
        let run = self.account.finish(self.account.start(arguments, ""));
        self.said.push((arguments.join(" "), format!("{}{}", run.stdout, run.stderr)));
        run
    }

    fn run(&mut self, code: i32, arguments: &[&str]) {
        self.listen(arguments).expect(code);
    }

    fn looks(&mut self) {
        for arguments in LOOKS {
            let run = self.listen(arguments);
            assert!(!run.stderr.contains("Usage:") && !run.stderr.contains("panicked"), "{arguments:?}: {run}");
        }
    }

    fn silent(&self, may_hold_members: &[&str]) {
        for (run, said) in &self.said {
            // What an import writes is a plan, and a snapshot is for planning without AWS: both hold what is in a list.
            let may = ["import", "snapshot"].iter().any(|command| run.starts_with(command));
            for canary in CANARIES.into_iter().filter(|canary| !may || *canary != "canary-of-a-member") {
                assert!(!said.contains(canary), "`postroom {run}` says {canary}: {said}");
            }
        }
        let mut files = Vec::new();
        walk(&self.account.folder, &mut files);
        let ours = files.iter().filter(|file| !["plan.yaml", "value.json", "prepare.json"].iter().any(|theirs| file.ends_with(theirs)));
        let mut looked = 0;
        for file in ours {
            let text = String::from_utf8_lossy(&std::fs::read(file).expect("a file")).into_owned();
            let may = may_hold_members.iter().any(|name| file.ends_with(name));
            for canary in CANARIES.into_iter().filter(|canary| !may || *canary != "canary-of-a-member") {
                assert!(!text.contains(canary), "{} holds {canary}", file.display());
            }
            looked += 1;
        }
        assert!(looked >= 3, "the saved plan and the journal are there: {files:?}");
    }
}

fn walk(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}

fn hush() -> Hush {
    let described = json!({"keys": [{"alias": "alias/mail"}], "buckets": [{"name": "mail${suffix}"}, {"name": "locks${suffix}"}]});
    let mut account = Account::with(&described).with_certificates();
    std::fs::create_dir(account.folder.join("hidden")).expect("a folder");
    std::fs::write(account.folder.join("hidden/value.json"), r#"{"username":"u","password":"canary-of-the-file"}"#).expect("a value");
    std::fs::write(account.folder.join("plan.yaml"), account.text(PLAN)).expect("a plan");
    let secrets = [
        ("AWS_SECRET_ACCESS_KEY", "canary-of-the-key"),
        ("AWS_SESSION_TOKEN", "canary-of-the-token"),
        ("HUSH_VALUE", r#"{"username":"u","password":"canary-of-the-env"}"#),
        ("HUSH_PASSWORD", "canary-of-the-password"),
        // As loud as it gets.
        ("POSTROOM_VERBOSE", "true"),
        ("POSTROOM_LOG_FORMAT", "json"),
        ("POSTROOM_STATS", "true"),
    ];
    account.environment = secrets.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    Hush { account, said: Vec::new() }
}

/// Every command, in every form that it has.
const LOOKS: [&[&str]; 18] = [
    &["plan", "plan.yaml", "--format", "text"],
    &["plan", "plan.yaml", "--format", "markdown"],
    &["validate", "plan.yaml", "--format", "sarif"],
    &["validate", "plan.yaml", "--format", "github"],
    &["render", "plan.yaml"],
    &["drift", "plan.yaml"],
    &["drift", "plan.yaml", "--format", "text"],
    &["drift", "plan.yaml", "--format", "junit"],
    &["check", "plan.yaml"],
    &["check", "plan.yaml", "--format", "junit"],
    &["audit", "plan.yaml"],
    &["audit", "plan.yaml", "--format", "sarif"],
    &["permissions", "plan.yaml"],
    &["explain", "plan.yaml", "ingress-endpoint/branch"],
    &["trace", "plan.yaml", "--to", "a@acme.example"],
    &["snapshot", "plan.yaml"],
    &["import"],
    &["plan", "plan.yaml", "--prune"],
];

#[test]
fn no_secret_is_in_any_output_log_journal_or_saved_plan() {
    let mut hush = hush();
    hush.looks();
    hush.run(0, &["plan", "plan.yaml", "-o", "saved.json"]);

    // AWS repeats what it does not like.
    for (service, operation, secret) in [
        ("secretsmanager", "CreateSecret", r#"{"username":"u","password":"canary-of-the-env"}"#),
        ("mailmanager", "CreateIngressPoint", "canary-of-the-password"),
    ] {
        let words = format!("1 validation error detected: Value '{secret}' failed to satisfy constraint");
        hush.account.fault(json!({"service": service, "operation": operation, "code": "ValidationException", "message": words, "status": 400, "remaining": null}));
        let run = hush.listen(&["apply", "plan.yaml", "--yes"]);
        run.expect(5);
        assert!(run.stdout.contains("failed to satisfy constraint"), "{run}");
        hush.account.clear_faults();
    }

    hush.run(0, &["apply", "plan.yaml", "--yes", "--journal", "journal"]);
    hush.run(0, &["apply", "plan.yaml", "--yes", "--rotate", "ingress-endpoint/branch", "--journal", "journal"]);
    hush.looks();
    hush.run(0, &["destroy", "plan.yaml", "--yes", "--allow-delete", "--journal", "journal"]);
    hush.silent(&["saved.json"]);

    // Refused credentials are told without them.
    hush.account.fault(
        json!({"service": "sts", "operation": "GetCallerIdentity", "code": "InvalidClientTokenId", "status": 403, "remaining": null}),
    );
    hush.listen(&["plan", "plan.yaml", "-v"]);
    hush.silent(&["saved.json"]);
}
