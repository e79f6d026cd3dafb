/** What a client that acts for itself may not do to clients, although it looks after people: make itself, or another, mightier than it is. */
import type { PeopleActor } from '../accounts/actor.ts';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import type { ClientSession } from './administration-store.ts';
import type { ClientDefinition } from './definition.ts';

/** Scopes of storages, and those that open the administration: of the policy, of people, of SCIM and at INDIGO's paths. */
const mightyScope = /^(?:storage\.|policy:|people:|scim:|iam:)/;

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** Whether who has the secret of such a client, or its redirect address, has more than a login. */
export function isMighty({ scopes = [], grantTypes = [], ...said }: ClientDefinition): boolean {
  const flags = [said.exchangeOffline, said.privileged];
  return scopes.some((scope) => mightyScope.test(scope)) || grantTypes.includes(exchangeGrant) || flags.includes(true);
}

class Mighty extends Error {}

/** Runs the work; for a client that acts for itself, nothing of it is written when a mighty client was touched or made. Suspending is free. */
export async function withinLimits<T>(
  { kind }: PeopleActor,
  run: (guard: (session: ClientSession) => ClientSession) => Promise<PeopleAnswer<T>>,
): Promise<PeopleAnswer<T>> {
  if (kind !== 'client') return run((session) => session);
  try {
    return await run(guarded);
  } catch (error) {
    if (!(error instanceof Mighty)) throw error;
    return refused(
      'not-allowed',
      'clients that reach storages or the administration are for people with the role `admin`',
    );
  }
}

function guarded(session: ClientSession): ClientSession {
  const check = async (clientId: string) => {
    const client = await session.find(clientId);
    if (client !== undefined && isMighty(client.effective)) throw new Mighty();
  };
  const before =
    <Rest extends readonly unknown[], T>(write: (clientId: string, ...rest: Rest) => Promise<T>) =>
    async (clientId: string, ...rest: Rest) => {
      await check(clientId);
      return write(clientId, ...rest);
    };
  return {
    ...session,
    remove: before(session.remove),
    setOwners: before(session.setOwners),
    invite: before(session.invite),
    insert: async (client, now) => {
      await session.insert(client, now);
      await check(client.clientId);
    },
    update: async (clientId, write, now) => {
      const suspends = Object.keys(write).join() === 'suspension' && write.suspension !== null;
      if (!suspends) await check(clientId);
      await session.update(clientId, write, now);
      if (!suspends) await check(clientId);
    },
  };
}
