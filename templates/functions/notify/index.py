"""Tell the datacenter that a result is ready, and send the original to the archive.

Input: EventBridge's `Object Created` event of the results bucket. An analysis writes one
object, KEY/VERSION.tar.gz, so one event means one finished analysis, and the name alone
says which original it came from: the function reads no data.
Output: the tag patternbook:archive=true on that version of the original, which a lifecycle
rule of the intake bucket turns into a move to Glacier, and one message on the topic.
The tag replaces all others on the object: the sender may not tag, so there are none to
keep, and the function needs no right to read them.
"""

import json
import os
from typing import Any

import boto3

SUFFIX = ".tar.gz"

s3 = boto3.client("s3")
sns = boto3.client("sns")


def result_of(event: Any) -> dict[str, Any]:
    """The result that the event announces."""
    try:
        if (event["source"], event["detail-type"]) != ("aws.s3", "Object Created"):
            raise ValueError(f"not an object's creation in S3: {event['detail-type']!r}")
        bucket, item = event["detail"]["bucket"]["name"], event["detail"]["object"]
        found = {"bucket": bucket, "key": item["key"], "version": item.get("version-id", "null")}
        size = item["size"]
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not an S3 event of EventBridge: {error!r}") from error
    if not all(isinstance(part, str) and part for part in found.values()):
        raise ValueError("not an S3 event of EventBridge: a field is empty or not text")
    return {**found, "size": size}


def original_of(key: str) -> dict[str, str]:
    """The original that a result's name points back to."""
    original, _, version = key.removesuffix(SUFFIX).rpartition("/")
    if not (key.endswith(SUFFIX) and original and version):
        raise ValueError(f"not named as a result, KEY/VERSION{SUFFIX}: {key!r}")
    return {"bucket": os.environ["INTAKE_BUCKET"], "key": original, "version": version}


def handler(event: Any, _context: Any) -> dict[str, Any]:
    result = result_of(event)
    original = original_of(result["key"])
    # The archive goes first because tagging twice changes nothing, while publishing twice is two
    # messages: whichever call fails, the retry repeats only what is harmless.
    s3.put_object_tagging(
        Bucket=original["bucket"],
        Key=original["key"],
        VersionId=original["version"],
        Tagging={"TagSet": [{"Key": "patternbook:archive", "Value": "true"}]},
    )
    notice = {"message": "result ready", "result": result, "original": original}
    sns.publish(TopicArn=os.environ["TOPIC_ARN"], Subject="Analysis result ready", Message=json.dumps(notice))
    print(json.dumps(notice))
    return notice
