/** Storages and the namespace: what the rules are written about. They have no history; the last write holds. */
import { createHash } from 'node:crypto';
import type { StorageRecord } from '../lake/records.ts';
import { parsePath } from '../policy/path.ts';
import { type Actor, isAdmin, seesAll } from './actor.ts';
import type { ChangeContext, NamespaceAdministration, StorageAdministration, WriteContext } from './administration.ts';
import { checkStorage, refuseFaults } from './check-record.ts';
import { collectPage } from './pages.ts';
import { type Refused, refuse } from './refusal.ts';
import type { RuleSession } from './store.ts';
import { type RuleAdministrationDeps, refuseOtherVersion, write } from './write.ts';

export function createStorageAdministration(deps: RuleAdministrationDeps): StorageAdministration {
  const { reads } = deps.store;
  return {
    list: async (actor, page) => {
      if (!maySee(actor)) return { ok: true, value: { items: [], next: null } };
      const { items, next } = await collectPage(page, reads.storages, ({ name }) => name);
      return { ok: true, value: { items: items.map(versioned), next } };
    },
    get: async (actor, name) => {
      const record = await reads.storage(name);
      return record && maySee(actor) ? { ok: true, value: versioned(record) } : storageNotFound(name);
    },
    put: (context, record) => write(deps, context, (session) => putStorage(session, context, record)),
    remove: (context, name) => write(deps, context, (session) => removeStorage(session, context, name)),
  };
}

export function createNamespaceAdministration(deps: RuleAdministrationDeps): NamespaceAdministration {
  const { reads } = deps.store;
  return {
    list: async (actor, under, page) => {
      if (!maySee(actor)) return { ok: true, value: { items: [], next: null } };
      return { ok: true, value: await collectPage(page, (next) => reads.namespace(under, next), String) };
    },
    get: async (actor, path) =>
      maySee(actor) && (await reads.isRegistered(path)) ? { ok: true, value: path } : pathNotFound(path),
    put: (context, path) => write(deps, context, (session) => putPath(session, context, path)),
    remove: (context, path) => write(deps, context, (session) => removePath(session, context, path)),
  };
}

async function putStorage(session: RuleSession, context: ChangeContext<string>, record: StorageRecord) {
  if (!isAdmin(context.actor)) return forbidden();
  const before = await session.storage(record.name);
  const mismatch = refuseOtherVersion(context, before === undefined ? absent : digest(before));
  const refused = mismatch ?? refuseFaults(checkStorage(record, await session.configuration()));
  if (refused !== undefined) return refused;
  await session.putStorage(record);
  return { ok: true as const, value: record, version: digest(record), created: before === undefined };
}

async function removeStorage(session: RuleSession, context: ChangeContext<string>, name: string) {
  const before = await session.storage(name);
  if (before === undefined || !maySee(context.actor)) return storageNotFound(name);
  if (!isAdmin(context.actor)) return forbidden();
  const refused = refuseOtherVersion(context, digest(before));
  if (refused !== undefined) return refused;
  await session.removeStorage(name);
  return { ok: true as const, value: before, version: digest(before) };
}

async function putPath(session: RuleSession, { actor }: WriteContext, path: string) {
  if (!isAdmin(actor)) return forbidden();
  const parsed = parsePath(path);
  if (!parsed.ok) return refuse('invalid', `\`${path}\` is not a path, expected \`/\` and segments`);
  const created = !(await session.isRegistered(parsed.value));
  if (created) await session.putPath(parsed.value);
  return { ok: true as const, value: String(parsed.value), version: null, created };
}

async function removePath(session: RuleSession, { actor }: WriteContext, path: string) {
  if (!maySee(actor) || !(await session.isRegistered(path))) return pathNotFound(path);
  if (!isAdmin(actor)) return forbidden();
  await session.removePath(path);
  return { ok: true as const, value: path, version: null };
}

/** The version of a storage that is not there. */
const absent = 'absent';

/** Fields in a fixed order, so that equal records have equal digests. */
function digest({ name, audience, aliases, kind, matching, mounts }: StorageRecord): string {
  const fields = [name, audience, aliases, kind, matching, mounts.map(({ path, at }) => [path, at])];
  return createHash('sha256').update(JSON.stringify(fields)).digest('base64url').slice(0, 22);
}

function versioned(record: StorageRecord) {
  return { record, version: digest(record) };
}

/** Managers of embargoes write paths, which storages show and the namespace names. */
function maySee(actor: Actor): boolean {
  return seesAll(actor) || actor.roles.includes('embargo-manager');
}

function storageNotFound(name: string): Refused {
  return refuse('not-found', `storage \`${name}\` not known`);
}

function pathNotFound(path: string): Refused {
  return refuse('not-found', `path \`${path}\` not registered`);
}

function forbidden(): Refused {
  return refuse('forbidden', 'storages and the namespace are written by administrators');
}
