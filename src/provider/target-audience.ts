/** Refuses audiences that a client may not have, wherever they are asked for (W-AUD-6, RFC 8707 section 2). */
import { errors } from 'oidc-provider';
import type { RegisteredClient } from '../clients/client.ts';
import { findForbiddenAudience } from '../clients/request-rules.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import { printable } from './refusal.ts';

/** Throws `invalid_target` with the first one. */
export function assertMayTarget(
  snapshots: SnapshotSource,
  client: RegisteredClient,
  audiences: readonly string[],
): void {
  const forbidden = findForbiddenAudience(client, audiences, snapshots.current().policy);
  if (forbidden === undefined) return;
  throw new errors.InvalidTarget(printable(`audience ${forbidden} is not one that this client may ask for`));
}
