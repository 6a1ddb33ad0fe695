"""Condition operators, one by one; no server."""

from __future__ import annotations

import unittest

from postroom_localstack.policy.conditions import holds, is_operator, substitute
from postroom_localstack.policy.document import Condition

CONTEXT = {
    "aws:sourceaccount": ("111122223333",),
    "aws:sourcearn": ("arn:aws:ses:eu-west-1:111122223333:receipt-rule-set/s:receipt-rule/r",),
    "aws:securetransport": ("true",),
    "aws:currenttime": ("2026-06-15T12:00:00Z",),
    "aws:sourceip": ("10.1.2.3",),
    "aws:tagkeys": ("a", "b"),
    "s3:max-keys": ("10",),
    "aws:username": ("Ada",),
}


def met(operator: str, key: str, *values: str, variables: bool = True) -> bool:
    return holds(Condition(operator, key, values), CONTEXT, variables)


class Conditions(unittest.TestCase):
    def check(self, expected: bool, operator: str, key: str, *values: str) -> None:
        with self.subTest(operator=operator, key=key, values=values):
            self.assertIs(expected, met(operator, key, *values))

    def test_strings(self) -> None:
        self.check(True, "StringEquals", "aws:SourceAccount", "111122223333")
        self.check(False, "StringEquals", "aws:SourceAccount", "1111*")
        self.check(True, "StringEquals", "AWS:SOURCEACCOUNT", "9", "111122223333")
        self.check(False, "StringNotEquals", "aws:SourceAccount", "9", "111122223333")
        self.check(True, "StringNotEquals", "aws:SourceAccount", "9", "8")
        self.check(False, "StringEquals", "aws:username", "ada")
        self.check(True, "StringEqualsIgnoreCase", "aws:username", "ada")
        self.check(False, "StringNotEqualsIgnoreCase", "aws:username", "ada")
        self.check(True, "StringLike", "aws:SourceAccount", "1111*333?")
        self.check(False, "StringNotLike", "aws:SourceAccount", "1111*")
        self.check(True, "stringlike", "aws:SourceAccount", "1111*")

    def test_arns_go_colon_by_colon(self) -> None:
        arn = "arn:aws:ses:eu-west-1:111122223333:receipt-rule-set/s:receipt-rule/"
        for operator in ("ArnEquals", "ArnLike"):
            self.check(True, operator, "aws:SourceArn", arn + "*")
            self.check(True, operator, "aws:SourceArn", "arn:*:ses:*:111122223333:receipt-rule-set/*")
            self.check(False, operator, "aws:SourceArn", "arn:aws:s*:receipt-rule-set/*")
            self.check(False, operator, "aws:SourceArn", "*")
        self.check(False, "ArnNotLike", "aws:SourceArn", arn + "r")
        self.check(True, "ArnNotEquals", "aws:SourceArn", arn + "other")
        self.check(False, "StringEquals", "aws:SourceArn", arn + "*")

    def test_bool_null_number_date_address(self) -> None:
        self.check(True, "Bool", "aws:SecureTransport", "True")
        self.check(False, "Bool", "aws:SecureTransport", "false")
        self.check(True, "Null", "aws:Referer", "true")
        self.check(False, "Null", "aws:Referer", "false")
        self.check(True, "Null", "aws:SourceAccount", "false")
        self.check(True, "NumericLessThanEquals", "s3:max-keys", "10")
        self.check(False, "NumericLessThan", "s3:max-keys", "10")
        self.check(True, "NumericGreaterThan", "s3:max-keys", "9.5")
        self.check(False, "NumericEquals", "s3:max-keys", "ten")
        self.check(True, "DateGreaterThan", "aws:CurrentTime", "2026-06-15T11:59Z")
        self.check(False, "DateGreaterThan", "aws:CurrentTime", "2026-06-15T12:00:00Z")
        self.check(True, "DateLessThanEquals", "aws:CurrentTime", "2026-06-15T12:00:00Z")
        self.check(True, "IpAddress", "aws:SourceIp", "10.1.0.0/16")
        self.check(True, "IpAddress", "aws:SourceIp", "10.1.2.3")
        self.check(False, "NotIpAddress", "aws:SourceIp", "10.0.0.0/8")

    def test_a_missing_key(self) -> None:
        for operator in ("StringEquals", "StringLike", "ArnLike", "Bool", "NumericEquals",
                         "DateLessThan", "IpAddress"):
            self.check(False, operator, "aws:PrincipalOrgID", "1")
            self.check(True, operator + "IfExists", "aws:PrincipalOrgID", "1")
        for operator in ("StringNotEquals", "StringNotLike", "ArnNotLike", "NumericNotEquals",
                         "NotIpAddress"):
            self.check(True, operator, "aws:PrincipalOrgID", "1")

    def test_if_exists_looks_at_a_present_key(self) -> None:
        self.check(False, "StringEqualsIfExists", "aws:SourceAccount", "9")
        self.check(True, "StringEqualsIfExists", "aws:SourceAccount", "111122223333")

    def test_sets(self) -> None:
        self.check(True, "ForAnyValue:StringEquals", "aws:TagKeys", "b", "c")
        self.check(False, "ForAnyValue:StringEquals", "aws:TagKeys", "c")
        self.check(False, "ForAllValues:StringEquals", "aws:TagKeys", "b", "c")
        self.check(True, "ForAllValues:StringLike", "aws:TagKeys", "?")
        self.check(True, "ForAllValues:StringEquals", "aws:None", "c")
        self.check(False, "ForAnyValue:StringEquals", "aws:None", "c")
        self.check(False, "ForAnyValue:StringNotEquals", "aws:None", "c")
        self.check(True, "ForAnyValue:StringNotEquals", "aws:TagKeys", "a")

    def test_policy_variables(self) -> None:
        self.check(True, "StringEquals", "aws:username", "${aws:username}")
        self.assertFalse(met("StringEquals", "aws:username", "${aws:username}", variables=False))
        self.check(False, "StringEquals", "aws:username", "${aws:nobody}")
        self.check(True, "StringEquals", "aws:username", "${aws:nobody, 'Ada'}")
        self.assertEqual("a*b", substitute("a${*}b", CONTEXT))

    def test_known_operators(self) -> None:
        for name in ("StringEquals", "ForAnyValue:ArnLike", "BoolIfExists", "Null"):
            self.assertTrue(is_operator(name), name)
        for name in ("StringEqual", "NullIfExists", "ForSome:StringEquals", ""):
            self.assertFalse(is_operator(name), name)
        self.check(False, "StringEqual", "aws:SourceAccount", "111122223333")
