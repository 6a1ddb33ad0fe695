"""Form and read-back of documents; no server."""

from __future__ import annotations

import json
import unittest
from typing import Any

from postroom_localstack.policy import grammar
from postroom_localstack.policy.document import load
from postroom_localstack.policy.reshape import reshape


def problem(kind: grammar.Kind, *statements: Any, **top: Any) -> str | None:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements), **top})
    found = grammar.check(text, kind)[1]
    return found.what if found else None


class Grammar(unittest.TestCase):
    GOOD = {"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"}

    def without(self, *names: str) -> dict[str, Any]:
        return {name: value for name, value in self.GOOD.items() if name not in names}

    def test_good(self) -> None:
        self.assertIsNone(problem(grammar.RESOURCE, self.GOOD))
        self.assertIsNone(problem(grammar.TRUST, self.without("Resource")))
        self.assertIsNone(problem(grammar.IDENTITY, self.without("Principal")))
        self.assertIsNone(problem(grammar.KEY, self.without("Resource", "Action")))
        # A foreign statement may have members nobody here knows.
        self.assertIsNone(problem(grammar.RESOURCE, {**self.GOOD, "Comment": "x"}))

    def test_bad(self) -> None:
        self.assertEqual("json", grammar.check("{", grammar.RESOURCE)[1].what)
        self.assertEqual("json", grammar.check("[]", grammar.RESOURCE)[1].what)
        self.assertEqual("empty", problem(grammar.RESOURCE))
        self.assertEqual("version", problem(grammar.RESOURCE, self.GOOD, Version="2020"))
        for name in ("Effect", "Principal", "Action", "Resource"):
            self.assertEqual("missing", problem(grammar.RESOURCE, self.without(name)))
        for member, value, what in (
            ("Effect", "allow", "effect"),
            ("Action", "PutObject", "action"),
            ("Action", [], "missing"),
            ("NotAction", "s3:*", "prohibited"),
            ("Condition", {"StringEqual": {"a": "b"}}, "condition"),
            ("Condition", {"StringEquals": "b"}, "condition"),
        ):
            self.assertEqual(what, problem(grammar.RESOURCE, {**self.GOOD, member: value}))
        self.assertEqual("prohibited", problem(grammar.IDENTITY, self.GOOD))
        self.assertEqual("prohibited", problem(grammar.TRUST, self.GOOD))

    def test_whitespace_is_not_counted(self) -> None:
        self.assertEqual(3, grammar.length_without_whitespace(" a\n\tb c "))


class Reshape(unittest.TestCase):
    RAW = {
        "Version": "2012-10-17",
        "Id": "x",
        "Statement": [
            {
                "Sid": "One",
                "Effect": "Allow",
                "Principal": {"AWS": ["111122223333"], "Service": ["a.com", "b.com"]},
                "Action": ["s3:A", "s3:B", "s3:C"],
                "Resource": ["arn:aws:s3:::b/*"],
                "Condition": {"StringEquals": {"aws:SourceAccount": ["111122223333"]}},
                "Unknown": ["kept", {"as": ["it", "is"]}],
            }
        ],
    }

    def shaped(self, **options: bool) -> Any:
        return json.loads(reshape(json.dumps(self.RAW), **options))

    def test_shape(self) -> None:
        (found,) = self.shaped()["Statement"]
        self.assertEqual("arn:aws:iam::111122223333:root", found["Principal"]["AWS"])
        self.assertCountEqual(["a.com", "b.com"], found["Principal"]["Service"])
        self.assertCountEqual(["s3:A", "s3:B", "s3:C"], found["Action"])
        self.assertEqual("arn:aws:s3:::b/*", found["Resource"])
        self.assertEqual(
            {"StringEquals": {"aws:SourceAccount": "111122223333"}}, found["Condition"]
        )

    def test_nothing_is_lost_or_added(self) -> None:
        shaped = self.shaped()
        (before,), (after,) = self.RAW["Statement"], shaped["Statement"]  # type: ignore[misc]
        self.assertEqual(set(before), set(after))
        self.assertEqual(before["Unknown"], after["Unknown"])
        self.assertEqual("x", shaped["Id"])

    def test_meaning_stays(self) -> None:
        before, after = load(self.RAW).statements[0], load(self.shaped()).statements[0]
        self.assertEqual(set(before.actions or ()), set(after.actions or ()))
        self.assertEqual(before.conditions, after.conditions)
        self.assertEqual(before.resources, after.resources)

    def test_order_is_always_the_same(self) -> None:
        text = json.dumps(self.RAW)
        self.assertEqual(reshape(text), reshape(text))
        orders = set()
        for letters in ("ABC", "DEF", "GHI", "JKL"):
            actions = [f"s3:{letter}" for letter in letters]
            raw = {"Statement": [{"Action": actions}]}
            found = json.loads(reshape(json.dumps(raw)))["Statement"][0]["Action"]
            orders.add(found == actions)
        self.assertIn(False, orders)

    def test_what_is_no_policy_stays(self) -> None:
        self.assertEqual("nonsense", reshape("nonsense"))
