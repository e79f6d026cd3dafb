/** The administration of clients: what administrators and owners may do, each write in one transaction with its audit entry. */
import { isPeopleAdmin, type PeopleActor, seesEverybody } from '../accounts/actor.ts';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { ok } from '../shared/result.ts';
import { administeredDefinition, checkedGrants, hasProfile, withGrantsApart } from './administered-definition.ts';
import type { ClientAdministration, ClientChange, CreatedClient, NewClient } from './administration.ts';
import type { ClientSession, HeldClient } from './administration-store.ts';
import { createOwnershipUseCases } from './create-ownership.ts';
import { createRequestUseCases } from './create-requests.ts';
import { createSecretUseCases } from './create-secrets.ts';
import type { ClientDefinition } from './definition.ts';
import { readGrants } from './granted-schema.ts';
import type { ClientGrants } from './grants.ts';
import { ownedDefinition } from './owner-limits.ts';
import { administered, changeable, seen } from './permissions.ts';
import { needsSecret } from './registrations.ts';
import { generateClientSecret, hashClientSecret } from './secret.ts';
import { afterwards, type ClientAdministrationDeps, shown, writeClient } from './use-case.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** Clients that one account makes within an hour, as over the registration endpoint. */
const mostAnHour = 20;

export function createClientAdministration(deps: ClientAdministrationDeps): ClientAdministration {
  const { records, clock, settings } = deps;
  return {
    ...createSecretUseCases(deps),
    ...createOwnershipUseCases(deps),
    ...createRequestUseCases(deps),

    list: async (actor, filter, page) => {
      const isOwn = actor.kind === 'user' && filter.owner === actor.id;
      if (!seesEverybody(actor) && !isOwn && filter.owner !== undefined) {
        return refused('not-allowed', 'clients of others are seen by administrators and readers');
      }
      if (!seesEverybody(actor) && actor.kind !== 'user') return ok({ items: [], next: null });
      const owner = seesEverybody(actor) ? filter.owner : actor.id;
      const unusedSince = clock.now() - settings().registration.unusedDays * day;
      return ok(await records.list({ ...filter, owner, unusedSince }, page));
    },

    get: async (actor, clientId) => {
      const found = seen(actor, await records.find(clientId, clock.now()), clientId);
      return found.ok ? ok(shown(found.value)) : found;
    },

    create: (context, client) =>
      writeClient(deps, context, (session, now) =>
        isPeopleAdmin(context.actor)
          ? createAny(session, context.actor, client, now)
          : createOwn(session, context.actor, client, now),
      ),

    change: (context, clientId, change) =>
      writeClient(deps, context, async (session, now) => {
        const found = changeable(context.actor, await session.find(clientId), clientId);
        if (!found.ok) return found;
        const { client, right } = found.value;
        const changed = right === 'owner' ? changedByOwner(client, change) : changedByAdministrator(client, change);
        if (!changed.ok) return changed;
        await session.update(clientId, { ...changed.value, ...secretAfter(client, changed.value.definition) }, now);
        await session.audit('client.updated', clientId, changed.value);
        return afterwards(session, clientId);
      }),

    setGranted: (context, clientId, given) =>
      writeClient(deps, context, async (session, now) => {
        const found = administered(context.actor, await session.find(clientId), clientId);
        if (!found.ok) return found;
        const granted = readGrants(given);
        if (!granted.ok) return granted;
        const fits = checkedGrants(found.value, granted.value);
        if (!fits.ok) return fits;
        await session.update(clientId, { granted: granted.value }, now);
        await session.audit('client.granted', clientId, { granted: granted.value });
        return afterwards(session, clientId);
      }),

    remove: (context, clientId) =>
      writeClient(deps, context, async (session): Promise<PeopleAnswer<null>> => {
        const found = changeable(context.actor, await session.find(clientId), clientId);
        if (!found.ok) return found;
        const { client, right } = found.value;
        if (right === 'owner' && client.origin === 'lake-file') return keptInLakeFile;
        await session.remove(clientId);
        await session.audit('client.deleted', clientId, { name: client.name });
        return ok(null);
      }),

    suspend: (context, clientId) =>
      writeClient(deps, context, async (session, now) => {
        const found = administered(context.actor, await session.find(clientId), clientId);
        if (!found.ok) return found;
        const suspension = { at: now, because: context.reason, by: 'administrator' as const };
        await session.update(clientId, { suspension }, now);
        const refreshChains = await session.endChains(clientId, now);
        await session.audit('client.suspended', clientId, { refreshChains });
        return afterwards(session, clientId);
      }),

    restore: (context, clientId) =>
      writeClient(deps, context, async (session, now) => {
        const found = changeable(context.actor, await session.find(clientId), clientId);
        if (!found.ok) return found;
        const { client, right } = found.value;
        if (client.suspension === null) return refused('conflict', 'the client is not suspended');
        if (right === 'owner' && client.suspension.by !== 'unused') {
          return refused('not-allowed', 'who suspended it restores it: ask an administrator');
        }
        await session.update(clientId, { suspension: null }, now);
        await session.audit('client.restored', clientId, {});
        return afterwards(session, clientId);
      }),
  };

  /** Within the limits of dynamic registration. */
  async function createOwn(
    session: ClientSession,
    actor: PeopleActor,
    client: NewClient,
    now: number,
  ): Promise<PeopleAnswer<CreatedClient>> {
    if (!actor.mayWrite || actor.kind !== 'user' || settings().registration.allow === 'nobody') {
      return refused('not-allowed', 'clients are made by the administrators of this issuer');
    }
    if (isBeyondOwner(client)) return refused('not-allowed', 'ids, owners and grants are given by administrators');
    if ((await session.countRegistered(actor.id, now - hour)) >= mostAnHour) {
      return refused('in-use', `you made ${mostAnHour} clients within an hour: wait for a while`);
    }
    const definition = ownedDefinition(client.definition, { own: {}, granted: {} });
    if (!definition.ok) return definition;
    return insert(session, now, {
      clientId: deps.newId(),
      definition: definition.value,
      granted: {},
      registeredBy: actor.id,
      ownerIds: [actor.id],
    });
  }

  async function createAny(
    session: ClientSession,
    { username }: PeopleActor,
    client: NewClient,
    now: number,
  ): Promise<PeopleAnswer<CreatedClient>> {
    const { clientId = deps.newId(), definition: said, granted: given = {} } = client;
    const owners = client.owners ?? (username === null ? [] : [username]);
    const granted = readGrants(given);
    if (!granted.ok) return granted;
    const definition = administeredDefinition(clientId, said, { ...settings(), granted: granted.value });
    if (!definition.ok) return definition;
    if (await session.exists(clientId)) return refused('taken', `client \`${clientId}\` exists`, 'clientId');
    const ids = await session.accountIds(owners);
    const unknown = owners.find((owner) => !ids.has(owner));
    if (unknown !== undefined) return refused('invalid', `account \`${unknown}\` not known`, 'owners');
    const ownerIds = [...new Set(owners.map((owner) => ids.get(owner) ?? ''))];
    return insert(session, now, {
      ...{ clientId, definition: definition.value, granted: granted.value },
      ...{ registeredBy: null, ownerIds },
    });
  }

  async function insert(
    session: ClientSession,
    now: number,
    client: Omit<Parameters<ClientSession['insert']>[0], 'secretHash'>,
  ): Promise<PeopleAnswer<CreatedClient>> {
    const { clientId, definition, granted, registeredBy } = client;
    const secret = needsSecret(definition) ? generateClientSecret() : null;
    await session.insert({ ...client, secretHash: secret === null ? null : hashClientSecret(secret) }, now);
    const action = registeredBy === null ? 'client.created' : 'client.registered';
    await session.audit(action, clientId, { client: clientId, definition, granted });
    const after = await afterwards(session, clientId);
    return after.ok ? ok({ client: after.value, secret }) : after;
  }

  function changedByOwner(client: HeldClient, change: ClientChange): PeopleAnswer<ChangedClient> {
    if (client.origin === 'lake-file') return keptInLakeFile;
    const { registration } = settings();
    if (registration.allow === 'nobody') {
      return refused('not-allowed', 'clients are changed by the administrators of this issuer');
    }
    const definition = ownedDefinition(change, client);
    return definition.ok ? ok({ definition: definition.value, granted: client.granted }) : definition;
  }

  /** What it says of scopes and grant types is all that the client has afterwards. */
  function changedByAdministrator(client: HeldClient, change: ClientChange): PeopleAnswer<ChangedClient> {
    const said = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const granted = {
      ...client.granted,
      ...(change.scopes && { scopes: client.granted.scopes?.filter((scope) => change.scopes?.includes(scope)) }),
      ...(change.grantTypes && {
        grantTypes: client.granted.grantTypes?.filter((grant) => change.grantTypes?.includes(grant)),
      }),
    };
    const definition = administeredDefinition(
      client.clientId,
      { ...client.own, ...said },
      { granted, entitlements: settings().entitlements || hasProfile(client) },
    );
    if (!definition.ok) return definition;
    const whole = { definition: definition.value, granted };
    return ok(client.origin === 'registration' ? withGrantsApart(whole.definition, granted, change) : whole);
  }
}

type ChangedClient = {
  readonly definition: ClientDefinition;
  readonly granted: ClientGrants;
};

const keptInLakeFile = refused(
  'not-allowed',
  'the client is kept in the lake file: its administrators change it there',
);

function isBeyondOwner({ clientId, owners, granted }: NewClient): boolean {
  return clientId !== undefined || owners !== undefined || granted !== undefined;
}

/** Who proves itself without a secret from now on has none; a first one is made by `addSecret`. */
function secretAfter(client: HeldClient, definition: ClientDefinition) {
  if (client.secretHash === null || needsSecret(definition)) return {};
  return { secret: { hash: null, createdAt: null, previous: null } };
}
