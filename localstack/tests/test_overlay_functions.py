"""Function policies."""

from __future__ import annotations

import json

from .harness import EmulatorTest


class FunctionPolicies(EmulatorTest):
    def test_size(self) -> None:
        functions = self.account.client("lambda")
        name = self.account.function()

        def allow(number: int) -> None:
            functions.add_permission(
                FunctionName=name,
                StatementId=f"{number:0100}",
                Action="lambda:InvokeFunction",
                Principal="events.amazonaws.com",
            )

        def size() -> int:
            policy = json.loads(functions.get_policy(FunctionName=name)["Policy"])
            return len(json.dumps(policy, separators=(",", ":")))

        allow(0)
        first = size()
        allow(1)
        each = size() - first
        fits = (20 * 1024 - first) // each
        for number in range(2, fits + 1):
            allow(number)
        self.refused("PolicyLengthExceededException", allow, fits + 1)
        self.assertLessEqual(size(), 20 * 1024)
        statements = json.loads(functions.get_policy(FunctionName=name)["Policy"])["Statement"]
        self.assertEqual(len(statements), fits + 1)
