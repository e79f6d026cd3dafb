/** Bulk requests (RFC 7644 section 3.7): operations in their order, those that wait for an id of another one after it. */
import { ok } from '../shared/result.ts';
import type { ScimWrite } from './actor.ts';
import { isObject } from './normalise.ts';
import { type ScimAnswer, type ScimProblem, scimError } from './problem.ts';
import type { Json } from './represent.ts';
import type { ResourceWrites } from './users.ts';

export const bulkResponseId = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';
export const errorId = 'urn:ietf:params:scim:api:messages:2.0:Error';

export const bulkLimits = { maxOperations: 1000, maxPayloadSize: 1_048_576 } as const;

export interface BulkDeps {
  readonly users: ResourceWrites;
  readonly groups: ResourceWrites;
  readonly base: string;
}

interface BulkOperation {
  readonly method: string;
  readonly bulkId: string | undefined;
  readonly path: string;
  readonly data: unknown;
  readonly version: string | undefined;
  /** The `bulkId`s of other operations that it speaks of. */
  readonly references: readonly string[];
}

/** `ifMatch` of the request itself does not count; each operation has its `version`. */
export async function runBulk(deps: BulkDeps, write: ScimWrite, body: unknown): Promise<ScimAnswer<Json>> {
  const read = readBulk(body);
  if (!read.ok) return read;
  const { operations, failOnErrors } = read.value;
  const ids = new Map<string, string>();
  const answers = new Map<BulkOperation, Json>();
  const errors = () => [...answers.values()].filter(({ status }) => Number(status) >= 400).length;
  /** RFC 7644 section 3.7.2: the bulkIds of operations that come later are waited for; in a circle nobody is. */
  const nextOf = (left: ReadonlySet<BulkOperation>) => {
    const toCome = new Set([...left].map(({ bulkId }) => bulkId));
    const [first] = left;
    return [...left].find(({ references }) => !references.some((id) => toCome.has(id))) ?? first;
  };

  const left = new Set(operations);
  for (let next = nextOf(left); next !== undefined; next = nextOf(left)) {
    if (failOnErrors !== null && errors() >= failOnErrors) break;
    answers.set(next, await runOne(deps, write, next, ids));
    left.delete(next);
  }
  return ok({
    schemas: [bulkResponseId],
    Operations: operations.flatMap((operation) => answers.get(operation) ?? []),
  });
}

function readBulk(
  body: unknown,
): ScimAnswer<{ readonly operations: readonly BulkOperation[]; readonly failOnErrors: number | null }> {
  const list = isObject(body) ? body.Operations : undefined;
  if (!isObject(body) || !Array.isArray(list)) return scimError('invalidSyntax', 'expected `Operations`, an array');
  if (list.length > bulkLimits.maxOperations) {
    return scimError('tooMany', `expected at most ${bulkLimits.maxOperations} operations`, 413);
  }
  const { failOnErrors = null } = body;
  if (failOnErrors !== null && !(Number.isSafeInteger(failOnErrors) && (failOnErrors as number) >= 1)) {
    return scimError('invalidValue', 'expected a number of at least 1 as `failOnErrors`');
  }
  const operations: BulkOperation[] = [];
  for (const one of list) {
    const operation = readOperation(one);
    if (!operation.ok) return operation;
    operations.push(operation.value);
  }
  const named = operations.flatMap(({ bulkId }) => bulkId ?? []);
  if (new Set(named).size !== named.length) return scimError('uniqueness', 'expected each `bulkId` once');
  return ok({ operations, failOnErrors: failOnErrors as number | null });
}

function readOperation(one: unknown): ScimAnswer<BulkOperation> {
  if (!isObject(one) || typeof one.method !== 'string' || typeof one.path !== 'string' || one.path.length > 2000) {
    return scimError('invalidSyntax', 'expected a `method` and a `path` in each operation');
  }
  const { bulkId, version, data } = one;
  const method = one.method.toUpperCase();
  const isText = (value: unknown) => value === undefined || (typeof value === 'string' && value.length <= 500);
  if (!isText(bulkId) || !isText(version)) return scimError('invalidSyntax', 'expected text as `bulkId` and `version`');
  if (method === 'POST' && bulkId === undefined) {
    return scimError('invalidSyntax', 'expected a `bulkId` in an operation that makes something');
  }
  const references = referencesIn(one.path, data);
  return ok({ method, path: one.path, data, bulkId: bulkId as string, version: version as string, references });
}

const reference = /bulkId:([^/"]+)/g;

function referencesIn(path: string, data: unknown): readonly string[] {
  const inData = JSON.stringify(data ?? null).matchAll(/"bulkId:((?:[^"\\]|\\.)+)"/g);
  const texts = [...inData].map(([text]) => (JSON.parse(text) as string).slice('bulkId:'.length));
  return [...texts, ...[...path.matchAll(reference)].map(([, id]) => id as string)];
}

async function runOne(
  { users, groups, base }: BulkDeps,
  { context }: ScimWrite,
  operation: BulkOperation,
  ids: Map<string, string>,
): Promise<Json> {
  const { method, bulkId } = operation;
  const shown = { method, ...(bulkId !== undefined && { bulkId }) };
  const unknown = operation.references.find((id) => !ids.has(id));
  if (unknown !== undefined) {
    const detail = `no operation with the \`bulkId\` \`${unknown.slice(0, 80)}\` made something`;
    return failure(shown, { status: 409, scimType: 'invalidValue', detail });
  }
  const path = operation.path.replace(reference, (_text, id: string) => ids.get(id) as string);
  const [, kind = '', encoded] = /^\/?(Users|Groups)(?:\/([^/?#]+))?$/i.exec(path) ?? [];
  const writes = { users, groups }[kind.toLowerCase()];
  if (writes === undefined) {
    return failure(shown, { status: 404, detail: 'expected a path below `/Users` or `/Groups`' });
  }
  const write = { context, ifMatch: operation.version ?? null, showsMembers: false };
  const id = encoded === undefined ? undefined : decoded(encoded);
  const answer = await perform(writes, write, { method, id, data: resolved(operation.data, ids) });
  if (!answer.ok)
    return failure(id === undefined ? shown : { ...shown, location: `${base}/${kind}/${id}` }, answer.error);
  const resource = answer.value;
  if (resource === null) return { ...shown, location: `${base}/${kind}/${encoded}`, status: '204' };
  if (bulkId !== undefined) ids.set(bulkId, resource.id as string);
  const { location, version } = resource.meta as Record<string, string>;
  return { ...shown, location, version, status: method === 'POST' ? '201' : '200' };
}

interface Performed {
  readonly method: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

function perform(
  writes: ResourceWrites,
  write: ScimWrite,
  { method, id, data }: Performed,
): Promise<ScimAnswer<Json | null>> {
  if (method === 'POST' && id === undefined) return writes.create(write, data);
  if (id !== undefined) {
    if (method === 'PUT') return writes.replace(write, id, data);
    if (method === 'PATCH') return writes.patch(write, id, data);
    if (method === 'DELETE') return writes.remove(write, id);
  }
  const detail = 'expected POST to a collection, or PUT, PATCH or DELETE to one of its resources';
  return Promise.resolve({ ok: false, error: { status: 405, detail } });
}

function resolved(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return value.startsWith('bulkId:') ? ids.get(value.slice('bulkId:'.length)) : value;
  if (Array.isArray(value)) return value.map((one) => resolved(one, ids));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolved(one, ids)]));
}

function failure(shown: Json, problem: ScimProblem): Json {
  return { ...shown, status: String(problem.status), response: errorBody(problem) };
}

export function errorBody({ status, scimType, detail }: ScimProblem): Json {
  return { schemas: [errorId], status: String(status), ...(scimType && { scimType }), detail };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
