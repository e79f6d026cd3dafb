"""Asks libscitokens which paths a token opens: the answer of its enforcer, and the access list that XRootD takes from it.

Reads one JSON object from standard input: {issuer, audience, kid, publicKey, tokens: [{token, asked: [[action, path]]}], profile},
where `profile` is a number of the library's SciTokenProfile, by default that of WLCG tokens.
Writes one JSON list: {error} for a token that is refused, else {list: [[action, path]], opened: [true or false]}.
"""

import ctypes
import json
import sys

library = ctypes.CDLL("libSciTokens.so.0")
library.enforcer_create.restype = ctypes.c_void_p
WLCG_1_0 = 3


class Acl(ctypes.Structure):
    _fields_ = [("authz", ctypes.c_char_p), ("resource", ctypes.c_char_p)]


def call(function, *arguments):
    """Calls a function that returns 0, or another number and a message."""
    message = ctypes.c_char_p()
    if function(*arguments, ctypes.byref(message)) != 0:
        raise ValueError((message.value or b"refused").decode())


def judge(enforcer, issuers, token, asked):
    handle, rules = ctypes.c_void_p(), ctypes.POINTER(Acl)()
    try:
        call(library.scitoken_deserialize, token.encode(), ctypes.byref(handle), issuers)
        call(library.enforcer_generate_acls, enforcer, handle, ctypes.byref(rules))
    except ValueError as error:
        return {"error": str(error)}
    return {"list": list_rules(rules), "opened": [opens(enforcer, handle, *one) for one in asked]}


def list_rules(rules):
    listed = []
    while rules[len(listed)].authz is not None:
        rule = rules[len(listed)]
        listed.append([rule.authz.decode(), rule.resource.decode(errors="replace")])
    return listed


def opens(enforcer, handle, action, path):
    try:
        call(library.enforcer_test, enforcer, handle, ctypes.byref(Acl(action.encode(), path.encode())))
        return True
    except ValueError:
        return False


def main():
    question = json.load(sys.stdin)
    issuer = question["issuer"].encode()
    call(library.scitoken_store_public_ec_key, issuer, question["kid"].encode(), question["publicKey"].encode())
    audiences = (ctypes.c_char_p * 2)(question["audience"].encode(), None)
    issuers = (ctypes.c_char_p * 2)(issuer, None)
    message = ctypes.c_char_p()
    enforcer = ctypes.c_void_p(library.enforcer_create(issuer, audiences, ctypes.byref(message)))
    if not enforcer:
        raise ValueError((message.value or b"no enforcer").decode())
    library.enforcer_set_validate_profile(enforcer, question.get("profile", WLCG_1_0))
    json.dump([judge(enforcer, issuers, one["token"], one["asked"]) for one in question["tokens"]], sys.stdout)


main()
