/** What every use case of clients is made with, and how each writes. */
import type { ChangeContext } from '../accounts/actor.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';
import type { Clock } from '../shared/clock.ts';
import { ok } from '../shared/result.ts';
import type { ClientDetails } from './administration.ts';
import type { ClientRecords, ClientSession, HeldClient } from './administration-store.ts';
import { unknownClient } from './permissions.ts';
import type { RegistrationSettings } from './registration.ts';
import { withinLimits } from './script-limits.ts';

export interface ClientAdministrationDeps {
  readonly records: ClientRecords;
  readonly clock: Clock;
  /** What the lake says of registrations at this moment, and whether it writes groups as entitlements. */
  readonly settings: () => { readonly registration: RegistrationSettings; readonly entitlements: boolean };
  readonly newId: () => string;
  /** Resolves when every server process decides by this version of the lake, or after a second. */
  readonly settled: (version: number) => Promise<unknown>;
}

/** Writes, and answers when the change holds everywhere. */
export async function writeClient<T>(
  { records, clock, settled }: ClientAdministrationDeps,
  context: ChangeContext,
  work: (session: ClientSession, now: number) => Promise<PeopleAnswer<T>>,
): Promise<PeopleAnswer<T>> {
  const now = clock.now();
  return withinLimits(context.actor, async (guard) => {
    const { answer, version } = await records.write(context, now, (session) => work(guard(session), now));
    if (answer.ok) await settled(version);
    return answer;
  });
}

/** The client as it is after the changes of this session. */
export async function afterwards(session: ClientSession, clientId: string): Promise<PeopleAnswer<ClientDetails>> {
  const client = await session.find(clientId);
  return client === undefined ? unknownClient(clientId) : ok(shown(client));
}

/** Without what proves a secret. */
export function shown({
  secretHash: _hash,
  secretCreatedAt: _at,
  previousSecret: _previous,
  ...client
}: HeldClient): ClientDetails {
  return client;
}
