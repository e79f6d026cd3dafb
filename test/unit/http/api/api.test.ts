/** The frame of the API, with endpoints made for the test: matching, admission, validation of requests and answers (src/http/api/api.ts). */
import { pino } from 'pino';
import { z } from 'zod';
import { apiRoutes } from '../../../../src/http/api/api.ts';
import type { Caller } from '../../../../src/http/api/caller.ts';
import { declare, endpointsOf, type HandlersOf } from '../../../../src/http/api/declaration.ts';
import { problem } from '../../../../src/http/api/problem.ts';
import { strictly } from '../../../../src/lake/schema/scalars.ts';
import { AppError } from '../../../../src/shared/errors.ts';
import { err, ok } from '../../../../src/shared/result.ts';
import { fakeContext } from '../../../support/fake-context.ts';

const thing = z.strictObject({ id: z.string(), version: z.int() });
const written = z.strictObject({ thing, policyVersion: z.int() });
const params = strictly({ id: z.string().max(10) });

const contract = {
  getThing: declare({
    method: 'GET',
    path: '/things/{id}',
    tag: 'Things',
    summary: 'Read',
    scope: 'policy:read',
    params,
    answer: { status: 200, description: 'The thing.', body: thing, etag: true },
    problems: [],
  }),
  changeThing: declare({
    method: 'PUT',
    path: '/things/{id}',
    tag: 'Things',
    summary: 'Change',
    scope: 'policy:write',
    params,
    body: strictly({ note: z.string().optional() }),
    guarded: 'must',
    answer: { status: 200, orCreated: true, description: 'The thing.', body: written, etag: true },
    problems: [409],
  }),
  listThings: declare({
    method: 'GET',
    path: '/things',
    tag: 'Things',
    summary: 'List',
    scope: null,
    answer: {
      status: 200,
      description: 'All.',
      body: z.strictObject({ items: z.array(thing), next: z.string().nullable() }),
    },
    problems: [],
  }),
};
type Handlers = HandlersOf<typeof contract>;

const working: Handlers = {
  getThing: async ({ params: { id } }) => ok({ body: { id, version: 3 }, version: 3 }),
  changeThing: async ({ params: { id }, expected }) =>
    expected === 'any' || expected.tag === 'v3'
      ? ok({ body: { thing: { id, version: 4 }, policyVersion: 7 }, version: 4, created: id === 'new' })
      : err(problem('precondition-failed', 'another version')),
  listThings: async () => ok({ body: { items: [], next: 'abc' } }),
};

const robot: Caller = { kind: 'client', clientId: 'robot', scopes: new Set(['policy:read', 'policy:write']) };

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly header: (name: string) => unknown;
  readonly log: Record<string, unknown>[];
  readonly state: Record<string, unknown>;
}

async function call(
  method: string,
  path: string,
  options: {
    handlers?: Partial<Handlers>;
    caller?: Caller | null;
    headers?: Record<string, string>;
    body?: string;
  } = {},
): Promise<Answer> {
  const log: Record<string, unknown>[] = [];
  const routes = apiRoutes({
    issuer: 'https://issuer.example/vo/',
    endpoints: endpointsOf(contract, { ...working, ...options.handlers }),
    authenticate: async () => ok(options.caller === undefined ? robot : options.caller),
    log: pino({}, { write: (line: string) => void log.push(JSON.parse(line)) }),
  });
  const json = options.body === undefined ? {} : { 'content-type': 'application/json' };
  const ctx = fakeContext({
    method,
    path: `/api/v1${path}`,
    headers: { ...json, ...options.headers },
    ...(options.body !== undefined && { body: options.body }),
  });
  ctx.state.requestId = '00000000-0000-4000-8000-000000000000';
  await routes(ctx, async () => {});
  const body = typeof ctx.body === 'string' ? JSON.parse(ctx.body) : {};
  return { status: ctx.status, body, header: (name) => ctx.response.get(name), log, state: ctx.state };
}

const change = { headers: { 'if-match': '"v3"' }, body: '{}' };

test('an answer that its schema allows is sent as it is, with its version', async () => {
  const answer = await call('GET', '/things/a%2Fb');
  expect([answer.status, answer.body, answer.header('etag')]).toEqual([200, { id: 'a/b', version: 3 }, '"v3"']);
  expect(answer.state.route).toBe('/api/v1/things/{id}');
});

test.each<[string, Partial<Handlers>]>([
  [
    'a field too many',
    { getThing: async () => ok({ body: { id: 'a', version: 3, secret: 'x' } as never, version: 3 }) },
  ],
  ['a field too few', { getThing: async () => ok({ body: { id: 'a' } as never, version: 3 }) }],
  ['no version', { getThing: async () => ok({ body: { id: 'a', version: 3 } }) }],
  ['an exception', { getThing: () => Promise.reject(new Error('database says: secret')) }],
])('an answer with %s is a fault: 500, logged, and nothing of it leaves', async (_name, handlers) => {
  const { status, body, header, log } = await call('GET', '/things/a', { handlers });
  expect([status, body.type]).toEqual([500, 'urn:sluice:problem:fault']);
  expect(header('content-type')).toBe('application/problem+json');
  expect(JSON.stringify(body)).not.toContain('secret');
  expect(log).toEqual([expect.objectContaining({ level: 50, msg: 'fault', err: expect.any(Object) })]);
});

test('while the rules cannot be confirmed the answer is 503, and worth another try', async () => {
  const away = () => Promise.reject(new AppError('policy_unavailable', 'not confirmed for 3 s'));
  const { status, body, header, log, state } = await call('GET', '/things/a', { handlers: { getThing: away } });
  expect([status, body.type, header('retry-after')]).toEqual([503, 'urn:sluice:problem:unavailable', '1']);
  expect([log, state.fault]).toEqual([[], 'not confirmed for 3 s']);
});

test('a write says its policy version, and whether the thing is new', async () => {
  const changed = await call('PUT', '/things/a', change);
  expect([changed.status, changed.header('etag'), changed.header('sluice-policy-version')]).toEqual([200, '"v4"', '7']);
  expect((await call('PUT', '/things/new', change)).status).toBe(201);
});

test('the handler is not reached without what the declaration asks for', async () => {
  const statuses = [
    await call('GET', '/things/a', { caller: null }),
    await call('GET', '/things/a', { caller: { ...robot, scopes: new Set() } }),
    await call('POST', '/things/a'),
    await call('GET', '/other'),
    await call('GET', '/things/longer-than-it-may-be'),
    await call('GET', '/things/a?x=1'),
    await call('PUT', '/things/a', { body: '{}' }),
    await call('PUT', '/things/a', { ...change, headers: { 'if-match': 'v3' } }),
    await call('PUT', '/things/a', { ...change, body: '{"other":1}' }),
    await call('PUT', '/things/a', { ...change, headers: { ...change.headers, 'content-type': 'text/plain' } }),
    await call('PUT', '/things/a', { ...change, headers: { 'if-match': '"v2"' } }),
  ].map(({ status }) => status);
  expect(statuses).toEqual([401, 403, 405, 404, 404, 400, 428, 400, 400, 415, 412]);
});

test('the next piece of a list has a URL below the issuer', async () => {
  const { header } = await call('GET', '/things', { caller: null });
  expect(header('link')).toBe('<https://issuer.example/vo/api/v1/things?cursor=abc>; rel="next"');
});

test('a path that is none of the API is left to others', async () => {
  const ctx = fakeContext({ path: '/api/v10/things' });
  let passed = false;
  const routes = apiRoutes({
    issuer: 'https://issuer.example/',
    endpoints: [],
    authenticate: async () => ok(null),
    log: pino({ level: 'silent' }),
  });
  await routes(ctx, async () => {
    passed = true;
  });
  expect(passed).toBe(true);
});
