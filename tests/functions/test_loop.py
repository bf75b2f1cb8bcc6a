"""The closed loop of `aws-analytics-loop`, on moto: a file arrives, an instance starts, a result
goes out, the original goes to the archive. The instance's own script runs in a real bash.

Run: python -m unittest discover tests/functions   (or pytest tests/functions)
"""

import base64
import hashlib
import importlib.util
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import unittest
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

import boto3
from moto import mock_aws

FUNCTIONS = Path(__file__).parents[2] / "templates" / "functions"
BOOTSTRAP = FUNCTIONS / "bootstrap.sh"
REGION = "eu-central-1"
SUFFIX = ".tar.gz"

# What the roles of the pattern allow. A call outside these fails in the cloud and so must fail here.
ACTIONS = {
    "launch": {"ec2:RunInstances", "ec2:CreateTags"},
    "notify": {"s3:PutObjectTagging", "s3:PutObjectVersionTagging", "sns:Publish"},
}

HOSTILE_KEYS = [
    "plain.csv",
    "two words/and  two.csv",
    "a+b%20c&d=e?f#g",
    "Größe/数据/🧾.csv",
    "$(touch PWNED).csv",
    "`touch PWNED`",
    "'; touch PWNED; '",
    '"; touch PWNED; "',
    "a[$(touch PWNED)]",
    "--help",
    "-rf *",
    "file/file:///etc/hostname",
    "s3://elsewhere/key",
    "/leading//double/../dots/",
    "ends in newline\n",
    "\r\n#!/bin/sh\ttouch PWNED",
    "x" * 900,
    "é" * 490,
]


def load(name):
    """The function's module, loaded as a cold start loads it."""
    spec = importlib.util.spec_from_file_location(f"{name}_index", FUNCTIONS / name / "index.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def created(bucket, key, put, size):
    """The event that EventBridge makes of one PutObject."""
    item = {"key": key, "size": size, "etag": put["ETag"].strip('"'), "sequencer": "00617F08299329D189"}
    if "VersionId" in put:
        item["version-id"] = put["VersionId"]
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "123456789012",
        "time": "2026-01-02T03:04:05Z",
        "region": REGION,
        "resources": [f"arn:aws:s3:::{bucket}"],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket},
            "object": item,
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "123456789012",
            "reason": "PutObject",
        },
    }


def actions(service, operation, params):
    """The IAM actions that one call needs."""
    needed = {f"{service}:{operation}"}
    if operation == "RunInstances" and params.get("TagSpecifications"):
        needed.add("ec2:CreateTags")
    if service == "s3" and params.get("VersionId"):
        needed.add("s3:" + operation.replace("Object", "ObjectVersion"))
    return needed


class Loop(unittest.TestCase):
    """An account with the pattern deployed in it."""

    def setUp(self):
        environment = {
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            # moto's catalogue of images takes seconds to load, for every test.
            "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
        }
        self.enter(mock.patch.dict(os.environ, environment))
        self.enter(mock_aws())
        boto3.setup_default_session()
        self.addCleanup(boto3.setup_default_session)
        self.calls = []
        self.network()
        self.storage()
        self.topic()
        os.environ |= {
            "LAUNCH_TEMPLATE_ID": self.template,
            "LAUNCH_TEMPLATE_VERSION": "1",
            "SUBNET_ID": self.subnet,
            "RESULTS_BUCKET": "results",
            "INTAKE_BUCKET": "intake",
            "MAX_MINUTES": "60",
            "TOPIC_ARN": self.topic_arn,
        }
        self.launch = self.function("launch", ["ec2"])
        self.notify = self.function("notify", ["s3", "sns"])

    def enter(self, context):
        self.addCleanup(context.__exit__, None, None, None)
        return context.__enter__()

    def network(self):
        self.ec2 = boto3.client("ec2")
        vpc = self.ec2.create_vpc(CidrBlock="10.30.0.0/24")["Vpc"]["VpcId"]
        self.subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.30.0.0/26")["Subnet"]["SubnetId"]
        self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.30.0.64/26")
        self.group = self.ec2.create_security_group(VpcId=vpc, GroupName="analysis", Description="analysis")["GroupId"]
        image = self.ec2.register_image(Name="analysis")["ImageId"]
        self.template = self.ec2.create_launch_template(
            LaunchTemplateName="analysis",
            LaunchTemplateData={
                "ImageId": image,
                "InstanceType": "m7g.large",
                "SecurityGroupIds": [self.group],
                "InstanceInitiatedShutdownBehavior": "terminate",
                "MetadataOptions": {"HttpTokens": "required", "InstanceMetadataTags": "enabled"},
                "UserData": base64.b64encode(BOOTSTRAP.read_bytes()).decode(),
            },
        )["LaunchTemplate"]["LaunchTemplateId"]

    def storage(self):
        self.s3 = boto3.client("s3")
        for bucket in ("intake", "results"):
            self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.s3.put_bucket_versioning(Bucket="intake", VersioningConfiguration={"Status": "Enabled"})

    def topic(self):
        sns, self.sqs = boto3.client("sns"), boto3.client("sqs")
        self.topic_arn = sns.create_topic(Name="results")["TopicArn"]
        self.queue = self.sqs.create_queue(QueueName="datacenter")["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=self.topic_arn, Protocol="sqs", Endpoint=arn)

    def function(self, name, clients):
        """The handler, with every call of its clients held against the role's actions."""
        module = load(name)

        def record(params, model, **_):
            service = model.service_model.service_name
            self.calls.append((name, model.name, params))
            self.assertLessEqual(actions(service, model.name, params), ACTIONS[name])

        for client in clients:
            getattr(module, client).meta.events.register("before-parameter-build.*.*", record)

        def handler(event):
            with redirect_stdout(io.StringIO()) as log:
                answer = module.handler(event, None)
            self.assertEqual(len(log.getvalue().splitlines()), 1, "one structured line in the log")
            self.assertLessEqual(answer.items(), ({"message": None} | json.loads(log.getvalue())).items())
            return answer

        return handler

    def put(self, bucket, key, body=b"a,b\n1,2\n"):
        return created(bucket, key, self.s3.put_object(Bucket=bucket, Key=key, Body=body), len(body))

    def instances(self):
        return [i for r in self.ec2.describe_instances()["Reservations"] for i in r["Instances"]]

    def messages(self):
        received = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(json.loads(message["Body"])["Message"]) for message in received]

    def tags_of(self, key, version):
        return self.s3.get_object_tagging(Bucket="intake", Key=key, VersionId=version)["TagSet"]


def told(instance):
    return {tag["Key"]: tag["Value"] for tag in instance["Tags"] if tag["Key"].startswith("patternbook:")}


def key_in(tags):
    parts = (tags[f"patternbook:key-{n + 1}"] for n in range(int(tags["patternbook:key-parts"])))
    return base64.urlsafe_b64decode("".join(parts)).decode()


class Launch(Loop):
    def test_an_object_starts_one_instance_in_the_private_subnet(self):
        event = self.put("intake", "2026/report.csv")
        answer = self.launch(event)
        (instance,) = self.instances()
        self.assertEqual(instance["InstanceId"], answer["instance"])
        self.assertEqual(instance["SubnetId"], self.subnet)
        self.assertEqual([group["GroupId"] for group in instance["SecurityGroups"]], [self.group])
        self.assertEqual(instance["InstanceType"], "m7g.large")
        self.assertNotIn("PublicIpAddress", instance)
        self.assertEqual(
            told(instance),
            {
                "patternbook:intake": "intake",
                "patternbook:results": "results",
                "patternbook:version": event["detail"]["object"]["version-id"],
                "patternbook:max-minutes": "60",
                "patternbook:key-parts": "1",
                "patternbook:key-1": base64.urlsafe_b64encode(b"2026/report.csv").decode(),
            },
        )

    def test_it_asks_for_that_template_and_leaves_the_script_alone(self):
        self.launch(self.put("intake", "report.csv"))
        ((_, operation, params),) = self.calls
        self.assertEqual(operation, "RunInstances")
        self.assertEqual(params["LaunchTemplate"], {"LaunchTemplateId": self.template, "Version": "1"})
        self.assertEqual(
            set(params),
            {"LaunchTemplate", "SubnetId", "MinCount", "MaxCount", "ClientToken", "TagSpecifications"},
        )

    def test_a_repeated_event_repeats_the_request_to_the_letter(self):
        # EC2 then launches nothing new. moto does not honour the token, so the request itself is compared.
        event = self.put("intake", "report.csv")
        self.launch(event)
        self.launch(json.loads(json.dumps(event)) | {"id": "another-delivery"})
        first, second = (params for _, _, params in self.calls)
        self.assertEqual(first, second)
        self.assertRegex(first["ClientToken"], r"^[0-9a-f]{64}$")

    def test_another_arrival_is_another_launch(self):
        again = self.put("intake", "report.csv")
        again["detail"]["object"]["sequencer"] = "00617F08299329D18A"
        del again["detail"]["object"]["version-id"]
        unversioned = json.loads(json.dumps(again))
        unversioned["detail"]["object"]["sequencer"] = "00617F08299329D18B"
        for event in (self.put("intake", "report.csv"), self.put("intake", "report.csv"), again, unversioned):
            self.launch(event)
        self.assertEqual(len({params["ClientToken"] for _, _, params in self.calls}), 4)

    def test_every_key_arrives_exactly_and_in_characters_that_metadata_serves(self):
        for key in HOSTILE_KEYS:
            with self.subTest(key=key):
                self.launch(self.put("intake", key))
                tags = told(self.instances()[-1])
                self.assertEqual(key_in(tags), key)
                for name, value in tags.items():
                    self.assertRegex(name, r"^[A-Za-z0-9+=.,_:@-]{1,127}$")
                    self.assertRegex(value, r"^[A-Za-z0-9_=.-]{1,256}$")

    def test_a_key_that_cannot_make_the_whole_way_is_refused_before_a_launch(self):
        room = 1024 - len("/" + "v" * 32 + SUFFIX)
        event = self.put("intake", "k" * room)
        event["detail"]["object"]["version-id"] = "v" * 32
        self.launch(event)
        for key in ("k" * (room + 1), "k" * 1024, "é" * 512, "nul\0byte", "half a pair \ud83e", "file:///etc/passwd", "fileb://x"):
            with self.subTest(key=key), self.assertRaises(ValueError):
                event["detail"]["object"]["key"] = key
                self.launch(event)
        self.assertEqual(len(self.instances()), 1)


class Notify(Loop):
    def setUp(self):
        super().setUp()
        self.original = self.put("intake", "2026/report.csv")["detail"]["object"]
        self.result = f"2026/report.csv/{self.original['version-id']}{SUFFIX}"

    def test_a_result_is_announced_and_its_original_marked_for_the_archive(self):
        self.notify(self.put("results", self.result, b"123"))
        self.assertEqual(
            self.messages(),
            [
                {
                    "message": "result ready",
                    "result": {"bucket": "results", "key": self.result, "version": "null", "size": 3},
                    "original": {"bucket": "intake", "key": "2026/report.csv", "version": self.original["version-id"]},
                }
            ],
        )
        self.assertEqual(
            self.tags_of("2026/report.csv", self.original["version-id"]),
            [{"Key": "patternbook:archive", "Value": "true"}],
        )

    def test_a_newer_upload_under_the_same_key_is_not_archived_unread(self):
        newer = self.put("intake", "2026/report.csv", b"newer")["detail"]["object"]["version-id"]
        self.notify(self.put("results", self.result))
        self.assertEqual(self.tags_of("2026/report.csv", newer), [])
        self.assertNotEqual(self.tags_of("2026/report.csv", self.original["version-id"]), [])

    def test_an_intake_without_versions_works_too(self):
        boto3.client("s3").create_bucket(
            Bucket="plain", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        event = self.put("plain", "report.csv")
        self.launch(event)
        self.assertEqual(told(self.instances()[0])["patternbook:version"], "null")
        os.environ["INTAKE_BUCKET"] = "plain"
        self.notify(self.put("results", f"report.csv/null{SUFFIX}"))
        tags = self.s3.get_object_tagging(Bucket="plain", Key="report.csv")["TagSet"]
        self.assertEqual(tags, [{"Key": "patternbook:archive", "Value": "true"}])

    def test_nothing_is_announced_that_could_not_be_archived(self):
        # So a retry after a failure never announces the same result twice.
        with self.assertRaises(self.s3.exceptions.ClientError):
            self.notify(self.put("results", f"never/arrived.csv/v1{SUFFIX}"))
        self.assertEqual(self.messages(), [])

    def test_a_repeated_event_leaves_one_tag(self):
        event = self.put("results", self.result)
        self.notify(event)
        self.notify(event)
        self.assertEqual(len(self.tags_of("2026/report.csv", self.original["version-id"])), 1)

    def test_an_object_not_named_as_a_result_is_refused(self):
        for key in ("report.csv", SUFFIX, "/", f"/v1{SUFFIX}", f"report.csv/{SUFFIX}", f"report{SUFFIX}", "a/b/v1.tar"):
            with self.subTest(key=key), self.assertRaisesRegex(ValueError, "not named as a result"):
                self.notify(self.put("results", key))
        self.assertEqual((self.calls, self.messages()), ([], []))


class Malformed(Loop):
    def test_what_is_no_event_of_s3_is_refused_before_any_call(self):
        good = self.put("intake", "report.csv/v1.tar.gz")
        broken = [None, [], "text", {}, {"Records": []}, good | {"source": "aws.ec2"}]
        broken += [good | {"detail-type": "Object Deleted"}, good | {"detail": None}, good | {"detail": {}}]
        broken += [good | {"detail": {"bucket": {"name": "intake"}, "object": {}}}]
        broken += [good | {"detail": good["detail"] | {"object": {"key": 7, "size": 1, "sequencer": "1"}}}]
        for event in broken:
            for handler in (self.launch, self.notify):
                with self.subTest(event=event), self.assertRaises(ValueError):
                    handler(event)
        self.assertEqual(self.calls, [])


class Inline(unittest.TestCase):
    def test_the_code_fits_where_a_template_carries_it(self):
        for name in ACTIONS:
            self.assertLess(len((FUNCTIONS / name / "index.py").read_text()), 4096, "CloudFormation's ZipFile")
        self.assertLess(len(BOOTSTRAP.read_bytes()), 16384, "EC2's user data")


CURL = """#!{python} -IS
# Instance metadata: version 2 only, and only what this instance was told.
import json, os, sys
url = sys.argv[-1].removeprefix("http://169.254.169.254/latest/")
paths = json.load(open(os.environ["FAKE_METADATA"]))
if url == "api/token" and "PUT" in sys.argv:
    print("TOKEN", end="")
elif "X-aws-ec2-metadata-token: TOKEN" in sys.argv and url.removeprefix("meta-data/") in paths:
    print(paths[url.removeprefix("meta-data/")], end="")
else:
    sys.exit(22)
"""

AWS = """#!{python} -IS
# S3: says what it was asked, gives the one object, takes the one result.
import json, os, shutil, sys
with open(os.environ["FAKE_LOG"], "a") as log:
    print(json.dumps(["aws", os.environ["AWS_DEFAULT_REGION"], *sys.argv[1:]]), file=log)
if sys.argv[2] == os.environ.get("FAKE_FAILURE"):
    sys.exit("fatal error: Access Denied")
if sys.argv[2] == "get-object":
    shutil.copy(os.environ["FAKE_INPUT"], sys.argv[-1])
else:
    shutil.copy(sys.argv[-2], os.environ["FAKE_RESULT"])
"""

SHUTDOWN = """#!{python} -IS
import json, os, sys
with open(os.environ["FAKE_LOG"], "a") as log:
    print(json.dumps(["shutdown", *sys.argv[1:]]), file=log)
"""


class Instance(Loop):
    """bootstrap.sh in a real bash. Its commands that would reach outside are stand-ins on PATH."""

    def setUp(self):
        super().setUp()
        self.home = Path(self.enter(tempfile.TemporaryDirectory()))
        self.bin = self.home / "bin"
        self.bin.mkdir()
        # poweroff is the script's last resort: without a stand-in, a mistake here would stop the machine.
        for name, text in {"curl": CURL, "aws": AWS, "shutdown": SHUTDOWN, "poweroff": SHUTDOWN}.items():
            self.script(self.bin / name, text.format(python=sys.executable))
        (self.home / "input").write_bytes(b"a,b\n1,2\n")

    def script(self, path, text):
        path.write_text(text)
        path.chmod(0o755)

    def started(self, key):
        """What the metadata of the instance launched for this key says."""
        event = self.put("intake", key)
        self.launch(event)
        metadata = {f"tags/instance/{name}": value for name, value in told(self.instances()[-1]).items()}
        return event["detail"]["object"]["version-id"], metadata | {"placement/region": REGION}

    def boot(self, metadata, **environment):
        """Run the script to its end: status, console and the commands it gave, in order."""
        (self.home / "metadata").write_text(json.dumps(metadata))
        (self.home / "log").write_text("")
        (self.home / "result").unlink(missing_ok=True)
        ran = subprocess.run(
            ["bash", str(BOOTSTRAP)],
            cwd=self.home,
            env={
                "PATH": f"{self.bin}:/usr/bin:/bin",
                "TMPDIR": str(self.home),
                "FAKE_METADATA": str(self.home / "metadata"),
                "FAKE_LOG": str(self.home / "log"),
                "FAKE_INPUT": str(self.home / "input"),
                "FAKE_RESULT": str(self.home / "result"),
                "PATTERNBOOK_ANALYSIS": str(self.home / "none"),
            }
            | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        log = [json.loads(line) for line in (self.home / "log").read_text().splitlines()]
        self.assertFalse((self.home / "PWNED").exists(), "the key was executed")
        self.assertIn(["shutdown", "-h", "now"], log[-1:], "power-off is the last command, whatever happened")
        return ran.returncode, ran.stderr, log

    def result(self):
        with tarfile.open(self.home / "result") as archive:
            return {m.name: archive.extractfile(m).read() for m in archive.getmembers() if m.isfile()}

    def test_it_reads_the_object_writes_the_result_and_powers_off(self):
        version, metadata = self.started("2026/report.csv")
        status, console, log = self.boot(metadata)
        self.assertEqual(status, 0, console)
        watchdog, get, upload, off = log
        self.assertEqual(watchdog, ["shutdown", "-h", "+60"])
        self.assertEqual(
            get[1:-1],
            [REGION, "s3api", "get-object", "--bucket=intake", "--key=2026/report.csv", f"--version-id={version}"],
        )
        self.assertEqual(upload[:4], ["aws", REGION, "s3", "cp"])
        self.assertEqual(upload[-1], f"s3://results/2026/report.csv/{version}{SUFFIX}")
        self.assertEqual(off, ["shutdown", "-h", "now"])
        digest = hashlib.sha256(b"a,b\n1,2\n").hexdigest()
        self.assertEqual(
            {name: json.loads(text) for name, text in self.result().items()},
            {"./summary.json": {"lines": 2, "bytes": 8, "sha256": digest}},
        )

    def test_the_whole_loop_for_every_hostile_key(self):
        for key in HOSTILE_KEYS:
            with self.subTest(key=key):
                version, metadata = self.started(key)
                status, console, log = self.boot(metadata)
                self.assertEqual(status, 0, console)
                self.assertEqual(log[1][5], f"--key={key}")
                name = log[2][-1].removeprefix("s3://results/")
                self.assertEqual(name, f"{key}/{version}{SUFFIX}")
                self.notify(self.put("results", name, (self.home / "result").read_bytes()))
                self.assertEqual(
                    self.tags_of(key, version), [{"Key": "patternbook:archive", "Value": "true"}]
                )
                (message,) = self.messages()
                self.assertEqual(message["original"]["key"], key)
                self.sqs.purge_queue(QueueUrl=self.queue)

    def test_the_analysis_of_the_image_is_preferred(self):
        self.script(self.home / "run", '#!/bin/bash\necho noise; cp "$1" "$2/copy"; echo done >"$2/more"\n')
        _, metadata = self.started("report.csv")
        status, console, _ = self.boot(metadata, PATTERNBOOK_ANALYSIS=str(self.home / "run"))
        self.assertEqual(status, 0, console)
        self.assertEqual(self.result(), {"./copy": b"a,b\n1,2\n", "./more": b"done\n"})

    def test_a_failed_analysis_writes_no_result_says_so_and_powers_off(self):
        self.script(self.home / "run", '#!/bin/bash\necho half >"$2/half"; exit 3\n')
        _, metadata = self.started("report.csv")
        status, console, log = self.boot(metadata, PATTERNBOOK_ANALYSIS=str(self.home / "run"))
        self.assertEqual(status, 3)
        self.assertIn("FAILED with status 3", console)
        self.assertNotIn("cp", [command[3] for command in log if command[0] == "aws"])

    def test_a_refusal_by_s3_is_loud_and_powers_off(self):
        _, metadata = self.started("report.csv")
        for step in ("get-object", "cp"):
            with self.subTest(step=step):
                status, console, log = self.boot(metadata, FAKE_FAILURE=step)
                self.assertEqual(status, 1)
                self.assertIn("Access Denied", console)
                self.assertIn("FAILED with status 1", console)
                self.assertEqual(log[0], ["shutdown", "-h", "+60"])
                self.assertFalse((self.home / "result").exists())

    def test_an_instance_that_was_told_nothing_or_nonsense_powers_off(self):
        _, metadata = self.started("x" * 900)
        tag = "tags/instance/patternbook:"
        broken = [{}] + [{k: v for k, v in metadata.items() if k != missing} for missing in metadata]
        for name in ("max-minutes", "key-parts"):
            for value in ("", "0", "-1", "5; touch PWNED", "a[$(touch PWNED)]", "99999"):
                broken.append(metadata | {tag + name: value})
        broken.append(metadata | {tag + "key-parts": "1", tag + "key-1": "not base64!"})
        for value in (b"file:///etc/passwd", b"fileb:///etc/passwd"):
            coded = base64.urlsafe_b64encode(value).decode()
            broken.append(metadata | {tag + "key-parts": "1", tag + "key-1": coded})
        for told_wrong in broken:
            with self.subTest(told=told_wrong):
                status, console, log = self.boot(told_wrong)
                self.assertNotEqual(status, 0)
                self.assertIn("FAILED", console)
                self.assertFalse([command for command in log if command[0] == "aws"])


if __name__ == "__main__":
    unittest.main()
