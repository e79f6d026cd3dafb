"""A Rucio server on SQLite: makes the tables, a scope and one account with an OIDC identity, then serves over TLS.

Arguments: port, certificate, key, account, identity. RUCIO_HOME names the directory with `etc/rucio.cfg`."""
import sys

from rucio.common.types import InternalAccount
from rucio.db.sqla import models
from rucio.db.sqla.constants import AccountStatus, AccountType, IdentityType
from rucio.db.sqla.session import get_engine, get_session
from rucio.db.sqla.util import create_base_vo

port, certificate, key, name, identity = sys.argv[1:]

models.register_models(get_engine())
create_base_vo()
account = InternalAccount(name)
with get_session()() as session, session.begin():
    session.add(models.Account(account=account, account_type=AccountType.USER, status=AccountStatus.ACTIVE))
    session.add(models.Identity(identity=identity, identity_type=IdentityType.OIDC, email='alice@example.org'))
    session.flush()
    session.add(models.IdentityAccountAssociation(
        identity=identity, identity_type=IdentityType.OIDC, account=account, is_default=True))

from rucio.web.rest.flaskapi.v1.main import application  # noqa: E402 -- reads the tables
from werkzeug.serving import make_server  # noqa: E402

server = make_server('localhost', int(port), application, threaded=True, ssl_context=(certificate, key))
print('rucio listens', flush=True)
server.serve_forever()
