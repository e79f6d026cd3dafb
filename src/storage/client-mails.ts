/** Mails about a client, put into the outbox in the transaction of what they tell. */
import { type Kysely, sql } from 'kysely';
import type { MailData, MailKind } from '../mail/texts.ts';
import { addMail } from './outbox.ts';
import type { DB } from './schema.ts';

export interface ClientMailPlace {
  readonly issuer: string;
  readonly product: string;
}

export type ClientMailTo = 'owners' | 'administrators' | { readonly accountId: string };

export type ClientMailKind = Extract<MailKind, `client.${string}`>;

/** Most administrators that are told of one request. */
const mostTold = 20;

/** To accounts that can log in and have an address. `path`: where its button leads. */
export async function mailAboutClient<K extends ClientMailKind>(
  trx: Kysely<DB>,
  { issuer, product }: ClientMailPlace,
  to: ClientMailTo,
  mail: {
    readonly kind: K;
    readonly clientId: string;
    readonly clientName: string | null;
    readonly path: string;
    readonly data: Omit<MailData<K>, 'name' | 'product' | 'client' | 'url'>;
  },
  now: number,
): Promise<void> {
  const url = new URL(mail.path.replace(/^\//, ''), issuer).href;
  const client = mail.clientName ?? mail.clientId;
  for (const { id, email, name, username } of await recipients(trx, to, mail.clientId, now)) {
    if (email === null) continue;
    const data = { ...mail.data, name: name ?? username, product, client, url } as MailData<K>;
    await addMail(trx, { kind: mail.kind, recipient: email, accountId: id, data }, now);
  }
}

function recipients(trx: Kysely<DB>, to: ClientMailTo, clientId: string, now: number) {
  const usable = trx
    .selectFrom('accounts')
    .select(['accounts.id', 'email', 'name', 'username'])
    .where('email', 'is not', null)
    .where('state', '=', 'active')
    .where(sql<boolean>`(ends_at IS NULL OR ends_at > ${new Date(now)})`);
  if (to === 'administrators') {
    return usable.where(sql<boolean>`'admin' = ANY(roles)`).orderBy('username').limit(mostTold).execute();
  }
  if (to !== 'owners') return usable.where('accounts.id', '=', to.accountId).execute();
  return usable
    .innerJoin('client_owners', 'client_owners.account_id', 'accounts.id')
    .where('client_owners.client_id', '=', clientId)
    .orderBy('client_owners.position')
    .execute();
}
