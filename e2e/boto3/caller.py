"""Makes the EC2 calls on its input with boto3: a JSON line with action and parameters for each, and a JSON line back."""

import datetime
import json
import sys

import boto3
import botocore.config
import botocore.exceptions
from botocore import xform_name


def text(value):
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {value!r}")


def answer(client, call):
    try:
        out = getattr(client, xform_name(call["action"]))(**call["parameters"])
    except botocore.exceptions.ClientError as e:
        error, meta = e.response["Error"], e.response["ResponseMetadata"]
        return {"error": {"code": error["Code"], "message": error["Message"], "status": meta["HTTPStatusCode"]}}
    except botocore.exceptions.ParamValidationError as e:
        return {"refused": str(e)}
    del out["ResponseMetadata"]
    return {"answer": out}


ec2 = boto3.client(
    "ec2",
    endpoint_url=sys.argv[1],
    region_name="us-east-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
    config=botocore.config.Config(retries={"total_max_attempts": 1}),
)
for line in sys.stdin:
    print(json.dumps(answer(ec2, json.loads(line)), default=text), flush=True)
