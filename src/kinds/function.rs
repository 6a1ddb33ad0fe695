//! Lambda functions that rules invoke. Only read.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::core::address::{Address, AddressKind};
use crate::core::ids::Arn;
use crate::core::scene::Scene;

/// `GetFunctionConfiguration`.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// Its ARN, with the qualifier that was asked for.
    pub arn: String,
    /// `Active`, `Pending`, `Failed`, …
    pub state: Option<String>,
}

/// The row of the table.
#[derive(Debug)]
pub struct Functions;

impl Kind for Functions {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::Function]
    }
}

/// What to read of a function.
pub(crate) fn reads(scene: &Scene<'_>, function: &Arn, wanted: &mut BTreeSet<Address>) {
    let at = scene.function_address(function);
    wanted.insert(at.with_kind(AddressKind::FunctionPolicy));
    wanted.insert(at);
}

#[cfg(feature = "aws")]
mod wire {
    use super::{Function, Functions};
    use crate::aws::{Answer, Ask, AwsError, Remote, Soon};

    impl Remote for Functions {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
            Box::pin(async move {
                let found = ask.aws.lambda(ask.at).await?.configuration(ask.at).await?;
                Ok(Answer::of(found.map(|(arn, state)| Function { arn, state })))
            })
        }
    }
}
