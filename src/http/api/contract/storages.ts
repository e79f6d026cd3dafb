/** Endpoints of storages and of the namespace (policy-semantics 2.3 and 4, "registered"). */
import { z } from 'zod';
import { path, strictly } from '../../../lake/schema/scalars.ts';
import { storageSchema } from '../../../lake/schema/storage.ts';
import { pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import { anyText, pageOf, writtenFields } from '../schemas/common.ts';
import { logicalPath } from '../schemas/parameters.ts';

const { name, ...storageFields } = storageSchema.shape;
const params = strictly({ name });

export const storageBody = strictly(storageFields);

export const storageAnswer = z.strictObject({
  name: anyText,
  audience: anyText,
  aliases: z.array(anyText),
  kind: z.enum(['storage', 'service']),
  matching: z.enum(['segment', 'string', 'prefix']),
  mounts: z.array(z.strictObject({ path: anyText, at: anyText })),
});

export const writtenStorage = z.strictObject({ storage: storageAnswer, ...writtenFields });
export const removedStorage = z.strictObject({ removed: storageAnswer, ...writtenFields });
export const writtenPath = z.strictObject({ path: anyText, ...writtenFields });

const ofStorages = { tag: 'Storages' };
const ofNamespace = { tag: 'Namespace', path: '/namespace' } as const;

export const storageContract = {
  listStorages: declare({
    ...ofStorages,
    method: 'GET',
    path: '/storages',
    summary: 'List storages and services',
    scope: 'policy:read',
    query: strictly(pageParameters),
    answer: { status: 200, description: 'A piece of the list, by name.', body: pageOf(storageAnswer, 'The storages.') },
    problems: [],
  }),
  getStorage: declare({
    ...ofStorages,
    method: 'GET',
    path: '/storages/{name}',
    summary: 'Read a storage',
    scope: 'policy:read',
    params,
    answer: { status: 200, description: 'The storage.', body: storageAnswer, etag: true },
    problems: [],
  }),
  putStorage: declare({
    ...ofStorages,
    method: 'PUT',
    path: '/storages/{name}',
    summary: 'Register or change a storage',
    description: 'What the body does not name is absent from then on. With If-Match it changes one that exists.',
    scope: 'policy:write',
    params,
    body: storageBody,
    guarded: 'may',
    answer: { status: 200, orCreated: true, description: 'The storage.', body: writtenStorage, etag: true },
    problems: [409, 422],
  }),
  removeStorage: declare({
    ...ofStorages,
    method: 'DELETE',
    path: '/storages/{name}',
    summary: 'Remove a storage',
    scope: 'policy:write',
    params,
    guarded: 'may',
    answer: { status: 200, description: 'The storage that was removed.', body: removedStorage },
    problems: [409, 422],
  }),
  listNamespace: declare({
    ...ofNamespace,
    method: 'GET',
    summary: 'List registered paths',
    scope: 'policy:read',
    query: strictly({ under: logicalPath.optional().describe('At or below this path.'), ...pageParameters }),
    answer: { status: 200, description: 'A piece of the list, in order.', body: pageOf(anyText, 'Logical paths.') },
    problems: [],
  }),
  addPath: declare({
    ...ofNamespace,
    method: 'POST',
    summary: 'Register a path',
    description: 'Broad requests are expanded to registered paths. One that is registered already stays.',
    scope: 'policy:write',
    body: strictly({ path: path.describe('Logical path.') }),
    answer: { status: 200, description: 'The path.', body: writtenPath },
    problems: [409, 422],
  }),
  removePath: declare({
    ...ofNamespace,
    method: 'DELETE',
    summary: 'Take a path out of the namespace',
    scope: 'policy:write',
    query: strictly({ path: logicalPath.describe('Logical path.') }),
    answer: { status: 200, description: 'The path.', body: writtenPath },
    problems: [404, 409, 422],
  }),
};
