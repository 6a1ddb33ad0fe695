//! A role is declared and nothing uses it: it is not made.

use super::{Check, Found, Look};
use crate::core::address::AddressKind;
use crate::core::desired::State;
use crate::core::live::Seen;
use crate::core::problem::Severity;
use crate::kinds::role::Role;

pub(super) static CHECK: Check = Check {
    code: "role-unused",
    severity: Severity::Info,
    doc: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html",
    about: "A role is declared and nothing uses it: it is not made.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let roles =
        look.desired.resources.iter().filter(|(at, wanted)| at.kind == AddressKind::Role && matches!(wanted.state, State::Present(_)));
    let unused = roles.filter(|(at, _)| {
        let trust = look.desired.containers.get(&at.with_kind(AddressKind::RoleTrust));
        let there = matches!(look.scene.live.get::<Role>(at), Seen::Present(_) | Seen::Unreadable(_));
        !there && trust.is_none_or(|trust| trust.statements.is_empty())
    });
    let say = |(at, wanted): (&crate::core::address::Address, &crate::core::desired::Wanted)| Found {
        message: format!("role `{}` is declared and no action uses it: it is not made", at.name),
        because: wanted.because.clone(),
    };
    unused.map(say).collect()
}
