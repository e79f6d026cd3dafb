/** A client of the lake file; its fields are those of RFC 7591 in camelCase, and the issuer's own. */
import { z } from 'zod';
import { clientSecretHashPattern } from '../../clients/secret.ts';
import { identityClaimNames } from '../../tokens/identity.ts';
import { deviceCodeGrant } from '../../tokens/profile.ts';
import { membership } from './account.ts';
import { publicKey } from './public-key.ts';
import { strictly, text, visibleAscii, word } from './scalars.ts';
import { scope } from './scope.ts';
import { audience } from './storage.ts';
import { keyAddress, redirectUri } from './uri.ts';

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

const registration = {
  clientId: visibleAscii('a client id').describe(
    'Identifier; machines are named `host:fully.qualified.domain` (W-HOST-2).',
  ),
  clientSecret: visibleAscii('a client secret', 512)
    .optional()
    .describe('Initial secret, kept as a SHA-256 hash only. A later change needs `--reset-secrets`.'),
  clientSecretHash: z
    .string()
    .regex(clientSecretHashPattern, 'expected `sha256:` and 43 characters of base64url')
    .optional()
    .describe('Initial secret as `sha256:` and base64url of its SHA-256, instead of `clientSecret`.'),
  name: text().optional().describe('Shown on consent pages.'),
  tokenEndpointAuthMethod: z
    .enum([
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'tls_client_auth',
      'self_signed_tls_client_auth',
      'none',
    ])
    .optional()
    .describe(
      'How the client proves who it is; the two secret methods are accepted alike. Default `client_secret_basic`.',
    ),
  jwks: strictly({
    keys: z
      .array(publicKey)
      .min(1, 'expected at least one key')
      .describe('Keys as JWKs (RFC 7517), without secret members.'),
  })
    .optional()
    .describe('Public keys for `private_key_jwt`.'),
  jwksUri: keyAddress.optional().describe('Where the public keys are published, instead of `jwks`.'),
  grantTypes: z
    .array(z.enum(['authorization_code', 'refresh_token', 'client_credentials', deviceCodeGrant, exchangeGrant]))
    .optional()
    .describe('Flows the client may use. Default: `authorization_code` when it has redirect URIs, else none.'),
  applicationType: z
    .enum(['native', 'web'])
    .optional()
    .describe(
      '`native`: redirects to the machine itself (`http://localhost`, `http://127.0.0.1`) are accepted at every port (RFC 8252). Absent: `native` for public clients with such redirects and for schemes of their own.',
    ),
  redirectUris: z.array(redirectUri).optional().describe('Where logins return to; absolute, without fragment.'),
  postLogoutRedirectUris: z.array(redirectUri).optional().describe('Where logouts may return to.'),
  backchannelLogoutUri: keyAddress
    .optional()
    .describe('Is sent a logout token when the session of a user ends (OpenID Connect Back-Channel Logout 1.0).'),
  tlsClientAuthSubjectDn: text()
    .optional()
    .describe('Subject of its certificate as RFC 4514 string, for `tls_client_auth` (RFC 8705).'),
  tlsClientAuthSanDns: text().optional().describe('A DNS name of its certificate, for `tls_client_auth`.'),
  dpopBoundAccessTokens: z
    .boolean()
    .optional()
    .describe('Whether its tokens must be bound to a key of its own (DPoP, RFC 9449). Default false.'),
  tlsClientCertificateBoundAccessTokens: z
    .boolean()
    .optional()
    .describe('Whether its tokens must be bound to its TLS certificate (RFC 8705). Default false.'),
  requirePushedAuthorizationRequests: z
    .boolean()
    .optional()
    .describe('Whether logins must begin with a pushed request (RFC 9126). Default false.'),
  requireSignedRequestObject: z
    .boolean()
    .optional()
    .describe('Whether logins must begin with a signed request (RFC 9101). Default false.'),
};

const rights = {
  scopes: z
    .array(scope)
    .optional()
    .describe(
      'What the client may ask for; storage scopes in logical paths. A bare `wlcg.groups` allows every group, a bare `wlcg.capabilityset` every capability set.',
    ),
  audiences: z
    .array(audience)
    .optional()
    .describe('What it may ask tokens for. Absent: every storage, alias, service and the wildcard.'),
  defaultAudience: audience.optional().describe('Audience of its tokens when it asks for none.'),
  policyMode: z
    .enum(['narrow', 'strict', 'expand'])
    .optional()
    .describe('What becomes of a request that is broader than the rights (policy-semantics 4). Default `narrow`.'),
  optionalGroups: z
    .boolean()
    .optional()
    .describe(
      'Whether a bare `wlcg.groups` lets it name optional groups. Default true; false after dynamic registration.',
    ),
  groups: z.array(membership).optional().describe('Memberships of the client itself, for client_credentials.'),
  owners: z
    .array(word('a username'))
    .max(100, 'expected at most 100 owners')
    .optional()
    .describe('Usernames of the accounts that look after the client. Absent: unchanged.'),
  contacts: z
    .array(text(254))
    .max(20, 'expected at most 20 addresses')
    .optional()
    .describe('Mail addresses of who runs it.'),
  introspection: z
    .boolean()
    .optional()
    .describe('Whether it may introspect tokens. Default true, for confidential clients.'),
  introspectionSignedResponseAlg: z
    .enum(['RS256', 'ES256'])
    .optional()
    .describe('Signature of JWT answers at introspection (RFC 9701). Default `RS256`.'),
  privileged: z.boolean().optional().describe('A registered service: never throttled. Default false.'),
  exchangeOffline: z
    .boolean()
    .optional()
    .describe('Whether it may exchange an access token for a refresh token. Default false.'),
  state: z.enum(['active', 'suspended']).optional().describe('Absent: unchanged, `active` for a new client.'),
};

const day = 86_400;

/** The table of wlcg-tokens section 6; W-LIFE-1 lets a client leave it for a recorded reason. */
const tokens = {
  accessTokenLifetimeSeconds: z
    .int()
    .min(300, 'expected at least 300 seconds')
    .max(day, `expected at most ${day} seconds`)
    .optional()
    .describe('Life of access tokens, 900 to 21600 unless `lifetimeJustification` says why. Default 3600.'),
  refreshTokenLifetimeSeconds: z
    .int()
    .min(3600, 'expected at least 3600 seconds')
    .max(400 * day, `expected at most ${400 * day} seconds`)
    .optional()
    .describe('Life of a chain of refresh tokens, 86400 (1 day) to 34560000 (400 days). Default 2592000 (30 days).'),
  audienceLifetimes: z
    .array(
      strictly({
        audience: audience.describe('As it is asked for.'),
        accessTokenLifetimeSeconds: z
          .int()
          .min(300, 'expected at least 300 seconds')
          .max(day, `expected at most ${day} seconds`)
          .describe('Life of access tokens for it, within the same limits.'),
      }),
    )
    .optional()
    .describe('Lifetimes for single audiences, before the one for all. The shortest counts for several audiences.'),
  refreshTokenIdleSeconds: z
    .int()
    .min(300, 'expected at least 300 seconds')
    .max(400 * day, `expected at most ${400 * day} seconds`)
    .optional()
    .describe('A chain that is unused for so long ends. Absent: only its lifetime ends it.'),
  lifetimeJustification: text()
    .optional()
    .describe('Why lifetimes outside the table of the profile are right (W-LIFE-1).'),
  accessTokenSigningAlg: z.enum(['RS256', 'ES256']).optional().describe('Signature of its tokens. Default `RS256`.'),
  idTokenSignedResponseAlg: z
    .enum(['RS256', 'ES256'])
    .optional()
    .describe('Signature of its ID tokens. Default as for access tokens.'),
  tokenProfile: z
    .enum(['wlcg', 'rfc9068', 'aarc', 'scitokens'])
    .optional()
    .describe('What the claims of its access tokens look like. Default: the one that its `scopes` name, else `wlcg`.'),
  identityClaims: z
    .array(z.enum(identityClaimNames))
    .optional()
    .describe(
      'What its access tokens, and introspection by it, say of the user beside `sub`, as far as `profile` and `email` were granted (W-AT-3). Default: nothing.',
    ),
  refreshTokens: z
    .enum(['rotate', 'multi-use'])
    .optional()
    .describe(
      'Whether a refresh replaces the refresh token. Default `rotate`, and always so for public clients without DPoP.',
    ),
  refreshTokenGraceSeconds: z
    .int()
    .min(0, 'expected 0 to 86400 seconds')
    .max(day, 'expected 0 to 86400 seconds')
    .optional()
    .describe('How long a rotated token gets the same successor again, 0 to 86400. Default 60.'),
  refreshTokenRotateBelow: z
    .number()
    .min(0, 'expected a part from 0 to 1')
    .max(1, 'expected a part from 0 to 1')
    .optional()
    .describe('Rotate when less than this part of the life of the chain is left; 1, the default: at every refresh.'),
};

export const clientSchema = strictly({ ...registration, ...rights, ...tokens });
