"""Parse the command line and call the verb."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from . import paths, server
from .paths import EmulatorError, Home, State
from .setup import setup


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    home = Home(paths.home())
    state = State(Path(getattr(options, "state", None) or paths.default_state()).resolve())
    try:
        return _call(options, home, state)
    except EmulatorError as error:
        print(f"emulator: {error}", file=sys.stderr)
        return 1


def _call(options: argparse.Namespace, home: Home, state: State) -> int:
    verb: str = options.verb
    if verb == "setup":
        setup(home)
    elif verb == "start":
        instance = server.start(home, state, options.port, options.parent, options.timeout)
        print(instance.endpoint)
    elif verb == "run":
        return server.run(home, state, options.port, options.parent, options.timeout)
    elif verb == "wait":
        print(server.wait(state, options.timeout).endpoint)
    elif verb == "stop":
        server.stop(state)
    elif verb == "status":
        found = server.find(state)
        if found is None:
            print("stopped")
            return 3
        print(f"running {found.endpoint} pid {found.pid}")
    elif verb == "prepare":
        from .prepare import Place, prepare

        suffix = options.suffix if options.suffix is not None else f"-{options.account}"
        place = Place(options.endpoint, options.account, options.other, options.region, suffix)
        print(json.dumps(prepare(Path(options.file), place), indent=2))
    elif verb == "policy":
        from .prepare import Place, policy

        print(policy(options.bucket, Place(options.endpoint, options.account, "", options.region, ""), options.put))
    elif verb == "test":
        from . import testing

        return testing.run(home, options.pattern)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="emulator", description="LocalStack with SES receiving.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("setup", help="create the virtualenv (downloads; once)")
    for verb, text in (
        ("start", "start in the background, print the endpoint"),
        ("run", "start in the foreground, print the endpoint"),
        ("wait", "wait for a started instance, print the endpoint"),
        ("stop", "end an instance and remove its state"),
        ("status", "say whether an instance runs (exit 3 if not)"),
    ):
        verb_parser = verbs.add_parser(verb, help=text)
        verb_parser.add_argument("--state", help="state directory of the instance")
        if verb in ("start", "run"):
            verb_parser.add_argument("--port", type=int, default=4566, help="0 takes a free port")
            verb_parser.add_argument("--parent", type=int, help="end when this process ends")
        if verb in ("start", "run", "wait"):
            verb_parser.add_argument("--timeout", type=float, default=server.READY_TIMEOUT)
    made = verbs.add_parser("prepare", help="make what a plan names: buckets, keys, topics, …")
    made.add_argument("file", help="what to make (JSON, see cli/prepare.py)")
    made.add_argument("--other", default="444455556666", help="the account that the file calls ${other}")
    made.add_argument("--suffix", help="the end of bucket names; default: a dash and the account")
    shown = verbs.add_parser("policy", help="print the policy of a bucket, or put one")
    shown.add_argument("bucket")
    shown.add_argument("--put", metavar="DOCUMENT", help="put this one")
    for verb_parser in (made, shown):
        verb_parser.add_argument("--endpoint", required=True, help="URL of a running instance")
        verb_parser.add_argument("--account", required=True, help="the account: twelve digits")
        verb_parser.add_argument("--region", default="eu-west-1")
    test = verbs.add_parser("test", help="run the emulator's own tests")
    test.add_argument("pattern", nargs="?", help="only tests whose name contains this")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
