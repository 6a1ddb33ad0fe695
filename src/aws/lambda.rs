//! Lambda: functions and the statements of their policies.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::types::FunctionVersion;

use super::error::{AwsError, call, found};
use crate::core::address::Address;
use crate::core::live::PolicyText;
use crate::kinds::inventory::{Functions, Names};
use crate::policy::Statement;

/// Lambda in one account and region.
#[derive(Debug)]
pub struct Lambda {
    client: Client,
}

/// The version that is no version: what stands there now. Its policy is the function's own.
const LATEST: &str = "$LATEST";

/// The largest page that `ListAliases` gives: <https://docs.aws.amazon.com/lambda/latest/api/API_ListAliases.html>. `ListFunctions` gives
/// fifty, whatever is asked for.
const LARGEST_PAGE: i32 = 10_000;

/// `NAME[:QUALIFIER]`.
fn parts(at: &Address) -> (String, Option<String>) {
    match at.name.split_once(':') {
        Some((name, qualifier)) => (name.to_owned(), Some(qualifier.to_owned())),
        None => (at.name.clone(), None),
    }
}

impl Lambda {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// ARN and state of a function or of its qualifier.
    pub async fn configuration(&self, at: &Address) -> Result<Option<(String, Option<String>)>, AwsError> {
        let (name, qualifier) = parts(at);
        let request = self.client.get_function_configuration().function_name(name).set_qualifier(qualifier);
        let answer = found(call!("lambda", "GetFunctionConfiguration", request))?;
        Ok(answer.map(|answer| (answer.function_arn.unwrap_or_default(), answer.state.map(|state| state.as_str().to_owned()))))
    }

    /// All functions, with their published versions.
    pub async fn functions(&self) -> Result<Functions, AwsError> {
        let mut functions = Functions::new();
        let mut marker = None;
        loop {
            let request = self.client.list_functions().function_version(FunctionVersion::All).set_marker(marker);
            let page = call!("lambda", "ListFunctions", request)?;
            for function in page.functions() {
                let Some(name) = function.function_name() else { continue };
                let versions = functions.entry(name.to_owned()).or_default();
                versions.extend(function.version().filter(|version| *version != LATEST).map(str::to_owned));
            }
            marker = page.next_marker;
            if marker.is_none() {
                return Ok(functions);
            }
        }
    }

    /// The aliases of a function.
    pub async fn aliases(&self, function: &str) -> Result<Option<Names>, AwsError> {
        let mut names = Names::new();
        let mut marker = None;
        loop {
            let request = self.client.list_aliases().function_name(function).max_items(LARGEST_PAGE).set_marker(marker);
            let Some(page) = found(call!("lambda", "ListAliases", request))? else { return Ok(None) };
            names.extend(page.aliases().iter().filter_map(|alias| alias.name()).map(str::to_owned));
            marker = page.next_marker;
            if marker.is_none() {
                return Ok(Some(names));
            }
        }
    }

    /// The policy with its revision. A function without one answers as a missing function does.
    pub async fn policy(&self, at: &Address) -> Result<Option<PolicyText>, AwsError> {
        let (name, qualifier) = parts(at);
        let answer = found(call!("lambda", "GetPolicy", self.client.get_policy().function_name(name).set_qualifier(qualifier)))?;
        Ok(answer.and_then(|answer| answer.policy.map(|text| PolicyText { text, revision: answer.revision_id })))
    }

    /// Adds one statement. What AddPermission cannot say is refused, not dropped.
    pub async fn add_permission(&self, at: &Address, statement: &Statement, revision: Option<&str>) -> Result<(), AwsError> {
        let value = statement.value();
        let text = |pointer: &str| value.pointer(pointer).and_then(|value| value.as_str());
        let equals = |key: &str| condition(&value, "StringEquals", key);
        let (name, qualifier) = parts(at);
        let expected = [equals("aws:SourceAccount").is_some(), condition(&value, "ArnLike", "aws:SourceArn").is_some()];
        let keys: usize = value
            .get("Condition")
            .and_then(|value| value.as_object())
            .into_iter()
            .flat_map(|operators| operators.values())
            .filter_map(|keys| keys.as_object())
            .map(|keys| keys.len())
            .sum();
        if keys != expected.iter().filter(|there| **there).count() {
            return Err(AwsError::refused(
                "Lambda takes no conditions but aws:SourceAccount and aws:SourceArn in a permission for a service",
            ));
        }
        let request = self
            .client
            .add_permission()
            .function_name(name)
            .set_qualifier(qualifier)
            .statement_id(statement.sid().unwrap_or_default())
            .action(text("/Action").unwrap_or_default())
            .principal(text("/Principal/Service").unwrap_or_default())
            .set_source_account(equals("aws:SourceAccount"))
            .set_source_arn(condition(&value, "ArnLike", "aws:SourceArn"))
            .set_revision_id(revision.map(str::to_owned));
        call!("lambda", "AddPermission", request).map(drop)
    }

    /// Takes one statement away; one that is not there is gone.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html>
    pub async fn remove_permission(&self, at: &Address, sid: &str, revision: Option<&str>) -> Result<(), AwsError> {
        let (name, qualifier) = parts(at);
        let request = self.client.remove_permission().function_name(name).set_qualifier(qualifier).statement_id(sid);
        found(call!("lambda", "RemovePermission", request.set_revision_id(revision.map(str::to_owned)))).map(drop)
    }
}

fn condition(statement: &serde_json::Value, operator: &str, key: &str) -> Option<String> {
    let keys = statement.get("Condition")?.get(operator)?.as_object()?;
    keys.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).and_then(|(_, value)| value.as_str()).map(str::to_owned)
}
