//! An archive of the plan's name is being deleted: AWS shows it for 30 days, it cannot be changed, and its name may be taken until it is gone.

use super::{Check, Found, Look, once};
use crate::core::address::AddressKind;
use crate::core::problem::Severity;
use crate::kinds::mail_manager::{Names, names_address};

pub(super) static CHECK: Check = Check {
    code: "archive-pending-deletion",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_DeleteArchive.html",
    about: "An archive of the plan's name is being deleted, which takes 30 days; it cannot be used, and its name may be taken until it is gone.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let scene = look.scene;
    let names: Names = scene.live.get(&names_address(scene.home(), AddressKind::Archive)).present().unwrap_or_default();
    let leaving = |name: &str| names.items.iter().any(|item| item.name == name && item.is_leaving()) && names.living(name).next().is_none();
    let ours = scene.plan.mail_manager.archives.iter().filter(|entry| entry.spec().is_some() && leaving(&entry.name.value));
    once(ours.map(|entry| {
        let message = format!(
            "archive `{}` is PENDING_DELETION and counts as absent; AWS may refuse to make another of its name for 30 days: give the new one another name if it does",
            entry.name.value
        );
        (message, scene.plan.cause(&entry.name.spot))
    }))
}
