//! Function policies: written one statement at a time, each under its id, with a revision token. There is no put of the whole document.
//!
//! <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>

use super::Container;
use crate::core::address::AddressKind;

/// The row of the table.
#[derive(Debug)]
pub struct FunctionPolicy;

impl Container for FunctionPolicy {
    fn kind(&self) -> AddressKind {
        AddressKind::FunctionPolicy
    }
    /// 20 KB: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
    fn limit(&self) -> usize {
        20 * 1024
    }
}

#[cfg(feature = "aws")]
mod wire {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::FunctionPolicy;
    use crate::aws::{Ask, AwsError, Soon, Store, Written};
    use crate::core::live::PolicyText;
    use crate::policy::{Document, Edits, Statement};

    impl Store for FunctionPolicy {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Option<PolicyText>, AwsError>> {
            Box::pin(async move { ask.aws.lambda(ask.at).await?.policy(ask.at).await })
        }

        /// Each addition and removal says which revision it is meant for: a foreign write in between is refused by Lambda, and the whole is
        /// read again.
        fn edit<'a>(&'a self, ask: Ask<'a>, edits: &'a Edits) -> Soon<'a, Result<Written, AwsError>> {
            Box::pin(async move {
                let lambda = ask.aws.lambda(ask.at).await?;
                let mut written = Written::Unchanged;
                // By Sid, whether it is there now: as this run left it.
                let mut ours: BTreeMap<String, bool> = BTreeMap::new();
                let mut wait = Duration::from_millis(20);
                for _ in 0..crate::aws::RACES {
                    let have = lambda.policy(ask.at).await?;
                    let document = have.as_ref().map(|have| Document::parse(&have.text)).transpose().map_err(AwsError::malformed)?;
                    let revision = have.as_ref().and_then(|have| have.revision.clone());
                    // What this run did a moment ago the answer may not know yet (facts §4.2).
                    let there = |sid: &str| match ours.get(sid) {
                        Some(is_there) => edits.put.iter().find(|put| *is_there && put.sid() == Some(sid)),
                        None => document.as_ref().and_then(|document| document.statement(sid)),
                    };
                    let missing = edits.put.iter().find(|put| put.sid().is_some_and(|sid| there(sid).is_none()));
                    // Lambda cannot change a statement: one of ours that somebody bent is taken away first.
                    let bent = edits.put.iter().filter_map(|put| put.sid()).find(|sid| {
                        let want = edits.put.iter().find(|put| put.sid() == Some(sid));
                        there(sid).is_some_and(|have| want.is_some_and(|want| !want.means_the_same(have)))
                    });
                    let leaving = edits.drop.iter().map(String::as_str).find(|sid| there(sid).is_some());
                    let (missing, leaving) = (missing, bent.or(leaving));
                    if missing.is_some() || leaving.is_some() {
                        ask.aws.keep(ask.at, have.as_ref())?;
                    }
                    let done = match (missing, leaving) {
                        (Some(put), _) => lambda.add_permission(ask.at, put, revision.as_deref()).await,
                        (None, Some(sid)) => lambda.remove_permission(ask.at, sid, revision.as_deref()).await,
                        (None, None) => return Ok(written),
                    };
                    match done {
                        Ok(()) => {
                            written = Written::Changed;
                            let sid = missing.map_or(leaving, Statement::sid).unwrap_or_default();
                            ours.insert(sid.to_owned(), missing.is_some());
                        }
                        Err(error) if error.is_race() => {
                            ask.aws.waited(wait).await;
                            wait = (wait * 2).min(Duration::from_millis(500));
                        }
                        Err(error) => return Err(error),
                    }
                }
                Err(AwsError::refused("others keep writing to this function policy"))
            })
        }
    }
}
