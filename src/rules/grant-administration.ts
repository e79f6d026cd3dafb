/** Grants: read by administrators and readers, written by administrators. */
import type { GrantRecord } from '../lake/records.ts';
import { type Actor, isAdmin } from './actor.ts';
import type { ChangeContext, GrantAdministration, Versioned, WriteContext } from './administration.ts';
import { checkGrant, refuseFaults } from './check-record.ts';
import { collectPage } from './pages.ts';
import { maySeeGrant } from './permissions.ts';
import { type Answer, type Refused, refuse } from './refusal.ts';
import type { PresentConfiguration, RuleSession } from './store.ts';
import { type RuleAdministrationDeps, refuseOtherVersion, write } from './write.ts';

export function createGrantAdministration(deps: RuleAdministrationDeps): GrantAdministration {
  const { reads } = deps.store;
  return {
    list: async (actor, filter, page) => ({
      ok: true,
      value: await collectPage(
        page,
        (next) => reads.grants(filter, next),
        ({ record }) => record.id,
        ({ record }) => maySeeGrant(actor, record.path),
      ),
    }),
    get: async (actor, id) => visible(actor, id, await reads.grant(id)),
    create: (context, record) => write(deps, context, (session) => create(session, context, record)),
    replace: (context, record) => write(deps, context, (session) => replace(session, context, record)),
    remove: (context, id) => write(deps, context, (session) => remove(session, context, id)),
    history: async (actor, id) => {
      const entries = await reads.grantHistory(id);
      const last = entries.findLast(({ record }) => record !== null)?.record;
      if (!last || !maySeeGrant(actor, last.path)) return notFound(id);
      // A manager learns nothing of the time when it lay elsewhere.
      return { ok: true, value: entries.filter(({ record }) => record === null || maySeeGrant(actor, record.path)) };
    },
  };
}

async function create(session: RuleSession, { actor }: WriteContext, record: GrantRecord) {
  if (!isAdmin(actor)) return forbidden();
  if ((await session.grant(record.id)) !== undefined)
    return refuse('conflict', `grant \`${record.id}\` exists already`);
  return put(session, { ...record, embargo: null }, 'created');
}

async function replace(session: RuleSession, context: ChangeContext, record: GrantRecord) {
  const stored = await find(session, context, record.id);
  if (!stored.ok) return stored;
  return put(session, { ...record, embargo: stored.value.record.embargo }, 'changed');
}

async function remove(session: RuleSession, context: ChangeContext, id: string) {
  const stored = await find(session, context, id);
  if (!stored.ok) return stored;
  return { ok: true as const, value: stored.value.record, version: await session.removeGrant(id) };
}

async function find(session: RuleSession, context: ChangeContext, id: string): Promise<Answer<Versioned<GrantRecord>>> {
  const { actor } = context;
  const found = visible(actor, id, await session.grant(id));
  if (!found.ok) return found;
  if (!isAdmin(actor)) return forbidden();
  return refuseOtherVersion(context, found.value.version) ?? found;
}

async function put(session: RuleSession, record: GrantRecord, change: string) {
  const present = await session.configuration();
  const refused = refuseFaults(await checkGrant(session, record, present));
  if (refused !== undefined) return refused;
  const version = await session.putGrant(record, change);
  return { ok: true as const, value: record, version, warnings: warningsOf(record, present) };
}

/** Policy-semantics 2.3: with an unregistered audience a grant never counts. */
function warningsOf({ audiences }: GrantRecord, { storages }: PresentConfiguration): string[] {
  const registered = new Set(storages.flatMap(({ audience, aliases }) => [audience, ...aliases]));
  return (audiences ?? [])
    .filter((audience) => !registered.has(audience))
    .map((audience) => `audience \`${audience}\` is not registered, so that it never counts`);
}

function visible(actor: Actor, id: string, stored: Versioned<GrantRecord> | undefined): Answer<Versioned<GrantRecord>> {
  if (stored === undefined || !maySeeGrant(actor, stored.record.path)) return notFound(id);
  return { ok: true, value: { record: stored.record, version: stored.version } };
}

function notFound(id: string): Refused {
  return refuse('not-found', `grant \`${id}\` not known`);
}

function forbidden(): Refused {
  return refuse('forbidden', 'grants are written by administrators');
}
