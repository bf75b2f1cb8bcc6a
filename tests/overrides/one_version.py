#!/usr/bin/env python3
"""Leaves the blocks of IPv4 alone in the subnets of ARM templates, for a judge that compares no blocks of two versions of IP.

For copies that are judged, never for others: see docs/judges.md. A template without IPv6 is left as it is.
"""

import json
import sys
from pathlib import Path


def without_ipv6(resource):
    properties = resource.get("properties", {})
    for holder in (properties, properties.get("addressSpace", {})):
        blocks = holder.get("addressPrefixes", [])
        holder.update({"addressPrefixes": [it for it in blocks if ":" not in it]} if blocks else {})
    for child in resource.get("resources", []) + properties.get("subnets", []):
        without_ipv6(child)


for path in map(Path, sys.argv[1:]):
    text = path.read_text()
    template = json.loads(text)
    for resource in template["resources"]:
        if resource["type"].startswith("Microsoft.Network/virtualNetworks"):
            without_ipv6(resource)
    if template != json.loads(text):
        path.write_text(json.dumps(template, indent=2))
