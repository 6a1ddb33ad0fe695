//! Looks at the account after every write, with postroom's own reader and evaluator: no live rule may be without what it had been allowed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use postroom::aws::{Access, Clients, Common, Session, Settings};
use postroom::core::address::{Address, AddressKind, Home};
use postroom::core::live::Live;
use postroom::core::memory::Witness;
use postroom::core::observe::observe;
use postroom::core::owner::Owner;
use postroom::core::problem::Source;
use postroom::core::world::World;
use postroom::plan::language::{Plan, Via};
use postroom::plan::{Given, parse};
use tokio::sync::Mutex;

use crate::proxy::Eye;
use crate::support::{Account, REGION, wait};
use crate::wire::Asked;

/// One plan's eyes on one account, from before the first run on.
pub struct Law {
    session: Session,
    seen: Mutex<Seen>,
}

struct Seen {
    live: Live,
    witness: Witness,
    moments: usize,
}

impl Law {
    pub fn of(account: &Account, text: &str) -> Arc<Self> {
        let home = Home { account: account.id.parse().expect("an account"), region: REGION.parse().expect("a region") };
        let plan = settled(text, &home);
        let owner = Owner::new(&plan.name, &home, &[]);
        wait(async {
            let settings = Settings {
                trusted: postroom::aws::Trusted::default(),
                profile: None,
                region: Some(home.region.clone()),
                endpoint_url: None,
                timeout: Duration::from_secs(60),
                wait: None,
                ses_rate: 0.0,
                parallel: 8,
                patience: Duration::ZERO,
                listen: None,
            };
            let access = Access { region: Some(home.region.clone()), account: None, via: Via::Caller, external_id: None };
            let common = Common::on(settings, account.sdk(REGION));
            let clients = Arc::new(Clients::reach(&common, &access).await);
            let session = Session::new(clients, home.clone(), None, owner.inline_policy(), Arc::new(plan.accounts.clone()));
            let live = observe(&session, &plan, Live::new(home)).await;
            let witness = Witness::new(&plan, &live);
            Arc::new(Self { session, seen: Mutex::new(Seen { live, witness, moments: 0 }) })
        })
    }

    /// For a proxy to look through.
    pub fn eye(self: &Arc<Self>) -> Eye {
        let law = Arc::clone(self);
        Arc::new(move |asked| {
            let law = Arc::clone(&law);
            Box::pin(async move { law.look(&asked).await })
        })
    }

    async fn look(&self, asked: &Asked) {
        let mut seen = self.seen.lock().await;
        let touched: BTreeSet<Address> = seen.live.seen.keys().filter(|at| touches(asked, at)).cloned().collect();
        let now = self.session.fresh().read(&touched).await;
        let Seen { live, witness, moments } = &mut *seen;
        live.seen.extend(now);
        witness.look(live, &format!("{}:{}", asked.service, asked.operation));
        *moments += 1;
    }

    /// After how many writes it was looked, and what was wrong; then both are forgotten.
    pub fn told(&self) -> (usize, Vec<String>) {
        wait(async {
            let mut seen = self.seen.lock().await;
            (std::mem::take(&mut seen.moments), seen.witness.breaches())
        })
    }
}

/// Whether a write may have changed what an address names: more than enough rather than too little.
fn touches(asked: &Asked, at: &Address) -> bool {
    use AddressKind as Of;
    let kinds: &[AddressKind] = match asked.service.as_str() {
        "s3" => &[Of::BucketPolicy, Of::Bucket, Of::BucketEncryption],
        "kms" => &[Of::KeyPolicy, Of::Key],
        "sns" => &[Of::TopicPolicy, Of::Topic],
        "lambda" => &[Of::FunctionPolicy, Of::Function],
        "secretsmanager" => &[Of::SecretPolicy, Of::Secret],
        "iam" => &[Of::Role, Of::RoleTrust, Of::RolePolicy, Of::RolePolicies, Of::AttachedPolicies],
        "ses" => &[Of::ReceiptRuleSet, Of::ReceiptRuleSets, Of::ActiveReceiptRuleSet],
        // What is changed or taken away goes by its id there, and what is made by a name that an older one may have had.
        _ => {
            return matches!(
                at.kind,
                Of::MailManagerNames
                    | Of::TrafficPolicy
                    | Of::MailRuleSet
                    | Of::IngressEndpoint
                    | Of::Relay
                    | Of::Archive
                    | Of::AddressList
            );
        }
    };
    let name = at.name.split(['/', ':']).next().unwrap_or_default();
    kinds.contains(&at.kind) && (asked.service == "ses" || asked.text.contains(name))
}

fn settled(text: &str, home: &Home) -> Plan {
    let source = Source { name: "plan.yaml".to_owned(), text: text.to_owned() };
    let given = Given { account: Some(home.account.clone()), region: Some(home.region.clone()), ..Given::default() };
    parse(Arc::new(source)).and_then(|draft| draft.settle(&given)).unwrap_or_else(|_| panic!("the plan reads:\n{text}"))
}
