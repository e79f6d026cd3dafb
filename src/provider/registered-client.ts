/** The client of a request as it is registered now. */
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { RegisteredClient } from '../clients/client.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';

/** The library authenticated it in this request; it may have gone since. */
export function getClient(snapshots: SnapshotSource, ctx: KoaContextWithOIDC): RegisteredClient {
  const client = snapshots.current().clients.get(ctx.oidc.client?.clientId ?? '');
  if (client === undefined) throw new errors.InvalidClient('client is no longer registered');
  return client;
}
