"""Every document that ``postroom render`` gives for a plan, read by parliament.

Usage: ``lint.py [--self-test] RENDER…``, where RENDER is the command that renders, without the plan.

parliament lints identity policies. Three things that a resource's own policy leaves to its place are put in before it looks, so that nothing
has to be excepted: the role that a trust policy belongs to (it names no resource), and the key and the secret that ``*`` stands for in their own
policies (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html,
https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html). Then every finding counts that parliament's own command
line would show.

``exceptions.json`` silences nothing but what parliament's data lacks: an action (``[{"action": "ses:New", "reason": "…"}]``). Outside of
``plans/`` it may also name a condition key that the data lacks, and an action that a page of AWS allows on every resource (``star``). One that
is not needed, or that the data knows by now, fails.
"""

from __future__ import annotations

import ast
import copy
import json
import re
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Set, Tuple

from parliament import (
    UnknownActionException,
    UnknownPrefixException,
    analyze_policy_string,
    enhance_finding,
    expand_action,
    iam_definition,
)
from parliament.cli import is_finding_filtered

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
EXCEPTIONS = HERE / "exceptions.json"

Json = Dict[str, Any]


class Finding(NamedTuple):
    """What parliament says of one statement, or of a whole document."""

    issue: str
    detail: str


def knows(action: str) -> bool:
    """Whether parliament's data has such an action, or with a wildcard: any that it stands for."""
    try:
        return bool(expand_action(action))
    except (UnknownActionException, UnknownPrefixException):
        return False


def has_condition(key: str) -> bool:
    """Whether parliament's data has this condition key at any action."""
    privileges = (privilege for service in iam_definition for privilege in service["privileges"])
    return any(key in resource["condition_keys"] for privilege in privileges for resource in privilege["resource_types"])


def own_resource(address: str, account: str, region: str) -> str | None:
    """What a resource's own policy is about where it does not say so."""
    kind, _, name = address.split("@")[0].partition("/")
    if kind == "role-trust":
        return f"arn:aws:iam::{account}:role/{name}"
    if kind == "key-policy":
        # Behind an alias stands a key whose id a plan does not know.
        return f"arn:aws:kms:{region}:{account}:key/{'0' * 8 if '/' in name else name}"
    if kind == "secret-policy":
        # AWS ends the ARN of a secret with six characters of its own.
        return f"arn:aws:secretsmanager:{region}:{account}:secret:{name}-000000"
    return None


def placed(document: Json, resource: str | None) -> Json:
    """The document with its own resource written out, and with what AWS has yet to make filled in."""
    promised = re.sub(r"\$\{after:key/[^}]*#arn\}", "arn:aws:kms:eu-west-1:111122223333:key/00000000", json.dumps(document))
    document = json.loads(re.sub(r"\$\{after:[^}]*#id\}", "00000000", promised))
    if resource is not None:
        for statement in document["Statement"]:
            if statement.get("Resource", "*") == "*":
                statement["Resource"] = resource
    return document


def excepted(document: Json, actions: Set[str]) -> Tuple[Json | None, Set[str]]:
    """The document without those actions, and which of them it had. Nothing is left of a statement that has no others."""
    document, used = copy.deepcopy(document), set()
    statements = []
    for statement in document["Statement"]:
        listed = statement.get("Action", [])
        listed = [listed] if isinstance(listed, str) else listed
        used |= actions.intersection(listed)
        kept = [action for action in listed if action not in actions]
        if kept or not listed:
            statements.append({**statement, "Action": kept} if kept else statement)
    document["Statement"] = statements
    return (document if statements else None), used


def findings(document: Json) -> List[Finding]:
    """What parliament's command line would show."""
    policy = analyze_policy_string(json.dumps(document), ignore_private_auditors=True)
    shown = [finding for finding in map(enhance_finding, policy.findings) if not is_finding_filtered(finding)]
    return [Finding(finding.issue, str(finding.detail)) for finding in shown]


def unfounded(exceptions: List[Json]) -> Iterator[str]:
    """Exceptions that are none."""
    for exception in exceptions:
        if set(exception) - {"action", "condition", "star"} != {"reason"} or len(exception) != 2 or not str(exception["reason"]).strip():
            yield f"exception {exception}: it holds an action, a condition or a star, and a reason"
        elif "action" in exception and knows(exception["action"]):
            yield f"exception for {exception['action']}: parliament knows this action, so it is none"
        elif "condition" in exception and has_condition(exception["condition"]):
            yield f"exception for {exception['condition']}: parliament knows this condition, so it is none"


def about(finding: Finding, conditions: Set[str], stars: Set[str]) -> Set[str]:
    """The excepted conditions or actions that a finding is about; none, if it is about others, too."""
    if finding.issue == "UNKNOWN_CONDITION_FOR_ACTION":
        return conditions.intersection(finding.detail.split())
    actions = set(ast.literal_eval(finding.detail)) if finding.issue == "RESOURCE_STAR" else set()
    return actions if actions <= stars else set()


def documents(rendered: Json) -> Iterator[Tuple[str, Json, str, str]]:
    for target in rendered["targets"]:
        for resource in target["resources"]:
            if resource.get("document"):
                yield resource["address"], resource["document"], target["account"], target["region"]


def plans() -> Iterator[Tuple[Path, List[str]]]:
    """Every plan, and with what it is rendered: those that users copy, and those of the golden cases with their accounts' facts."""
    for plan in sorted((ROOT / "plans").glob("*.yaml")):
        yield plan, ["--all-targets"]
    for plan in sorted((ROOT / "tests" / "cases").glob("*/plan.yaml")):
        yield plan, ["--region", "eu-west-1", "--assume", str(plan.with_name("live.json"))]


def facts(live: Json) -> Json:
    """Facts of a golden case as ``--assume`` takes them: a policy stands there as it is, here as its text."""
    policies = ("-policy", "role-trust")
    told = {address: fact for address, fact in live.items() if "unreadable" not in fact}
    return {
        address: {"text": json.dumps(fact)} if address.split("/")[0].endswith(policies) else fact for address, fact in told.items()
    }


def render(command: List[str], plan: Path, options: List[str]) -> Json:
    options = list(options)
    text = None
    if "--assume" in options:
        at = options.index("--assume") + 1
        text = json.dumps(facts(json.loads(Path(options[at]).read_text())))
        options[at] = "/dev/stdin"
    # Targets say their own accounts.
    fleet = any(line.startswith("targets:") for line in plan.read_text().splitlines())
    home = [] if fleet else ["--account", "111122223333"]
    arguments = [*command, str(plan), *home, *options]
    done = subprocess.run(arguments, input=text, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{plan.relative_to(ROOT)} does not render:\n{done.stderr}")
    return json.loads(done.stdout)


def lint(command: List[str]) -> int:
    exceptions = json.loads(EXCEPTIONS.read_text())
    wrong = list(unfounded(exceptions))
    actions = {exception["action"] for exception in exceptions if "action" in exception}
    conditions = {exception["condition"] for exception in exceptions if "condition" in exception}
    stars = {exception["star"] for exception in exceptions if "star" in exception}
    used: Set[str] = set()
    kinds: Dict[str, int] = {}
    for plan, options in plans():
        for address, document, account, region in documents(render(command, plan, options)):
            kinds[address.split("/")[0]] = kinds.get(address.split("/")[0], 0) + 1
            rest, found = excepted(placed(document, own_resource(address, account, region)), actions)
            used |= found
            for finding in findings(rest) if rest else []:
                silenced = about(finding, conditions, stars) if plan.parent.name != "plans" else set()
                if silenced:
                    used |= silenced
                    continue
                wrong.append(f"{plan.relative_to(ROOT)}: {address}: {finding.issue}: {finding.detail}")
    wrong += [f"exception for {unused}: no plan asks for it" for unused in sorted((actions | conditions | stars) - used)]
    print(f"parliament: {sum(kinds.values())} documents: {', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))}")
    missing = {"bucket-policy", "key-policy", "topic-policy", "function-policy", "role-trust", "role-policy"} - set(kinds)
    wrong += [f"no plan renders a {kind}: this looks at nothing" for kind in sorted(missing)]
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    return 1 if wrong else 0


class SelfTest(unittest.TestCase):
    """The lint can fail."""

    def document(self, **members: Any) -> Json:
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "ses.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::acme-mail/*",
        }
        return {"Version": "2012-10-17", "Statement": [{**statement, **members}]}

    def issues(self, document: Json) -> Set[str]:
        return {finding.issue for finding in findings(document)}

    def test_a_good_document_has_no_findings(self) -> None:
        self.assertEqual(self.issues(self.document()), set())

    def test_what_is_wrong_is_found(self) -> None:
        for members, issue in (
            ({"Action": "s3:PutObjects"}, "UNKNOWN_ACTION"),
            ({"Action": "sss:PutObject"}, "UNKNOWN_PREFIX"),
            ({"Resource": "arn:aws:s3:::acme-mail"}, "RESOURCE_MISMATCH"),
            ({"Resource": "*"}, "RESOURCE_STAR"),
            ({"Principal": {"AWS": "somebody"}}, "UNKNOWN_PRINCIPAL"),
            ({"Condition": {"StringSounds": {"aws:SourceAccount": "1"}}}, "UNKNOWN_OPERATOR"),
            ({"Condition": {"StringEquals": {"s3:nonsense": "1"}}}, "UNKNOWN_CONDITION_FOR_ACTION"),
        ):
            self.assertIn(issue, self.issues(self.document(**members)), members)

    def test_a_policy_is_read_as_that_of_its_resource(self) -> None:
        trust = self.document(Action="sts:AssumeRole")
        del trust["Statement"][0]["Resource"]
        self.assertEqual(self.issues(trust), {"MALFORMED"})
        self.assertEqual(self.issues(placed(trust, own_resource("role-trust/r", "111122223333", "eu-west-1"))), set())
        key = self.document(Action="kms:Decrypt", Resource="*")
        self.assertEqual(self.issues(key), {"RESOURCE_STAR"})
        self.assertEqual(self.issues(placed(key, own_resource("key-policy/alias/mail", "111122223333", "eu-west-1"))), set())
        bucket = self.document(Resource="*")
        self.assertEqual(placed(bucket, own_resource("bucket-policy/b", "111122223333", "eu-west-1")), bucket, "a bucket says its own")

    def test_only_what_is_excepted_is_silenced(self) -> None:
        new = self.document(Action=["ses:NotYetInvented", "s3:PutObject"])
        self.assertEqual(self.issues(new), {"UNKNOWN_ACTION"})
        rest, used = excepted(new, {"ses:NotYetInvented", "ses:NobodyAsks"})
        self.assertEqual((self.issues(rest or {}), used), (set(), {"ses:NotYetInvented"}))
        self.assertEqual(excepted(self.document(Action="ses:NotYetInvented"), {"ses:NotYetInvented"}), (None, {"ses:NotYetInvented"}))
        self.assertEqual(excepted(new, set()), (new, set()))

    def test_a_condition_is_excepted_by_its_whole_name(self) -> None:
        found = findings(self.document(Condition={"StringEquals": {"s3:nonsense": "1"}}))
        self.assertEqual([about(finding, {"s3:nonsense"}, set()) for finding in found], [{"s3:nonsense"}])
        self.assertEqual([about(finding, {"s3:nonsens", "s3:other"}, {"s3:PutObject"}) for finding in found], [set()])

    def test_a_star_is_excepted_for_all_its_actions(self) -> None:
        found = findings(self.document(Action=["s3:PutObject", "s3:GetObject"], Resource="*"))
        self.assertEqual([about(finding, set(), {"s3:PutObject", "s3:GetObject"}) for finding in found], [{"s3:PutObject", "s3:GetObject"}])
        self.assertEqual([about(finding, set(), {"s3:PutObject"}) for finding in found], [set()])

    def test_an_exception_is_for_something_unknown_and_has_a_reason(self) -> None:
        founded = ({"action": "ses:NotYetInvented", "reason": "new"}, {"condition": "s3:nonsense", "reason": "new"}, {"star": "ses:SendEmail", "reason": "so"})
        for exception in founded:
            self.assertEqual(list(unfounded([exception])), [])
        for exception in (
            {"action": "s3:PutObject", "reason": "no reason"},
            {"action": "s3:Put*", "reason": "no reason"},
            {"action": "ses:NotYetInvented", "reason": " "},
            {"action": "ses:NotYetInvented"},
            {"condition": "s3:prefix", "reason": "no reason"},
            {"issue": "RESOURCE_STAR", "reason": "too wide"},
        ):
            self.assertEqual(len(list(unfounded([exception]))), 1, exception)


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        unittest.main(argv=sys.argv[:1])
    if not sys.argv[1:]:
        sys.exit(__doc__)
    sys.exit(lint(sys.argv[1:]))
