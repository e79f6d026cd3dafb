"""Judges entitlements by aarc-entitlement.

Reads one JSON object from standard input: {entitlements, wanted, strict}. Writes one JSON object: for each entitlement its
parts, whether it is in canonical form, and which of the wanted ones it satisfies. `strict` asks for AARC-G002 with authority.
"""
import json
import sys

import aarc_entitlement

question = json.load(sys.stdin)


def read(text):
    return aarc_entitlement.G002(text, strict=True) if question["strict"] else aarc_entitlement.G069(text)


def judge(text):
    entitlement = read(text)
    return {
        "namespace": [entitlement.namespace_id, entitlement.delegated_namespace, *entitlement.subnamespaces],
        "groups": [entitlement.group, *entitlement.subgroups],
        "role": entitlement.role,
        "authority": entitlement.group_authority,
        "canonical": repr(entitlement) == text,
        "satisfies": [wanted for wanted in question["wanted"] if entitlement.satisfies(read(wanted))],
    }


json.dump([judge(text) for text in question["entitlements"]], sys.stdout)
