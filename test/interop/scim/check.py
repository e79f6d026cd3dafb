"""Runs scim2-tester against a server and prints its results as JSON: `check.py URL`, the token in SCIM_TOKEN.

Attributes are compared by what was sent: the tester itself takes whole complex values as equal or not, and so counts
what only the server writes (`display` of a member, `type` of a mail address) as a difference.
"""
import json
import os
import sys

from httpx2 import Client
from pydantic import BaseModel
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server
from scim2_tester.checkers import patch_add, patch_replace


def plain(value):
    return value.model_dump() if isinstance(value, BaseModel) else value


def holds(sent, shown):
    sent, shown = plain(sent), plain(shown)
    if isinstance(sent, dict) and isinstance(shown, dict):
        return all(
            value is None or name == "schemas" or holds(value, shown.get(name))
            for name, value in sent.items()
        )
    if isinstance(sent, list) and isinstance(shown, list):
        return all(any(holds(one, other) for other in shown) for one in sent)
    return sent == shown


patch_add.fields_equality = holds
patch_replace.fields_equality = holds

http = Client(
    base_url=sys.argv[1],
    headers={"Authorization": f"Bearer {os.environ['SCIM_TOKEN']}"},
)
results = check_server(SyncSCIMClient(http))
print(
    json.dumps(
        [
            {
                "status": result.status.name,
                "check": result.title,
                "resource": result.resource_type,
                "attribute": (result.data or {}).get("urn") if isinstance(result.data, dict) else None,
                "reason": result.reason,
            }
            for result in results
        ]
    )
)
