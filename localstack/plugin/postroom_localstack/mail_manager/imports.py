"""Import jobs of address lists: create, upload, start, wait (ses/latest/dg/address-lists.html)."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable
from typing import Any

from . import addresses, errors, paging
from .call import Answer, Call, Request
from .kinds import ADDRESS_LIST
from .store import Job, Store, now, store_of, word

CREATED, PROCESSING, COMPLETED, FAILED, STOPPED = "CREATED", "PROCESSING", "COMPLETED", "FAILED", "STOPPED"


def create(call: Call, request: Request) -> Answer:
    """The URL leads to the emulator instead of a bucket of AWS."""
    call.item(ADDRESS_LIST, request["AddressListId"])
    # "job-123456789" in the guide.
    job = Job(f"job-{word(12)}", request["AddressListId"], {})
    job.members = {
        "JobId": job.id,
        "Name": request["Name"],
        "PreSignedUrl": f"{call.url}/_test/imports/{call.account}/{call.region}/{job.id}",
        "ImportDataFormat": dict(request["ImportDataFormat"]),
        "AddressListId": request["AddressListId"],
        "CreatedTimestamp": now(),
    }
    call.store.jobs[job.id] = job
    return {"JobId": job.id, "PreSignedUrl": job.members["PreSignedUrl"]}


def upload(account: str, region: str, job_id: str, body: bytes) -> bool:
    """What the pre-signed URL does; False if there is no such job."""
    store = store_of(account, region)
    with store.lock:
        job = store.jobs.get(job_id)
        if job is None:
            return False
        job.upload = body
        return True


def start(call: Call, request: Request) -> Answer:
    job = _job(call, request)
    _expect(job, CREATED)
    job.status, job.since = PROCESSING, time.monotonic()
    job.members["StartTimestamp"] = now()
    return {}


def stop(call: Call, request: Request) -> Answer:
    job = _job(call, request)
    _expect(job, PROCESSING)
    _finish(job, STOPPED)
    return {}


def get(call: Call, request: Request) -> Answer:
    return _shown(_job(call, request))


def list_jobs(call: Call, request: Request) -> Answer:
    item = call.item(ADDRESS_LIST, request["AddressListId"])
    jobs = sorted((job for job in call.store.jobs.values() if job.list_id == item.id), key=lambda job: job.id)
    page = paging.page(call, request, jobs, key=lambda job: job.id)
    return page.answer("ImportJobs", [_shown(job) for job in page.items])


def settle(store: Store, seconds: float) -> None:
    """Do the work of the jobs that have been processing for long enough."""
    for job in store.jobs.values():
        if job.status == PROCESSING and time.monotonic() - job.since >= seconds:
            _run(store, job)


def _run(store: Store, job: Job) -> None:
    """Addresses that are none or too many are counted as failed, the others are added (assumed)."""
    try:
        found = _PARSERS[job.members["ImportDataFormat"]["ImportDataType"]]((job.upload or b"").decode())
    except ValueError as error:
        job.members["Error"] = str(error)
        _finish(job, FAILED)
        return
    item = store.items[job.list_id]
    good = sum(addresses.is_address(address) and addresses.add(item, address) for address in found)
    job.members["ImportedItemsCount"] = good
    job.members["FailedItemsCount"] = len(found) - good
    _finish(job, COMPLETED)


def _csv(text: str) -> list[str]:
    """The guide: "Note that the header, `address`, is required"."""
    rows = csv.DictReader(io.StringIO(text))
    if "address" not in (rows.fieldnames or ()):
        raise ValueError("The file has no column with the header address")
    return [row["address"] or "" for row in rows]


def _json(text: str) -> list[str]:
    try:
        return [str(item["address"]) for item in json.loads(text)["items"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError("The file has no items with an address") from error


_PARSERS: dict[str, Callable[[str], list[str]]] = {"CSV": _csv, "JSON": _json}


def _job(call: Call, request: Request) -> Job:
    job = call.store.jobs.get(request["JobId"])
    if job is None:
        raise errors.not_found("ImportJob", request["JobId"])
    return job


def _expect(job: Job, status: str) -> None:
    """The model lists ConflictException for both; that this is its reason is assumed."""
    if job.status != status:
        raise errors.conflict(f"ImportJob {job.id} is {job.status}, not {status}")


def _finish(job: Job, status: str) -> None:
    job.status = status
    job.members["CompletedTimestamp"] = now()


def _shown(job: Job) -> dict[str, Any]:
    return {**job.members, "Status": job.status}
