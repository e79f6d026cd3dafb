/** Token exchange (RFC 8693; W-TX-1 to W-TX-3; policy-semantics 6): the rights of the subject token, never more, for another client or audience. */
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { exchangeGrant, issuedTokenType } from '../../exchange/exchange-request.ts';
import type { IssueContext } from '../../issuance/issue.ts';
import { issueToken } from '../issue-token.ts';
import { getClient } from '../registered-client.ts';
import { type Binding, readBinding } from '../sender-constraint.ts';
import { keepChain } from './exchange-chain.ts';
import { type Exchange, type ExchangeDeps, readExchange } from './exchange-request.ts';

export function createExchangeHandler(provider: Provider, deps: ExchangeDeps) {
  return async (ctx: KoaContextWithOIDC): Promise<void> => {
    const binding = await readBinding(provider, ctx, getClient(deps.snapshots, ctx));
    const exchange = await readExchange(deps, ctx);
    const issued = await issueToken(deps.issuance, ctx, exchange.request, contextOf(exchange, binding));
    const refreshToken = exchange.keep ? await keepChain(deps, exchange, binding, issued) : undefined;
    ctx.body = {
      access_token: issued.token,
      issued_token_type: issuedTokenType,
      token_type: binding.tokenType,
      expires_in: issued.expiresInSeconds,
      scope: issued.scope,
      ...(refreshToken && { refresh_token: refreshToken }),
    };
  };
}

/** What the token says beside the decision. */
function contextOf({ subject, actors, rules }: Exchange, binding: Binding): Omit<IssueContext, 'address'> {
  return {
    flow: exchangeGrant,
    authentication: subject.authentication,
    parent: subject.tokenId,
    exchangeRule: rules.length > 0 ? rules.join(' ') : null,
    ...actors,
    widened: subject.widened || rules.length > 0,
    ...(binding.confirmation && { confirmation: binding.confirmation }),
  };
}
