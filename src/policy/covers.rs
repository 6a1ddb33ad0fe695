//! Does somebody's statement already grant all that another one grants.

use std::collections::BTreeSet;

use super::Statement;
use super::meaning::{Meaning, Test};
use super::operator::{Comparison, Known, Operator};
use super::wildcard::Pattern;

impl Statement {
    /// Whether every request that `other` allows is allowed by this statement, too. No means: no, or not seen to be so.
    ///
    /// It looks at the two statements alone: a Deny beside them is the evaluator's.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        // Most statements are about others, and need not be understood for that.
        let mut services = other.principals().filter(|(kind, _)| *kind == "Service");
        if !self.allows() || services.any(|(_, name)| self.surely_names_others_than(name)) {
            return false;
        }
        if other.actions().into_iter().flatten().any(|action| self.surely_names_other_actions_than(action)) {
            return false;
        }
        let (wide, narrow) = (self.meaning(), other.meaning());
        // An empty principal names nobody, an absent one whoever the policy is attached to.
        let alike = self.has("Principal") == other.has("Principal");
        alike && other.allows() && (wide == narrow || wide.covers(narrow))
    }
}

impl Meaning {
    fn covers(&self, other: &Self) -> bool {
        let readable = |meaning: &Self| {
            meaning.other.is_empty() && meaning.not_principal.is_none() && meaning.not_action.is_none() && meaning.not_resource.is_none()
        };
        readable(self)
            && readable(other)
            && self.covers_principals(other)
            && covers_all(self.action.as_ref(), other.action.as_ref(), |wide, narrow| Pattern::of(wide).covers(&Pattern::of(narrow)))
            && covers_all(self.resource.as_ref(), other.resource.as_ref(), resource_covers)
            && self.condition.iter().all(|test| other.condition.iter().any(|stricter| test.follows_from(stricter)))
    }

    /// An account does not cover its roles: to allow it leaves the decision to the account.
    fn covers_principals(&self, other: &Self) -> bool {
        if self.principal.is_empty() || other.principal.is_empty() {
            return self.principal.is_empty() && other.principal.is_empty();
        }
        let everyone = ("AWS".to_owned(), "*".to_owned());
        self.principal.contains(&everyone) || other.principal.is_subset(&self.principal)
    }
}

fn covers_all(wide: Option<&BTreeSet<String>>, narrow: Option<&BTreeSet<String>>, covers: impl Fn(&str, &str) -> bool) -> bool {
    match (wide, narrow) {
        (Some(wide), Some(narrow)) => narrow.iter().all(|narrow| wide.iter().any(|wide| covers(wide, narrow))),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn resource_covers(wide: &str, narrow: &str) -> bool {
    pattern_covers(wide, narrow, Pattern::covers_resource)
}

/// What a variable will be is not known here: such a text covers itself, and is covered by everything.
fn pattern_covers(wide: &str, narrow: &str, covers: impl Fn(&Pattern, &Pattern) -> bool) -> bool {
    let has_variable = wide.contains("${") || narrow.contains("${");
    wide == narrow || wide == "*" || (!has_variable && covers(&Pattern::of(wide), &Pattern::of(narrow)))
}

impl Test {
    /// Whether this holds wherever `stricter` holds.
    fn follows_from(&self, stricter: &Self) -> bool {
        if self == stricter {
            return true;
        }
        let (Operator::Known(loose), Operator::Known(strict)) = (&self.operator, &stricter.operator) else { return false };
        let same_key = self.key == stricter.key && loose.quantifier == strict.quantifier && loose.negated == strict.negated;
        // An absent key passes with IfExists, and with a negation.
        let same_absence = loose.if_exists || !strict.if_exists;
        same_key && same_absence && self.asks_less(*loose, stricter, *strict)
    }

    fn asks_less(&self, loose: Known, stricter: &Self, strict: Known) -> bool {
        if loose.negated {
            return loose.comparison == strict.comparison && self.values.is_subset(&stricter.values);
        }
        let covers: fn(&Pattern, &Pattern) -> bool = match (loose.comparison, strict.comparison) {
            (Comparison::TextLike, Comparison::Text | Comparison::TextLike | Comparison::Arn) => Pattern::covers,
            (Comparison::Arn, Comparison::Text | Comparison::Arn) => Pattern::covers_arn,
            (one, other) => return one == other && stricter.values.is_subset(&self.values),
        };
        // Under StringEquals a `*` is a character: a pattern that covers it as a wildcard covers it as that, too.
        stricter.values.iter().all(|narrow| self.values.iter().any(|wide| pattern_covers(wide, narrow, covers)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn grant(member: &str, value: &Value) -> Statement {
        let mut statement = json!({"Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/in/*"});
        statement[member] = value.clone();
        Statement::from_value(statement).unwrap()
    }

    fn check(member: &str, cases: &[(Value, Value, bool)]) {
        for (wide, narrow, expected) in cases {
            assert_eq!(grant(member, wide).covers(&grant(member, narrow)), *expected, "{member}: {wide} covers {narrow}");
            assert!(grant(member, wide).covers(&grant(member, wide)) || member == "Effect", "{wide} covers itself");
        }
    }

    #[test]
    fn wider_actions_resources_and_principals_cover_narrower_ones() {
        check(
            "Action",
            &[
                (json!("s3:*"), json!("s3:PutObject"), true),
                (json!("*"), json!(["s3:Put*", "kms:Decrypt"]), true),
                (json!(["S3:putobject", "a:b"]), json!("s3:PutObject"), true),
                (json!("kms:GenerateDataKey*"), json!("kms:GenerateDataKey"), true),
                (json!("kms:GenerateDataKey"), json!("kms:GenerateDataKey*"), false),
                (json!("s3:PutObject"), json!(["s3:PutObject", "s3:GetObject"]), false),
            ],
        );
        check(
            "Resource",
            &[
                (json!("arn:aws:s3:::b/*"), json!("arn:aws:s3:::b/in/*"), true),
                (json!("*"), json!("arn:aws:s3:::b/in/*"), true),
                (json!("*"), json!("arn:aws:s3:::b/${aws:username}"), true),
                (json!("arn:aws:s3:::b/*"), json!("arn:aws:s3:::b/${aws:username}"), false),
                (json!("arn:aws:s3:::b/in/*"), json!("arn:aws:s3:::b/*"), false),
                (json!("arn:aws:s3:::b/*"), json!("arn:aws:s3:::b"), false),
            ],
        );
        check(
            "Principal",
            &[
                (json!("*"), json!({"Service": "ses.amazonaws.com"}), true),
                (json!({"Service": ["ses.amazonaws.com", "sns.amazonaws.com"]}), json!({"Service": "SES.amazonaws.com"}), true),
                (json!({"AWS": "111122223333"}), json!({"AWS": "arn:aws:iam::111122223333:root"}), true),
                (json!({"AWS": "111122223333"}), json!({"AWS": "arn:aws:iam::111122223333:role/r"}), false),
                (json!({"AWS": "ses.amazonaws.com"}), json!({"Service": "ses.amazonaws.com"}), false),
                (json!({"Service": "ses.amazonaws.com"}), json!("*"), false),
                (json!({}), json!({"Service": "ses.amazonaws.com"}), false),
            ],
        );
    }

    #[test]
    fn looser_conditions_cover_stricter_ones() {
        let arn = "arn:aws:ses:eu-west-1:111122223333:receipt-rule-set/s:receipt-rule/r";
        let any_rule = "arn:aws:ses:eu-west-1:111122223333:receipt-rule-set/s:receipt-rule/*";
        let from = |operator: &str, value: Value| json!({operator: {"aws:SourceArn": value}});
        check(
            "Condition",
            &[
                (json!({}), from("StringEquals", json!(arn)), true),
                (from("StringEquals", json!(arn)), json!({}), false),
                (from("StringEquals", json!([arn, "x"])), from("StringEquals", json!(arn)), true),
                (from("StringEquals", json!(arn)), from("StringEquals", json!([arn, "x"])), false),
                (from("ArnLike", json!(any_rule)), from("StringEquals", json!(arn)), true),
                (from("ArnLike", json!(any_rule)), from("ArnEquals", json!(arn)), true),
                (from("StringLike", json!(any_rule)), from("ArnLike", json!(any_rule)), true),
                (from("ArnLike", json!("arn:aws:ses:*:r")), from("StringLike", json!("arn:aws:ses:*:r")), false),
                (from("StringEquals", json!(any_rule)), from("ArnLike", json!(any_rule)), false),
                (from("ArnLike", json!(arn)), from("ArnLike", json!(any_rule)), false),
                (from("StringEqualsIfExists", json!(arn)), from("StringEquals", json!(arn)), true),
                (from("StringEquals", json!(arn)), from("StringEqualsIfExists", json!(arn)), false),
                (from("StringNotEquals", json!("x")), from("StringNotEquals", json!(["x", "y"])), true),
                (from("StringNotEquals", json!(["x", "y"])), from("StringNotEquals", json!("x")), false),
                (from("ForAllValues:StringLike", json!("*")), from("StringLike", json!(arn)), false),
                (from("StringLike", json!("${aws:username}*")), from("StringEquals", json!("${aws:username}x")), false),
                (
                    json!({"StringEquals": {"aws:SourceAccount": "1"}}),
                    json!({"StringEquals": {"aws:SourceAccount": "1", "aws:SourceArn": arn}}),
                    true,
                ),
                (
                    json!({"StringEquals": {"aws:SourceAccount": "1", "aws:SourceArn": arn}}),
                    json!({"StringEquals": {"aws:SourceAccount": "1"}}),
                    false,
                ),
                (json!({"Odd": {"k": ["a", "b"]}}), json!({"Odd": {"k": "a"}}), false),
            ],
        );
    }

    #[test]
    fn what_is_in_doubt_covers_nothing() {
        let plain = Statement::from_value(json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"})).unwrap();
        let ours = grant("Action", &json!("s3:PutObject"));
        assert!(plain.covers(&ours));
        let (nobody, attached) = (
            grant("Principal", &json!({})),
            Statement::from_value(json!({"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/in/*"})).unwrap(),
        );
        assert!(attached.covers(&attached) && !nobody.covers(&attached) && !attached.covers(&nobody) && !attached.covers(&ours));
        for (member, value) in [
            ("NotPrincipal", json!("*")),
            ("NotAction", json!("a:b")),
            ("NotResource", json!("x")),
            ("Surprise", json!(1)),
            ("Effect", json!("Deny")),
        ] {
            let mut odd = plain.value();
            odd[member] = value.clone();
            assert!(!Statement::from_value(odd).unwrap().covers(&ours), "{member}");
            assert!(!plain.covers(&grant(member, &value)), "{member}");
        }
    }
}
