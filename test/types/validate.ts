/** The public types of `sluice/validate`: programs that must compile, and programs that must not. Checked by `tsc --noEmit`. */
import {
  type Authorization,
  authorizeScope,
  type ClaimsDenyReason,
  createValidator,
  type TokenClaims,
  type ValidationErrorCode,
} from '../../src/validate/index.ts';

const issuer = 'https://issuer.example.org/';
const validator = createValidator({
  issuers: [{ issuer, audiences: ['https://se.example.org'], basePath: ['/disk', '/tape'] }],
  jwksCache: '/var/cache/jwks',
});

export function mustCompile(claims: TokenClaims): readonly unknown[] {
  return [
    createValidator({ issuers: [{ issuer, audiences: 'unchecked' }], jwksCache: false }),
    createValidator({
      issuers: [{ issuer, audiences: ['a'] }],
      jwksCache: { file: '/f' },
      keyTimes: { refreshSeconds: 1 },
    }),
    validator.authorize(claims, 'rename', { from: '/a', to: '/b' }),
    claims['wlcg.groups']?.includes('/escape'),
    authorizeScope({ scope: 'storage.read:/', operation: 'read', path: '/x', groups: ['/escape'] }),
  ];
}

/** Every code is known: a new one breaks this program until it is handled. */
export function statusOf(code: ValidationErrorCode): number {
  switch (code) {
    case 'keys_unavailable':
      return 503;
    case 'token_malformed':
    case 'token_type_not_accepted':
    case 'header_not_accepted':
    case 'algorithm_not_accepted':
    case 'issuer_unknown':
    case 'key_unknown':
    case 'signature_invalid':
    case 'claim_missing':
    case 'claim_invalid':
    case 'version_unsupported':
    case 'token_expired':
    case 'token_not_yet_valid':
    case 'audience_mismatch':
    case 'scope_malformed':
      return 401;
  }
}

/** Every reason of a denial is known. */
export function isTokensFault(reason: ClaimsDenyReason): boolean {
  switch (reason) {
    case 'issuer_unknown':
    case 'token_expired':
    case 'scope_malformed':
      return true;
    case 'operation_unknown':
    case 'operation_not_covered':
    case 'path_malformed':
    case 'path_outside_base':
    case 'path_not_covered':
      return false;
  }
}

export async function mustNotCompile(claims: TokenClaims, answer: Authorization): Promise<void> {
  // @ts-expect-error an issuer without audiences would accept tokens for anybody
  createValidator({ issuers: [{ issuer }] });
  // @ts-expect-error accepting any audience has a name of its own
  createValidator({ issuers: [{ issuer, audiences: undefined }] });
  // @ts-expect-error one audience is a list of one
  createValidator({ issuers: [{ issuer, audiences: 'https://se.example.org' }] });
  // @ts-expect-error issuers are demanded
  createValidator({ jwksCache: '/var/cache/jwks' });
  // @ts-expect-error an unknown option, here a misspelt one, is no option
  createValidator({ issuers: [{ issuer, audiences: ['a'], basepath: '/vo' }] });
  // @ts-expect-error the list of algorithms is fixed
  createValidator({ issuers: [{ issuer, audiences: ['a'] }], algorithms: ['HS256'] });

  const result = await validator.validate('token');
  // @ts-expect-error the claims are there only when the token was accepted
  void result.value;
  // @ts-expect-error a result is no claims
  validator.authorize(result, 'read', '/x');
  // @ts-expect-error a token is no claims
  validator.authorize('token', 'read', '/x');
  // @ts-expect-error HTTP methods are no operations: the storage knows whether PUT creates or overwrites
  validator.authorize(claims, 'PUT', '/x');
  // @ts-expect-error a rename has two ends
  validator.authorize(claims, 'rename', { from: '/x' });
  // @ts-expect-error claims are read only
  claims.scope = 'storage.modify:/';
  // @ts-expect-error claims that the profile does not define are not for authorization (W-CLM-13)
  void claims.role;
  // @ts-expect-error the scope that decided is there only for `allow`
  void answer.scope;
  // @ts-expect-error there is no such reason
  void (answer.reason === 'forbidden');
}
