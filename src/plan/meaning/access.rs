//! `accounts:`

use super::super::language::{Access, Accounts, Placed, Via};
use super::super::words::{self, Reader};
use super::once;

pub(super) fn accounts(written: Vec<(Placed<String>, words::Access)>, reader: &mut Reader<'_>) -> Accounts {
    let owned = written.iter().flat_map(|(_, access)| access.owns.iter().flatten());
    once::among("the bucket", owned, reader);
    let mut accounts = Accounts::default();
    for (id, entry) in written {
        let account = id.value.parse().ok();
        if let Some(role) = entry.role_arn.as_ref().filter(|role| account.is_some() && role.value.account_id() != account) {
            let message = format!("the role is in account {}", role.value.account());
            let place = reader.place(&id.spot);
            reader
                .tell("contradiction", message, &role.spot, "another account")
                .also
                .push((place, "the entry is for this account".to_owned()));
        }
        if account.is_none()
            && let Some(spot) = entry.given.spot("owns")
        {
            let problem = reader.tell("contradiction", "`default` cannot own a bucket", spot, "whose bucket would that be?");
            problem.help = Some("name the account that owns it".to_owned());
        }
        let access = access(&id, entry, reader);
        match account {
            Some(account) => drop(accounts.by_id.insert(account, access)),
            None => accounts.default = Some(access),
        }
    }
    accounts
}

fn access(id: &Placed<String>, written: words::Access, reader: &mut Reader<'_>) -> Access {
    let words::Access { given, role, role_arn, profile, external_id, owns, manage } = written;
    let has_role = given.spot("role").or(given.spot("role_arn")).is_some();
    if let Some(spot) = given.spot("external_id").filter(|_| !has_role) {
        let problem = reader.tell("contradiction", "`external_id` without a role", spot, "expected `role` or `role_arn` beside it");
        problem.help = given.spot("profile").map(|_| "a profile carries its own external id".to_owned());
    }
    let via = match (role, role_arn, profile) {
        (Some(role), ..) => Via::Role(role.value),
        (_, Some(arn), _) => Via::RoleArn(arn.value),
        (_, _, Some(profile)) => Via::Profile(profile.value),
        (None, None, None) => Via::Caller,
    };
    Access { via, external_id: external_id.map(|id| id.value), owns: owns.unwrap_or_default(), manage, spot: id.spot.clone() }
}
