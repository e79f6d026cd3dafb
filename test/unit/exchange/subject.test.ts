/** Whom an exchange takes for the owner of a token, in a process that has not heard of a change yet (policy-semantics 6). */
import { registeredClient } from '../../../src/clients/definition.ts';
import { type ExchangeRequest, readExchangeRequest } from '../../../src/exchange/exchange-request.ts';
import { readSubject, type SubjectDeps } from '../../../src/exchange/subject.ts';
import type { LakeSnapshot } from '../../../src/lake/snapshot.ts';

const client = (clientId: string) => registeredClient({ clientId, secretHash: null, memberships: [] }, {});
const api = client('api');
const robot = client('robot');

/** The database has `present` clients, and the process still those before. */
function deps(present: readonly (typeof api)[]): SubjectDeps {
  const snapshotOf = (clients: readonly (typeof api)[]) =>
    ({ clients: new Map(clients.map((one) => [one.clientId, one])) }) as unknown as LakeSnapshot;
  let snapshot = snapshotOf([api, robot]);
  const claims = { sub: 'robot', client_id: 'robot', jti: 'j1', exp: 4000, scope: 'storage.read:/', aud: 'tree' };
  return {
    verifier: { verify: async () => claims },
    accounts: { findById: async () => undefined, findByUsername: async () => undefined },
    refreshTokens: {} as SubjectDeps['refreshTokens'],
    snapshots: {
      current: () => snapshot,
      confirmed: async () => {
        snapshot = snapshotOf(present);
        return snapshot;
      },
    },
    clock: { now: () => 1000 },
  };
}

const request = readExchangeRequest({
  subject_token: 'a.b.c',
  subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
}) as { value: ExchangeRequest };
const read = (present: readonly (typeof api)[]) =>
  readSubject(deps(present), api, request.value, async () => undefined);

test('a token of a client acting for itself passes on the rights of that client', async () => {
  expect(await read([api, robot])).toMatchObject({
    ok: true,
    value: { account: null, subjectClient: robot, origin: robot, expiresAt: 4_000_000 },
  });
});

test('a client that was suspended elsewhere a moment ago passes nothing on', async () => {
  expect(await read([api])).toEqual({ ok: false, error: 'subject_token is not a live token of this issuer' });
});
