"""The calls of a plan, made with boto3: one client for each service, one call behind the other, or with --threads side by side.

CALLS.json: [{"service": "s3", "operation": "GetBucketPolicy", "region": "eu-west-1", "parameters": {"Bucket": "acme-mail"}}, …]
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError


def main() -> None:
    threads = "--threads" in sys.argv
    with open(sys.argv[1], encoding="utf-8") as file:
        calls = json.load(file)
    session = boto3.Session()
    config = Config(max_pool_connections=32)
    places = {(call["service"], call["region"]) for call in calls}
    clients = {place: session.client(place[0], region_name=place[1], config=config) for place in places}

    def read(call: dict) -> dict | None:
        client = clients[call["service"], call["region"]]
        try:
            return getattr(client, xform_name(call["operation"]))(**call["parameters"])
        except ClientError as error:
            # What is not there, or another account's, is an answer, too.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (301, 400, 403, 404):
                return None
            raise

    if threads:
        with ThreadPoolExecutor(max_workers=32) as pool:
            answers = list(pool.map(read, calls))
    else:
        answers = [read(call) for call in calls]
    print(len(answers), "answers")


main()
