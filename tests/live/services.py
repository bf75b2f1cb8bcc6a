"""What of buckets and topics moto's CloudFormation leaves out, made by the calls that CloudFormation makes itself.

Each is given the deployment, the properties with ids for names, and what the resource is called where moto made it.
"""

import json

from aws import client

# What AWS gives a bucket of which nothing else is said:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
CLOSED = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True)
OWNED = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def bucket(deployment, properties, name):
    """moto makes the bucket, and nothing of what it is like but its name and its tags."""
    s3 = client("s3")
    s3.put_public_access_block(
        Bucket=name, PublicAccessBlockConfiguration=properties.get("PublicAccessBlockConfiguration", CLOSED)
    )
    s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=properties.get("OwnershipControls", OWNED))
    if "LifecycleConfiguration" in properties:
        rules = [lifecycle(it) for it in properties["LifecycleConfiguration"]["Rules"]]
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    match properties.get("NotificationConfiguration"):
        case {"EventBridgeConfiguration": {"EventBridgeEnabled": True}, **rest} if not rest:
            s3.put_bucket_notification_configuration(
                Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
            )
            # moto takes it and tells nothing of it.
            deployment.kept.tell_event_bridge.add(f"arn:aws:s3:::{name}")
        case None:
            pass
        case other:
            raise AssertionError(f"this test does not know the notifications {other}")


def lifecycle(rule):
    """A rule of a template as the API has it."""
    made = {"ID": rule["Id"], "Status": rule["Status"], "Filter": {"Prefix": ""}}
    if "TagFilters" in rule:
        (tag,) = rule["TagFilters"]
        made["Filter"] = {"Tag": tag}
    for name in ("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration"):
        if name in rule:
            made[name] = rule[name]
    for name, days in (("Transitions", "Days"), ("NoncurrentVersionTransitions", "NoncurrentDays")):
        if name in rule:
            made[name] = [{"StorageClass": it["StorageClass"], days: it["TransitionInDays"]} for it in rule[name]]
    return made


def bucket_policy(_, properties, __):
    client("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=json.dumps(properties["PolicyDocument"]))


def topic_policy(_, properties, __):
    for topic in properties["Topics"]:
        client("sns").set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(properties["PolicyDocument"])
        )


def subscription(_, properties, __):
    made = client("sns").subscribe(
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Endpoint=properties["Endpoint"],
        ReturnSubscriptionArn=True,
    )
    return made["SubscriptionArn"]


BY_HAND = {
    "AWS::S3::Bucket": bucket,
    "AWS::S3::BucketPolicy": bucket_policy,
    "AWS::SNS::Subscription": subscription,
    "AWS::SNS::TopicPolicy": topic_policy,
}
