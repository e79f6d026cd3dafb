/** Storages and the namespace over HTTP: the use cases of src/rules/administration.ts behind the contract. */
import { type StorageRecord, storageRecord } from '../../../lake/records.ts';
import type { NamespaceAdministration, StorageAdministration } from '../../../rules/administration.ts';
import { ok } from '../../../shared/result.ts';
import type { ActorDeps } from '../actor.ts';
import type { storageAnswer, storageContract } from '../contract/storages.ts';
import type { HandlersOf, Shown } from '../declaration.ts';
import { expectedDigest } from '../version-tag.ts';
import { actorIn, answered, pageBody, readPage, written, writtenBody } from './common.ts';

interface Places {
  readonly storages: StorageAdministration;
  readonly namespace: NamespaceAdministration;
}

export function storageHandlers({ storages, namespace }: Places, deps: ActorDeps): HandlersOf<typeof storageContract> {
  return {
    listStorages: async (request) => {
      const page = readPage('storages', request.query);
      if (!page.ok) return page;
      const list = await answered(storages.list(actorIn(deps, request), page.value));
      return list.ok ? ok({ body: pageBody('storages', list.value, ({ record }) => storageBody(record)) }) : list;
    },

    getStorage: async (request) => {
      const storage = await answered(storages.get(actorIn(deps, request), request.params.name));
      return storage.ok ? ok({ body: storageBody(storage.value.record), version: storage.value.version }) : storage;
    },

    putStorage: async (request) => {
      const { name } = request.params;
      const actor = actorIn(deps, request);
      const record = storageRecord({ name, ...request.body });
      const context = { actor, expectedVersion: expectedDigest(request.expected) };
      const outcome = await written(storages.put(context, record));
      if (!outcome.ok) return outcome;
      const { value, version, created = false } = outcome.value;
      return ok({ body: { storage: storageBody(value), ...writtenBody(outcome.value) }, version, created });
    },

    removeStorage: async (request) => {
      const context = { actor: actorIn(deps, request), expectedVersion: expectedDigest(request.expected) };
      const outcome = await written(storages.remove(context, request.params.name));
      if (!outcome.ok) return outcome;
      return ok({ body: { removed: storageBody(outcome.value.value), ...writtenBody(outcome.value) } });
    },

    listNamespace: async (request) => {
      const { under, ...query } = request.query;
      const page = readPage('namespace', query);
      if (!page.ok) return page;
      const list = await answered(namespace.list(actorIn(deps, request), under, page.value));
      return list.ok ? ok({ body: pageBody('namespace', list.value, (path) => path) }) : list;
    },

    addPath: async (request) => {
      const outcome = await written(namespace.put({ actor: actorIn(deps, request) }, request.body.path));
      return outcome.ok ? ok({ body: { path: outcome.value.value, ...writtenBody(outcome.value) } }) : outcome;
    },

    removePath: async (request) => {
      const outcome = await written(namespace.remove({ actor: actorIn(deps, request) }, request.query.path));
      return outcome.ok ? ok({ body: { path: outcome.value.value, ...writtenBody(outcome.value) } }) : outcome;
    },
  };
}

function storageBody(record: StorageRecord): Shown<typeof storageAnswer> {
  const { name, audience, aliases, kind, matching, mounts } = record;
  return { name, audience, aliases, kind, matching, mounts: mounts.map(({ path, at }) => ({ path, at })) };
}
