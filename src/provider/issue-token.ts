/** How every grant of the library's endpoint gets its access token: issued and remembered for the answer, or refused as an OAuth error. */
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { exchangeGrant } from '../exchange/exchange-request.ts';
import type { Issuance, IssueContext, IssuedToken } from '../issuance/issue.ts';
import type { TokenRequest } from '../issuance/policy-request.ts';
import { rememberIssued, rememberRefused } from './issued.ts';
import { printable, refusalError } from './refusal.ts';
import { throwUnavailable } from './unavailable.ts';

/** Throws `invalid_scope` or `access_denied` with scope and reason word, and `temporarily_unavailable`. The address is that of the request. */
export async function issueToken(
  issuance: Issuance,
  ctx: KoaContextWithOIDC,
  request: TokenRequest,
  context: Omit<IssueContext, 'address'>,
): Promise<IssuedToken> {
  const address = (ctx.state.address as string | undefined) ?? null;
  const result = await issuance.issue(request, { ...context, address }).catch(throwUnavailable(ctx));
  if (!result.issued) {
    rememberRefused(ctx, result.decision);
    if (result.because === 'acceptable-use') throw notAgreed(ctx);
    if (result.because === 'second-factor') throw tooLittle(context.flow, result.rule);
    throw refusalError(result.decision);
  }
  rememberIssued(ctx, result.value);
  return result.value;
}

/** RFC 8693 section 2.2.2: a subject token that a rule does not take is `invalid_request`; of what else is redeemed, it is the grant that is too little. */
function tooLittle(flow: string, rule: string): errors.OIDCProviderError {
  const reason = `the login behind it proved one factor, expected a new login with a second factor (rule: ${rule})`;
  if (flow === exchangeGrant) return new errors.InvalidRequest(printable(`the subject_token is not taken: ${reason}`));
  return new errors.CustomOIDCProviderError('invalid_grant', printable(reason));
}

/** Nothing is revoked: once the user has agreed, the same refresh token works again. */
function notAgreed({ oidc }: KoaContextWithOIDC): errors.OIDCProviderError {
  const page = new URL('account/policy', oidc.issuer).href;
  return new errors.CustomOIDCProviderError(
    'invalid_grant',
    `the user has not agreed to the acceptable use policy in force, expected agreement at ${page}`,
  );
}
