"""Clients of the account that moto stands in for. Their keys are made up, so that they reach no other."""

from functools import cache

import boto3


@cache
def client(service):
    return boto3.client(
        service, region_name="eu-central-1", aws_access_key_id="testing", aws_secret_access_key="testing"
    )
