"""Members of address lists, one by one and by import jobs."""

from __future__ import annotations

import http.client
import json
import time
import unittest
from typing import Any
from urllib.parse import urlparse

from postroom_localstack.mail_manager import addresses

from .mail_manager import MailManagerTest


class Addresses(unittest.TestCase):
    def test_forms_of_the_guide(self) -> None:
        for good in (
            "user@example.com", "example.com", "@example.net", "*@example.com", "123*@example.com",
            "1234567890123456789*@example.com", "local@*.example.com", "*.example.com",
            "local@*.h.g.f.e.d.c.b.example.com", "o'brien+tag@example.com",
        ):  # fmt: skip
            self.assertTrue(addresses.is_address(good), good)

    def test_what_is_none(self) -> None:
        for bad in (
            "ab", "user", "a b@example.com", "user@", "**@example.com", "*@*.example.com", "12*@example.com",
            "12345678901234567890*@example.com", "a*b@example.com", "local@*.com", "local@*example.com",
            "local@*.i.h.g.f.e.d.c.b.example.com", "a@b@example.com", "a" * 309 + "@example.com",
        ):  # fmt: skip
            self.assertFalse(addresses.is_address(bad), bad)


class Members(MailManagerTest):
    def setUp(self) -> None:
        super().setUp()
        self.list = self.address_list()

    def register(self, *members: str) -> None:
        for member in members:
            self.mm.register_member_to_address_list(AddressListId=self.list, Address=member)

    def members(self, **more: Any) -> list[str]:
        found = self.mm.list_members_of_address_list(AddressListId=self.list, **more)
        return [member["Address"] for member in found["Addresses"]]

    def test_register_get_deregister(self) -> None:
        self.register("a@example.com", "*@example.net", "a@example.com")
        self.assertEqual({"a@example.com", "*@example.net"}, set(self.members()))
        found = self.mm.get_member_of_address_list(AddressListId=self.list, Address="*@example.net")
        self.assertEqual("*@example.net", found["Address"])
        self.assertIn("CreatedTimestamp", found)
        for _ in range(2):
            self.mm.deregister_member_from_address_list(AddressListId=self.list, Address="a@example.com")
        self.refused(
            "ResourceNotFoundException",
            self.mm.get_member_of_address_list,
            AddressListId=self.list,
            Address="a@example.com",
        )
        self.assertEqual(["*@example.net"], self.members())

    def test_filter_and_pages(self) -> None:
        self.register(*(f"a{number}@example.com" for number in range(5)), "b@example.com")
        self.assertEqual(5, len(self.members(Filter={"AddressPrefix": "a"})))
        self.assertEqual([], self.members(Filter={"AddressPrefix": "c"}))
        page = self.mm.list_members_of_address_list(
            AddressListId=self.list, Filter={"AddressPrefix": "a"}, PageSize=3
        )
        rest = self.members(Filter={"AddressPrefix": "a"}, NextToken=page["NextToken"])
        self.assertEqual((3, 2), (len(page["Addresses"]), len(rest)))
        # A token goes with its filter.
        self.refused("ValidationException", self.members, NextToken=page["NextToken"])
        self.members(PageSize=1000)
        self.refused("ValidationException", self.members, PageSize=1001)

    def test_refusals(self) -> None:
        self.refused("ValidationException", self.register, "no address")
        self.refused("ValidationException", self.register, "a" * 321)
        gone, self.list = self.list, "al-none"
        self.refused("ResourceNotFoundException", self.register, "a@example.com")
        self.refused("ResourceNotFoundException", self.members)
        self.list = gone

    def test_members_go_with_the_list(self) -> None:
        self.register("a@example.com")
        self.mm.delete_address_list(AddressListId=self.list)
        self.list = self.address_list()
        self.assertEqual([], self.members())


class Imports(MailManagerTest):
    def setUp(self) -> None:
        super().setUp()
        self.list = self.address_list()

    def job(self, kind: str, body: str | None) -> str:
        made = self.mm.create_address_list_import_job(
            AddressListId=self.list, Name="job", ImportDataFormat={"ImportDataType": kind}
        )
        if body is not None:
            self.assertEqual(200, _put(made["PreSignedUrl"], body))
        return str(made["JobId"])

    def run_job(self, kind: str, body: str | None) -> dict[str, Any]:
        job = self.job(kind, body)
        self.assertEqual("CREATED", self.get(job)["Status"])
        self.mm.start_address_list_import_job(JobId=job)
        deadline = time.monotonic() + 10
        while self.get(job)["Status"] == "PROCESSING":
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        return self.get(job)

    def get(self, job: str) -> dict[str, Any]:
        return dict(self.mm.get_address_list_import_job(JobId=job))

    def members(self) -> set[str]:
        found = self.mm.list_members_of_address_list(AddressListId=self.list)["Addresses"]
        return {member["Address"] for member in found}

    def test_both_formats(self) -> None:
        found = self.run_job("CSV", "address\na@example.com\n*@example.net\nnone\n")
        self.assertEqual(
            ("COMPLETED", 2, 1), tuple(found[n] for n in ("Status", "ImportedItemsCount", "FailedItemsCount"))
        )
        self.run_job("JSON", json.dumps({"items": [{"address": "b@example.com"}]}))
        self.assertEqual({"a@example.com", "*@example.net", "b@example.com"}, self.members())
        jobs = self.mm.list_address_list_import_jobs(AddressListId=self.list)["ImportJobs"]
        self.assertEqual(["COMPLETED", "COMPLETED"], [job["Status"] for job in jobs])

    def test_files_that_are_none(self) -> None:
        for kind, body in (("CSV", "a@example.com\n"), ("JSON", "[]"), ("JSON", "{"), ("CSV", None)):
            with self.subTest(kind=kind, body=body):
                found = self.run_job(kind, body)
                self.assertEqual("FAILED", found["Status"])
                self.assertIn("Error", found)
        self.assertEqual(set(), self.members())

    def test_stopping(self) -> None:
        self.settings(import_seconds=600)
        job = self.job("CSV", "address\na@example.com\n")
        self.refused("ConflictException", self.mm.stop_address_list_import_job, JobId=job)
        self.mm.start_address_list_import_job(JobId=job)
        self.refused("ConflictException", self.mm.start_address_list_import_job, JobId=job)
        self.mm.stop_address_list_import_job(JobId=job)
        self.settings(import_seconds=0)
        self.assertEqual("STOPPED", self.get(job)["Status"])
        self.assertEqual(set(), self.members())

    def test_what_is_not_there(self) -> None:
        job = self.job("CSV", None)
        self.mm.delete_address_list(AddressListId=self.list)
        self.refused("ResourceNotFoundException", self.get, job)
        self.refused("ResourceNotFoundException", self.job, "CSV", None)


def _put(url: str, body: str) -> int:
    place = urlparse(url)
    connection = http.client.HTTPConnection(place.netloc, timeout=30)
    try:
        connection.request("PUT", place.path, body)
        return connection.getresponse().status
    finally:
        connection.close()
