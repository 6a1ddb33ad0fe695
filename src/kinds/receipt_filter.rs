//! IP address filters: who may knock at all. They have no update: a changed one is taken away and made again.
//!
//! <https://docs.aws.amazon.com/ses/latest/APIReference/API_ReceiptFilter.html>

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Kind;
use crate::core::address::{Address, AddressKind};
use crate::core::change::{Action, Flag, Phase};
use crate::core::desired::{Desired, State, Wanted};
use crate::core::draft::{Draft, Sketch};
use crate::core::live::{Live, Seen};
use crate::core::scene::Scene;
use crate::plan::language::FilterBody;

/// `ReceiptIpFilter`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IpFilter {
    /// `Block` or `Allow`.
    pub policy: String,
    /// One address or a range.
    pub cidr: String,
}

impl IpFilter {
    /// An address alone is the range of itself.
    fn means_the_same(&self, other: &Self) -> bool {
        fn whole(cidr: &str) -> String {
            let cidr = cidr.to_ascii_lowercase();
            let bits = if cidr.contains(':') { "/128" } else { "/32" };
            if cidr.contains('/') { cidr } else { cidr + bits }
        }
        self.policy == other.policy && whole(&self.cidr) == whole(&other.cidr)
    }
}

/// The row of the table.
#[derive(Debug)]
pub struct ReceiptFilters;

impl Kind for ReceiptFilters {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::ReceiptFilter, AddressKind::ReceiptFilters]
    }

    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        for (name, filter) in &scene.plan.receipt.filters {
            let names = std::iter::once(&name.value).chain(filter.was.iter().map(|was| &was.value));
            wanted.extend(names.map(|name| scene.home().at(AddressKind::ReceiptFilter, name.as_str())));
        }
    }

    fn desire(&self, scene: &Scene<'_>, desired: &mut Desired) {
        for (name, filter) in &scene.plan.receipt.filters {
            let spec = |policy: &str, cidr: &str| State::Present(json!({"Policy": policy, "Cidr": cidr}));
            let state = match &filter.body {
                FilterBody::Block(cidr) => spec("Block", &cidr.value),
                FilterBody::Allow(cidr) => spec("Allow", &cidr.value),
                FilterBody::Existing => State::Pinned,
                FilterBody::Absent => State::Absent,
            };
            let was = filter.was.iter().map(|was| was.value.to_string()).collect();
            let because = vec![scene.plan.cause(&name.spot)];
            desired.want(scene.home().at(AddressKind::ReceiptFilter, name.value.as_str()), Wanted { state, because, was, adopt: false });
        }
    }

    fn diff(&self, desired: &Desired, live: &Live, draft: &mut Draft) {
        for (at, wanted) in desired.resources.iter().filter(|(at, _)| at.kind == AddressKind::ReceiptFilter) {
            diff_one(at, wanted, live, draft);
        }
    }
}

fn diff_one(at: &Address, wanted: &Wanted, live: &Live, draft: &mut Draft) {
    let have = live.get::<IpFilter>(at);
    let sketch = |action, phase, after, before| Sketch::new(at.clone(), action, phase, after, before).because(&wanted.because);
    match (&wanted.state, have) {
        (_, Seen::Unreadable(why)) => draft.cannot_read(at, &why),
        (_, Seen::Unread) => draft.cannot_read(at, "not read"),
        (State::Absent, Seen::Absent) => draft.unchanged += 1,
        (State::Absent, Seen::Present(have)) => {
            draft.push(sketch(Action::Delete, Phase::Remove, Value::Null, json!(have)).needing(Flag::AllowDelete));
        }
        (State::Pinned, Seen::Present(_)) => draft.unchanged += 1,
        (State::Pinned, Seen::Absent) => draft.missing(at, wanted, "`existing: true`, but there is no such filter"),
        (State::Present(want), Seen::Absent) => {
            let made = draft.push(sketch(Action::Create, Phase::Resources, want.clone(), Value::Null));
            delete_former(at, wanted, live, draft, made);
        }
        (State::Present(want), Seen::Present(have)) => {
            let same = serde_json::from_value::<IpFilter>(want.clone()).is_ok_and(|want| want.means_the_same(&have));
            if same {
                draft.unchanged += 1;
            } else {
                let note = "SES cannot change a filter: it is deleted and made again, and between the two calls it does not filter";
                draft.push(sketch(Action::Replace, Phase::Resources, want.clone(), json!(have)).note(note));
            }
            let here = draft.sketches().len();
            delete_former(at, wanted, live, draft, here);
        }
    }
}

/// New before old: the filter's former names go once it is there.
fn delete_former(at: &Address, wanted: &Wanted, live: &Live, draft: &mut Draft, made: usize) {
    for former in &wanted.was {
        let old = Address { name: former.clone(), ..at.clone() };
        if let Seen::Present(have) = live.get::<IpFilter>(&old) {
            let mut sketch = Sketch::new(old, Action::Delete, Phase::Remove, Value::Null, json!(have)).because(&wanted.because);
            sketch.needs.extend((made < draft.sketches().len()).then_some(made));
            draft.push(sketch.needing(Flag::AllowDelete).note(format!("renamed to `{}`", at.name)));
        }
    }
}

#[cfg(feature = "aws")]
mod wire {
    use super::{IpFilter, ReceiptFilters};
    use crate::aws::{Answer, Ask, AwsError, Remote, Session, Soon};
    use crate::core::address::AddressKind;
    use crate::core::change::{Action, Change};
    use crate::core::world::Done;
    use crate::kinds::inventory::Names;

    impl Remote for ReceiptFilters {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
            Box::pin(async move {
                let filters = ask.aws.memo.filters(&ask.aws.ses(ask.at).await?, ask.at).await?;
                if ask.at.kind == AddressKind::ReceiptFilters {
                    return Ok(Answer::of(Some(filters.into_keys().collect::<Names>())));
                }
                let found = filters.get(&ask.at.name).cloned();
                Ok(Answer::of(found.map(|(policy, cidr)| IpFilter { policy, cidr })))
            })
        }

        fn is_paced(&self) -> bool {
            true
        }

        fn perform<'a>(&'a self, aws: &'a Session, change: &'a Change) -> Soon<'a, Result<Done, AwsError>> {
            Box::pin(async move { write(aws, change).await.map(|()| Done::Written) })
        }
    }

    async fn write(aws: &Session, change: &Change) -> Result<(), AwsError> {
        let ses = aws.ses(&change.address).await?;
        let name = &change.address.name;
        if matches!(change.action, Action::Delete | Action::Replace) {
            ses.delete_filter(name).await?;
        }
        if matches!(change.action, Action::Create | Action::Replace) {
            let text = |member: &str| change.after.get(member).and_then(|value| value.as_str()).unwrap_or_default();
            ses.create_filter(name, text("Policy"), text("Cidr")).await?;
        }
        Ok(())
    }
}
