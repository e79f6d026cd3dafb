"""A small Flask application behind flaat. Arguments: port, certificate, key, issuer, client id and secret for introspection."""
import sys

from flaat.flask import Flaat
from flaat.requirements import get_claim_requirement, get_vo_requirement
from flask import Flask
from werkzeug.serving import make_server

port, certificate, key, issuer, client_id, client_secret = sys.argv[1:]

app = Flask(__name__)
app.config.update(
    TRUSTED_OP_LIST=[issuer.rstrip('/')],
    FLAAT_ISS='',
    FLAAT_CLIENT_ID=client_id,
    FLAAT_CLIENT_SECRET=client_secret,
    FLAAT_REQUEST_TIMEOUT=10,
    FLAAT_VERIFY_TLS=True,
    FLAAT_VERIFY_JWT=True,
)

with app.app_context():
    flaat = Flaat(app=app)

    @app.get('/whoami')
    @flaat.inject_user_infos()
    def whoami(user_infos):
        return {'subject': user_infos.subject, 'issuer': user_infos.issuer,
                'introspected': user_infos.introspection_info, 'userinfo': user_infos.user_info}

    @app.get('/cta')
    @flaat.requires(get_claim_requirement('/escape/cta', 'wlcg.groups'))
    def cta():
        return 'for members of CTA'

    @app.get('/entitled')
    @flaat.requires(get_vo_requirement(
        'urn:geant:escape.example.org:group:escape:cta', 'entitlements'))
    def entitled():
        return 'for those with the entitlement of CTA'

server = make_server('localhost', int(port), app, threaded=True, ssl_context=(certificate, key))
print('flaat listens', flush=True)
server.serve_forever()
