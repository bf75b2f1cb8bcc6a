"""Launch one analysis instance for one object that arrived in the intake bucket.

Input: EventBridge's `Object Created` event of S3 (its keys are not URL-encoded).
Output: one instance of the launch template in the private subnet. It learns where the
data is from its own tags, read through instance metadata, so no object key ever becomes
part of a script. A key may be 1024 bytes of anything and a tag value only 256 characters,
so the key travels in base64url, cut into the tags patternbook:key-1 to key-N.
The result will be named KEY/VERSION.tar.gz. A key too long for that, or one that cannot
reach the instance exactly, is refused before an instance is paid for: an error of the function.
"""

import base64
import hashlib
import json
import os
from typing import Any

import boto3

TAG_VALUE = 256  # characters that EC2 accepts in one tag's value
S3_KEY = 1024  # bytes that S3 accepts in one object's key

ec2 = boto3.client("ec2")


def arrival(event: Any) -> tuple[str, str, str, str]:
    """Bucket, key, version and sequencer of the object; `null` is S3's name for "not versioned"."""
    try:
        if (event["source"], event["detail-type"]) != ("aws.s3", "Object Created"):
            raise ValueError(f"not an object's creation in S3: {event['detail-type']!r}")
        bucket, item = event["detail"]["bucket"]["name"], event["detail"]["object"]
        found = bucket, item["key"], item.get("version-id", "null"), item["sequencer"]
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not an S3 event of EventBridge: {error!r}") from error
    if not all(isinstance(part, str) and part for part in found):
        raise ValueError("not an S3 event of EventBridge: a field is empty or not text")
    return found


def tags(bucket: str, key: str, version: str) -> dict[str, str]:
    """What the instance is told. Every character must survive, or the object is refused."""
    # On the instance, an argument ends at a NUL byte and the AWS CLI reads file:// as "load this file".
    if "\0" in key or key.startswith(("file://", "fileb://")):
        raise ValueError(f"the instance cannot be told this key: {key!r}")
    if len(f"{key}/{version}.tar.gz".encode()) > S3_KEY:
        raise ValueError(f"the result's name KEY/VERSION.tar.gz would pass {S3_KEY} bytes: {key!r}")
    coded = base64.urlsafe_b64encode(key.encode()).decode()
    parts = [coded[at : at + TAG_VALUE] for at in range(0, len(coded), TAG_VALUE)]
    told = {
        "intake": bucket,
        "results": os.environ["RESULTS_BUCKET"],
        "version": version,
        "max-minutes": os.environ["MAX_MINUTES"],
        "key-parts": str(len(parts)),
    }
    told |= {f"key-{number}": part for number, part in enumerate(parts, start=1)}
    return {f"patternbook:{name}": value for name, value in told.items()}


def handler(event: Any, _context: Any) -> dict[str, str]:
    arrived = arrival(event)
    bucket, key, version, _sequencer = arrived
    reply = ec2.run_instances(
        LaunchTemplate={
            "LaunchTemplateId": os.environ["LAUNCH_TEMPLATE_ID"],
            "Version": os.environ["LAUNCH_TEMPLATE_VERSION"],
        },
        SubnetId=os.environ["SUBNET_ID"],
        MinCount=1,
        MaxCount=1,
        # Events come at least once. The same arrival gives the same token, and EC2 launches once per token.
        ClientToken=hashlib.sha256(json.dumps(arrived).encode()).hexdigest(),
        TagSpecifications=[
            {
                "ResourceType": "instance",
                "Tags": [{"Key": name, "Value": value} for name, value in tags(bucket, key, version).items()],
            }
        ],
    )
    launched = {"instance": reply["Instances"][0]["InstanceId"], "bucket": bucket, "key": key, "version": version}
    print(json.dumps({"message": "launched", **launched}))
    return launched
