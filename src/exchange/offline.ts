/** Whether an exchange gives a refresh token: only when asked for, and only to clients marked for it (policy-semantics 6; W-TX-3). */
import type { RegisteredClient } from '../clients/client.ts';
import { err, ok, type Result } from '../shared/result.ts';
import type { ExchangeRequest } from './exchange-request.ts';
import type { ExchangeSubject } from './subject.ts';

type OfflineSubject = Pick<ExchangeSubject, 'origin' | 'widened'>;

/** Asked for by `requested_token_type`, a refresh token that may not be had is an error; asked for by `offline_access`, that scope is left out. */
export function mayKeep(
  { requestedType, scopes }: Pick<ExchangeRequest, 'requestedType' | 'scopes'>,
  client: RegisteredClient,
  subject: OfflineSubject,
): Result<boolean, string> {
  const isRequested = requestedType === 'refresh_token';
  if (!isRequested && !scopes?.includes('offline_access')) return ok(false);
  const reason = whyNot(client, subject);
  if (reason === null) return ok(true);
  return isRequested ? err(reason) : ok(false);
}

function whyNot(client: RegisteredClient, { origin, widened }: OfflineSubject): string | null {
  if (!client.exchangeOffline || !client.scopes.includes('offline_access')) {
    return 'this client may not exchange for a refresh token';
  }
  if (!client.grantTypes.includes('refresh_token')) return 'this client may not refresh tokens';
  // What a rule added ends with the token that it was added to (policy-semantics 6).
  if (widened) return 'the subject_token is wider than its user allowed, by an exchange rule';
  // It has the means to get one from the user itself.
  return client.clientId === origin.clientId ? 'the subject_token is of this client itself' : null;
}
