/** The published vectors of the WLCG profile, INDIGO IAM and dCache, one by one, against the decision of a storage. */
import { readFileSync } from 'node:fs';
import { authorizeScope } from '../../../src/validate/authorize-scope.ts';
import { parseCapabilities } from '../../../src/validate/capability.ts';
import { checkClaims } from '../../../src/validate/claims.ts';
import type { Operation } from '../../../src/validate/operation.ts';

interface Vector {
  readonly source: string;
  readonly scope: string;
  readonly op: string;
  readonly path: string | null;
  readonly kind: string;
  readonly expect: string | readonly string[];
  readonly base_path?: string;
  readonly wlcg_ver?: string | null;
}

const file = new URL('../../cases/vectors/wlcg-authorization.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as readonly Vector[];

/** Kinds that ask an issuer, not a storage. */
const skippedKinds = new Map([
  ['groups', 'which groups an issuer asserts; no matter of a storage'],
  ['capabilityset', 'which scopes an issuer puts in the place of a capability set; no matter of a storage'],
  ['issuer-matcher', 'how an issuer matches an asked scope with an allowed one; no matter of a storage'],
]);

/** The grammar of group scopes is enforced by the issuer; a storage ignores scopes that it does not use. */
const skippedScopes = new Map([
  ['wlcg.groups:', 'grammar of a group scope in a request: an issuer refuses it'],
  ['wlcg.groups:example', 'grammar of a group scope in a request: an issuer refuses it'],
  ['wlcg.groups://', 'grammar of a group scope in a request: an issuer refuses it'],
]);

/** Names used by HTTP and by dCache, in our operations; each of them gets the expected answer. */
const operationsOf: Readonly<Record<string, readonly Operation[]>> = {
  GET: ['read'],
  PUT: ['create'],
  DOWNLOAD: ['read'],
  UPLOAD: ['create'],
  DELETE: ['delete'],
  MANAGE: ['mkdir', 'rename'],
  STAGE: ['stage'],
  UPDATE_METADATA: ['chmod'],
};

/** dCache's activities as questions; any `allow` shows the activity. */
const activities: Readonly<Record<string, readonly Operation[]>> = {
  LIST: ['list'],
  READ_METADATA: ['stat', 'poll'],
  DOWNLOAD: ['read'],
  UPLOAD: ['create'],
  MANAGE: ['mkdir'],
  DELETE: ['delete'],
  UPDATE_METADATA: ['chmod'],
  STAGE: ['stage'],
};

const skipReason = ({ kind, scope }: Vector) => skippedKinds.get(kind) ?? skippedScopes.get(scope);

function decide(vector: Vector, operation: Operation): string {
  const [from = '', to] = (vector.path ?? '').split(' -> ');
  const path = to === undefined ? from : { from, to };
  return authorizeScope({
    scope: vector.scope,
    operation,
    path,
    ...(vector.base_path && { basePath: vector.base_path }),
  }).decision;
}

function checkParse({ scope, expect: expected }: Vector): void {
  const parsed = parseCapabilities(scope);
  if (expected === 'reject-token') expect(parsed.ok).toBe(false);
  else if (expected === 'wlcg-scope') expect(parsed).toMatchObject({ ok: true, value: [{ scope }] });
  else expect(parsed).toEqual({ ok: true, value: [] });
}

function checkActivities(vector: Vector): void {
  const shown = Object.keys(activities).filter((name) =>
    activities[name]?.some((operation) => decide(vector, operation) === 'allow'),
  );
  expect(shown).toEqual(vector.expect);
}

function checkVersion({ scope, wlcg_ver: version, expect: expected }: Vector): void {
  const payload = { iss: 'https://i/', sub: 's', aud: 'a', exp: 2, iat: 1, jti: 'j', scope };
  const claims = { ...payload, ...(version && { 'wlcg.ver': version }) };
  expect(checkClaims(claims, { now: 1000, audiences: ['a'] }).ok).toBe(expected === 'accept');
}

function check(vector: Vector): void {
  if (vector.kind === 'parse') checkParse(vector);
  else if (vector.kind === 'acls') checkActivities(vector);
  else if (vector.kind === 'claims') checkVersion(vector);
  else checkOperations(vector);
}

function checkOperations(vector: Vector): void {
  for (const operation of operationsOf[vector.op] ?? [vector.op as Operation]) {
    expect([operation, decide(vector, operation)]).toEqual([operation, vector.expect]);
  }
}

test('all 226 vectors are there, and the skipped ones are those of an issuer', () => {
  expect(vectors).toHaveLength(226);
  expect(vectors.filter(skipReason)).toHaveLength(12 + 4 + 11 + 3);
});

describe.each(vectors.map((vector, index) => ({ index, vector })))('vector $index', ({ vector }) => {
  const title = `${vector.scope} ${vector.op} ${vector.path} is ${vector.expect} (${vector.source})`;
  const reason = skipReason(vector);
  if (reason === undefined) test(title, () => check(vector));
  else test.skip(`${title}: ${reason}`, () => {});
});
