//! The places where statements are kept, read and written with the SDK, by the address that postroom prints.

use aws_config::SdkConfig;
use serde_json::Value;

use super::account::{Account, REGION, wait};
use super::json::statements;

/// `kind/name[@account[:region]]`, taken apart.
pub struct Container {
    kind: String,
    name: String,
    config: SdkConfig,
}

impl Account {
    pub fn container(&self, address: &str) -> Container {
        let (kind, rest) = address.split_once('/').expect("kind/name");
        let (name, place) = rest.split_once('@').unwrap_or((rest, &self.id));
        let (account, region) = place.split_once(':').unwrap_or((place, REGION));
        let home = |region: &str| if account == self.id { self.sdk(region) } else { self.other_sdk(region) };
        let mut config = home(region);
        if kind == "bucket-policy" {
            config = home(&region_of(&config, name));
        }
        let name = if kind == "key-policy" && name.starts_with("alias/") { key_of(&config, name) } else { name.to_owned() };
        Container { kind: kind.to_owned(), name, config }
    }

    /// What stands in a container now.
    pub fn document(&self, address: &str) -> Value {
        self.container(address).read()
    }

    /// Takes one statement away, as somebody at the console would.
    pub fn drop_statement(&self, address: &str, sid: &str) {
        let container = self.container(address);
        let mut document = container.read();
        let mut left = statements(&document);
        let before = left.len();
        left.retain(|statement| statement["Sid"] != sid);
        assert_eq!(left.len() + 1, before, "{address} holds {sid}: {document}");
        if left.is_empty() && container.kind == "role-trust" {
            // IAM takes no empty trust policy.
            left.push(emptied());
        }
        document["Statement"] = Value::Array(left);
        container.write(&document, sid);
    }

    /// Puts one statement in the place of the one that has its Sid.
    pub fn replace_statement(&self, address: &str, statement: &Value) {
        let mut all = statements(&self.document(address));
        all.retain(|other| other["Sid"] != statement["Sid"]);
        all.push(statement.clone());
        self.put_statements(address, &all);
    }

    /// Puts a document of these statements in the place of what is there.
    pub fn put_statements(&self, address: &str, all: &[Value]) {
        self.container(address).write(&serde_json::json!({"Version": "2012-10-17", "Statement": all}), "");
    }

    /// Puts one statement in, as somebody at the console would.
    pub fn add_statement(&self, address: &str, statement: &Value) {
        let container = self.container(address);
        let mut document = container.read();
        let mut all = statements(&document);
        all.push(statement.clone());
        if document.is_null() {
            document = serde_json::json!({"Version": "2012-10-17"});
        }
        document["Statement"] = Value::Array(all);
        container.write(&document, "");
    }
}

/// Who is trusted when nobody is.
fn emptied() -> Value {
    let condition = serde_json::json!({"StringEquals": {"sts:ExternalId": "nobody"}});
    serde_json::json!({"Sid": "Emptied", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": condition})
}

/// The id of the key that an alias points to.
fn key_of(config: &SdkConfig, alias: &str) -> String {
    let kms = aws_sdk_kms::Client::new(config);
    wait(kms.describe_key().key_id(alias).send()).expect("the alias").key_metadata.expect("metadata").key_id
}

fn region_of(config: &SdkConfig, bucket: &str) -> String {
    let s3 = aws_sdk_s3::Client::new(config);
    let found = wait(s3.get_bucket_location().bucket(bucket).send()).expect("the bucket is there");
    found.location_constraint().map_or_else(|| "us-east-1".to_owned(), |region| region.as_str().to_owned())
}

impl Container {
    fn topic_arn(&self) -> String {
        let sts = aws_sdk_sts::Client::new(&self.config);
        let account = wait(sts.get_caller_identity().send()).expect("an identity").account().unwrap_or_default().to_owned();
        format!("arn:aws:sns:{}:{account}:{}", self.config.region().expect("a region"), self.name)
    }

    fn function(&self) -> (&str, Option<String>) {
        self.name.split_once(':').map_or((self.name.as_str(), None), |(name, qualifier)| (name, Some(qualifier.to_owned())))
    }

    /// The inline policy of a role is ours unless the name says which.
    fn inline(&self, policies: &[String]) -> Option<String> {
        policies.iter().find(|name| name.starts_with("postroom-")).cloned()
    }

    /// The document; null when there is none.
    pub fn read(&self) -> Value {
        let text = match self.kind.as_str() {
            "bucket-policy" => wait(aws_sdk_s3::Client::new(&self.config).get_bucket_policy().bucket(&self.name).send())
                .ok()
                .and_then(|found| found.policy),
            "key-policy" => {
                let request = aws_sdk_kms::Client::new(&self.config).get_key_policy().key_id(&self.name).policy_name("default");
                wait(request.send()).expect("a key policy").policy
            }
            "topic-policy" => {
                let request = aws_sdk_sns::Client::new(&self.config).get_topic_attributes().topic_arn(self.topic_arn());
                wait(request.send()).expect("a topic").attributes.and_then(|mut found| found.remove("Policy"))
            }
            "function-policy" => {
                let (name, qualifier) = self.function();
                let request = aws_sdk_lambda::Client::new(&self.config).get_policy().function_name(name).set_qualifier(qualifier);
                wait(request.send()).ok().and_then(|found| found.policy)
            }
            "role-trust" => {
                let role = wait(aws_sdk_iam::Client::new(&self.config).get_role().role_name(&self.name).send()).expect("a role");
                role.role.and_then(|role| role.assume_role_policy_document).map(|text| decoded(&text))
            }
            "role-policy" => {
                let iam = aws_sdk_iam::Client::new(&self.config);
                let names = wait(iam.list_role_policies().role_name(&self.name).send()).expect("a role").policy_names;
                let ours = self.inline(&names);
                ours.map(|policy| {
                    decoded(
                        &wait(iam.get_role_policy().role_name(&self.name).policy_name(policy).send()).expect("a policy").policy_document,
                    )
                })
            }
            "secret-policy" => {
                let request = aws_sdk_secretsmanager::Client::new(&self.config).get_resource_policy().secret_id(&self.name);
                wait(request.send()).expect("a secret").resource_policy
            }
            "user-policy" => {
                let iam = aws_sdk_iam::Client::new(&self.config);
                let names = wait(iam.list_user_policies().user_name(&self.name).send()).expect("a user").policy_names;
                let request = |policy| iam.get_user_policy().user_name(&self.name).policy_name(policy);
                self.inline(&names).map(|policy| decoded(wait(request(policy).send()).expect("a policy").policy_document()))
            }
            "group-policy" => {
                let iam = aws_sdk_iam::Client::new(&self.config);
                let names = wait(iam.list_group_policies().group_name(&self.name).send()).expect("a group").policy_names;
                let request = |policy| iam.get_group_policy().group_name(&self.name).policy_name(policy);
                self.inline(&names).map(|policy| decoded(wait(request(policy).send()).expect("a policy").policy_document()))
            }
            kind => panic!("{kind} holds no statements"),
        };
        text.map_or(Value::Null, |text| serde_json::from_str(&text).expect("a policy is JSON"))
    }

    /// Writes it; where AWS knows single statements only (Lambda), `gone` is the one that goes.
    fn write(&self, document: &Value, gone: &str) {
        let empty = statements(document).is_empty();
        let text = document.to_string();
        match self.kind.as_str() {
            "bucket-policy" if empty => {
                wait(aws_sdk_s3::Client::new(&self.config).delete_bucket_policy().bucket(&self.name).send()).expect("deleted");
            }
            "bucket-policy" => {
                wait(aws_sdk_s3::Client::new(&self.config).put_bucket_policy().bucket(&self.name).policy(text).send()).expect("put");
            }
            "key-policy" => {
                let request =
                    aws_sdk_kms::Client::new(&self.config).put_key_policy().key_id(&self.name).policy_name("default").policy(text);
                wait(request.send()).expect("put");
            }
            "topic-policy" => {
                let request = aws_sdk_sns::Client::new(&self.config).set_topic_attributes().topic_arn(self.topic_arn());
                wait(request.attribute_name("Policy").attribute_value(text).send()).expect("set");
            }
            "function-policy" => {
                let (name, qualifier) = self.function();
                let request = aws_sdk_lambda::Client::new(&self.config).remove_permission().function_name(name).set_qualifier(qualifier);
                wait(request.statement_id(gone).send()).expect("removed");
            }
            "role-trust" => {
                let request =
                    aws_sdk_iam::Client::new(&self.config).update_assume_role_policy().role_name(&self.name).policy_document(text);
                wait(request.send()).expect("updated");
            }
            "secret-policy" if empty => {
                let request = aws_sdk_secretsmanager::Client::new(&self.config).delete_resource_policy().secret_id(&self.name);
                wait(request.send()).expect("deleted");
            }
            "secret-policy" => {
                let request = aws_sdk_secretsmanager::Client::new(&self.config).put_resource_policy().secret_id(&self.name);
                wait(request.resource_policy(text).send()).expect("put");
            }
            "role-policy" => self.write_inline(&text, empty),
            "user-policy" => self.write_policy_of_user(&text, empty),
            "group-policy" => self.write_policy_of_group(&text, empty),
            kind => panic!("{kind} holds no statements"),
        }
    }

    fn write_policy_of_user(&self, text: &str, empty: bool) {
        let iam = aws_sdk_iam::Client::new(&self.config);
        let names = wait(iam.list_user_policies().user_name(&self.name).send()).expect("a user").policy_names;
        let policy = self.inline(&names).expect("an inline policy of ours");
        if empty {
            wait(iam.delete_user_policy().user_name(&self.name).policy_name(policy).send()).expect("deleted");
        } else {
            wait(iam.put_user_policy().user_name(&self.name).policy_name(policy).policy_document(text).send()).expect("put");
        }
    }

    fn write_policy_of_group(&self, text: &str, empty: bool) {
        let iam = aws_sdk_iam::Client::new(&self.config);
        let names = wait(iam.list_group_policies().group_name(&self.name).send()).expect("a group").policy_names;
        let policy = self.inline(&names).expect("an inline policy of ours");
        if empty {
            wait(iam.delete_group_policy().group_name(&self.name).policy_name(policy).send()).expect("deleted");
        } else {
            wait(iam.put_group_policy().group_name(&self.name).policy_name(policy).policy_document(text).send()).expect("put");
        }
    }

    fn write_inline(&self, text: &str, empty: bool) {
        let iam = aws_sdk_iam::Client::new(&self.config);
        let names = wait(iam.list_role_policies().role_name(&self.name).send()).expect("a role").policy_names;
        let policy = self.inline(&names).expect("an inline policy of ours");
        if empty {
            wait(iam.delete_role_policy().role_name(&self.name).policy_name(policy).send()).expect("deleted");
        } else {
            wait(iam.put_role_policy().role_name(&self.name).policy_name(policy).policy_document(text).send()).expect("put");
        }
    }
}

/// IAM hands documents out percent-encoded.
pub fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().expect("UTF-8").into_owned()
}
