"""The HTTP endpoints under ``/_test/``; README has the table."""

from __future__ import annotations

import json
from typing import Any

from localstack.http import Request, Response
from localstack.services.edge import ROUTER

from . import faults, health, recorder, settings

_CALL_FILTERS = ("account", "region", "service", "operation", "access", "resource", "error")


def register() -> None:
    ROUTER.add("/_test/health", _health, methods=["GET"])
    ROUTER.add("/_test/calls", _calls, methods=["GET", "DELETE"])
    ROUTER.add("/_test/faults", _faults, methods=["GET", "POST", "DELETE"])
    ROUTER.add("/_test/settings", _settings, methods=["GET", "POST"])
    ROUTER.add("/_test/identities", _identities, methods=["POST"])
    ROUTER.add("/_test/imports/<account>/<region>/<job>", _imports, methods=["PUT"])


def _health(_request: Request) -> Response:
    status, body = health.report()
    return _json(body, status)


def _calls(request: Request) -> Response:
    if request.method == "DELETE":
        recorder.clear(request.args.get("account"))
        return Response(status=204)
    filters = {name: request.args[name] for name in _CALL_FILTERS if name in request.args}
    return _json(recorder.calls(filters, int(request.args.get("since", 0))))


def _faults(request: Request) -> Response:
    if request.method == "GET":
        return _json(faults.listed())
    if request.method == "DELETE":
        fault_id = request.args.get("id")
        faults.clear(request.args.get("account"), int(fault_id) if fault_id else None)
        return Response(status=204)
    try:
        return _json({"id": faults.add(_body(request)).id}, 201)
    except (TypeError, ValueError) as error:
        return _json({"error": str(error)}, 400)


def _settings(request: Request) -> Response:
    account = request.args.get("account", "")
    if not account:
        return _json({"error": "account is missing"}, 400)
    body = _body(request) if request.method == "POST" else {}
    try:
        return _json(settings.change(account, body))
    except ValueError as error:
        return _json({"error": str(error)}, 400)


def _identities(request: Request) -> Response:
    """Set the verification status of an identity, which mail or DNS would do."""
    from ..ses.identities import set_status

    body = _body(request)
    missing = [name for name in ("account", "region", "identity", "status") if not body.get(name)]
    if missing:
        return _json({"error": f"missing: {', '.join(missing)}"}, 400)
    set_status(body["account"], body["region"], body["identity"], body["status"])
    return Response(status=204)


def _imports(request: Request, account: str, region: str, job: str) -> Response:
    """Where the pre-signed URL of an import job leads."""
    from ..mail_manager.imports import upload

    return Response(status=200 if upload(account, region, job, request.get_data()) else 404)


def _body(request: Request) -> dict[str, Any]:
    body = json.loads(request.get_data(as_text=True) or "{}")
    if not isinstance(body, dict):
        raise ValueError("the body is not a JSON object")
    return body


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status=status, mimetype="application/json")
