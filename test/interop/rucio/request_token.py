"""Asks for a token as Rucio's daemons do. Arguments: audience, scope. Prints the token, or `None`."""
import logging
import sys

logging.basicConfig(level=logging.DEBUG)

from rucio.core.oidc import request_token

print(request_token(sys.argv[1], sys.argv[2], use_cache=False))
