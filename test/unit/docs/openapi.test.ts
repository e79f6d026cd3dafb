/** The OpenAPI document: up to date, and whole in itself. */
import { contract } from '../../../src/http/api/contract.ts';
import { renderOpenApi } from '../../support/openapi.ts';
import { readPage } from '../../support/pages-of-docs.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document is walked as it is
type Json = any;

const document: Json = JSON.parse(renderOpenApi());
const operations: Json[] = Object.entries<Json>(document.paths).flatMap(([path, item]) =>
  Object.entries<Json>(item).map(([method, operation]) => ({ path, method, ...operation })),
);

test('docs/reference/openapi.json is up to date (`node test/support/openapi.ts > docs/reference/openapi.json` writes it)', () => {
  expect(readPage('docs/reference/openapi.json')).toBe(renderOpenApi());
});

test('it says what it is', () => {
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: expect.any(String), version: expect.any(String) },
    servers: [{ url: '/api/v1' }],
  });
});

test('every endpoint of the contract is an operation, and each has a name of its own', () => {
  const names = operations.map(({ operationId }) => operationId).sort();
  expect(names).toEqual(Object.keys(contract).sort());
});

test('every reference leads somewhere', () => {
  const missing = referencesIn(document).filter((reference) => resolve(reference) === undefined);
  expect(missing).toEqual([]);
});

test('nothing is defined that no operation refers to', () => {
  const used = new Set<string>();
  const follow = (value: Json) => {
    for (const reference of referencesIn(value)) {
      if (used.has(reference)) continue;
      used.add(reference);
      follow(resolve(reference));
    }
  };
  follow(document.paths);
  const defined = ['schemas', 'responses'].flatMap((kind) =>
    Object.keys(document.components[kind]).map((name) => `#/components/${kind}/${name}`),
  );
  expect(defined.filter((reference) => !used.has(reference) && !/Problem(405|413|500|503)$/.test(reference))).toEqual(
    [],
  );
});

test.each(operations.map((operation) => [operation.operationId, operation] as const))(
  '%s names its path parameters, a success, and what refuses it',
  (_name, { path, method, parameters, responses, requestBody, security }) => {
    const inPath = parameters.filter((parameter: Json) => parameter.in === 'path');
    const expected = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(inPath.map(({ name }: Json) => name)).toEqual(expected);
    for (const parameter of parameters) {
      expect(parameter).toMatchObject({
        name: expect.any(String),
        required: expect.any(Boolean),
        schema: expect.any(Object),
      });
      expect(parameter.description).toEqual(expect.any(String));
    }
    expect(inPath.every(({ required }: Json) => required)).toBe(true);
    expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true);
    for (const response of Object.values<Json>(responses)) {
      const { description } = response.$ref ? resolve(response.$ref) : response;
      expect(description).toEqual(expect.any(String));
    }
    if (security.length > 0) expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403']));
    expect(requestBody === undefined).toBe(method === 'get' || method === 'delete');
  },
);

test('changes of grants, embargoes and exchange rules need If-Match', () => {
  const writes = operations.filter(
    ({ path, method }) => /^\/(grants|embargoes|exchange-rules)\/\{id\}/.test(path) && method !== 'get',
  );
  expect(writes.length).toBeGreaterThan(8);
  for (const { parameters } of writes) {
    expect(parameters).toContainEqual(expect.objectContaining({ name: 'If-Match', in: 'header', required: true }));
  }
});

test('every field of an answer is known: an object without a list of fields would let anything out', () => {
  const open = Object.entries<Json>(document.components.schemas).flatMap(([name, schema]) =>
    objectsIn(schema)
      .filter(({ additionalProperties }) => additionalProperties !== false)
      .map(() => name),
  );
  expect(open).toEqual([]);
});

function referencesIn(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = typeof value.$ref === 'string' ? [value.$ref] : [];
  return [...own, ...Object.values<Json>(value).flatMap(referencesIn)];
}

function objectsIn(value: Json): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  return [
    ...(value.properties && value.type === 'object' ? [value] : []),
    ...Object.values<Json>(value).flatMap(objectsIn),
  ];
}

function resolve(reference: string): Json {
  if (!reference.startsWith('#/')) return undefined;
  const parts = reference.slice(2).split('/');
  return parts.reduce((value: Json, part) => value?.[part.replaceAll('~1', '/').replaceAll('~0', '~')], document);
}
