//! What the account of the slow server holds, and the plan that uses all of it.

use std::fmt::Write as _;

/// Whose it is.
pub const ACCOUNT: &str = "111122223333";
/// Where it is.
pub const REGION: &str = "eu-west-1";

/// So many of each.
#[derive(Debug, Clone, Copy)]
pub struct Estate {
    /// Rules of the one rule set, each into a bucket of its own and with a topic of its own.
    pub rules: usize,
    /// Buckets.
    pub buckets: usize,
    /// Topics.
    pub topics: usize,
    /// Customer managed keys: each of the first buckets encrypts with one.
    pub keys: usize,
}

impl Estate {
    /// `n` of each.
    pub fn of(n: usize) -> Self {
        Self { rules: n, buckets: n, topics: n, keys: n }
    }

    /// A plan of all rules.
    pub fn plan(&self) -> String {
        self.plan_for(&format!("account: \"{ACCOUNT}\"\n"))
    }

    /// The same for so many accounts, each by a role of its own.
    pub fn plan_of_targets(&self, targets: usize) -> String {
        let target = |i: usize| format!("  t{i:03}: {{ account: \"{:012}\", role: postroom }}\n", 111_122_220_000_usize + i);
        self.plan_for(&format!("targets:\n{}", (0..targets).map(target).collect::<String>()))
    }

    fn plan_for(&self, whom: &str) -> String {
        let mut plan = format!("postroom: 1\nname: bench\n{whom}region: {REGION}\nreceipt:\n  rules:\n");
        for i in 0..self.rules {
            let _ = writeln!(plan, "    - name: rule-{i}\n      recipients: [r{i}.acme.example]\n      actions:");
            let _ = writeln!(plan, "        - s3: {{ bucket: {}, prefix: in/, topic: {} }}", self.bucket(i), self.topic(i));
        }
        plan
    }

    /// The name of a bucket.
    pub fn bucket(&self, i: usize) -> String {
        format!("acme-mail-{i}")
    }

    /// The name of a topic.
    pub fn topic(&self, i: usize) -> String {
        format!("mail-{i}")
    }

    /// The ARN of a topic in an account.
    pub fn topic_arn(&self, account: &str, i: usize) -> String {
        format!("arn:aws:sns:{REGION}:{account}:{}", self.topic(i))
    }

    /// The id of a key.
    pub fn key(&self, i: usize) -> String {
        format!("00000000-0000-4000-8000-{i:012}")
    }

    /// The ARN of a key in an account.
    pub fn key_arn(&self, account: &str, i: usize) -> String {
        format!("arn:aws:kms:{REGION}:{account}:key/{}", self.key(i))
    }
}
