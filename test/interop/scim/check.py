"""Runs scim2-tester against a server and prints its results as JSON: `check.py URL`, the token in SCIM_TOKEN.

Attributes are compared by what was sent: the tester itself takes whole complex values as equal or not, and so counts
what only the server writes (`display` of a member, `type` of a mail address) as a difference. Values that have a form
are made up in that form: the tester knows that of mail addresses alone, and sends any text as a date or a key.
"""
import base64
import json
import os
import sys
import uuid
from datetime import datetime, timezone

from httpx2 import Client
from pydantic import BaseModel
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server
from scim2_tester import filling
from scim2_tester.checkers import patch_add, patch_remove, patch_replace


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

any_value = filling.generate_random_value


def ssh_key():
    parts = (b"ssh-ed25519", uuid.uuid4().bytes * 2)
    blob = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return "ssh-ed25519 " + base64.b64encode(blob).decode()


forms = {
    "end_time": lambda: datetime(2031, 5, 6, 7, 8, 9, tzinfo=timezone.utc),
    "subject_dn": lambda: f"CN={uuid.uuid4()}",
    "issuer_dn": lambda: f"CN={uuid.uuid4()}",
    # A certificate has to be one; the names alone are a certificate too.
    "pem_encoded_certificate": lambda: None,
    "issuer": lambda: f"https://{uuid.uuid4()}.example",
}


def formed_value(context, path, *args, **kwargs):
    value = any_value(context, path, *args, **kwargs)
    binding = path.resolve()
    if value is None or binding is None or binding.target_model is None:
        return value
    field, model = binding.target_field_name, binding.target_model.__name__.lower()
    if field == "value" and "ssh" in model:
        return ssh_key()
    return forms[field]() if field in forms else value


for module in (filling, patch_add, patch_remove, patch_replace):
    if hasattr(module, "generate_random_value"):
        module.generate_random_value = formed_value

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
