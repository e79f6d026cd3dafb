/** Requests for memberships at INDIGO IAM's paths: asked by people, decided by who manages the group. */
import { login } from '../support/code-flow.ts';
import type { TestIssuer } from '../support/issuer.ts';
import { scimToken, startScimIssuer } from '../support/scim.ts';

let issuer: TestIssuer;
let alice: string;
let reads: string;
let writes: string;

beforeAll(async () => {
  issuer = await startScimIssuer();
  reads = await scimToken(issuer, 'sync', 'iam:admin.read');
  writes = await scimToken(issuer, 'provisioner', 'iam:admin.write');
  alice = (await login(issuer, { scope: 'openid profile scim:write' })).body.access_token;
});
afterAll(() => issuer.close());

async function call(method: string, path: string, token: string, body?: unknown) {
  const response = await fetch(new URL(path, issuer.url), {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  expect(response.status).toBeLessThan(500);
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

const request = (groupName: string, token = alice) =>
  call('POST', 'iam/group_requests', token, { groupName, notes: 'SKA shifts' });

test('who asks is refused with a reason, asks again, and is let in once', async () => {
  const asked = await request('escape/ska');
  expect(asked).toMatchObject({
    status: 200,
    body: { username: 'alice', groupName: 'escape/ska', status: 'PENDING', notes: 'SKA shifts' },
  });
  expect((await request('escape/ska')).status).toBe(409);
  const path = `iam/group_requests/${asked.body.uuid}`;
  expect((await call('POST', `${path}/approve`, alice)).status).toBe(403);
  expect((await call('POST', `${path}/approve`, reads)).status).toBe(403);
  expect((await call('POST', `${path}/reject?motivation=a%00b`, writes)).status).toBe(400);
  const refused = await call('POST', `${path}/reject?motivation=not%20now`, writes);
  expect(refused.body).toMatchObject({ status: 'REJECTED', motivation: 'not now' });
  expect((await call('POST', `${path}/approve`, writes)).status).toBe(409);

  const again = await request('/escape/ska');
  const approved = await call('POST', `iam/group_requests/${again.body.uuid}/approve`, writes);
  expect(approved).toMatchObject({ status: 200, body: { status: 'APPROVED' } });
  const groups = await call('GET', 'scim/Me', alice);
  expect(groups.body.groups.map(({ display }: { display: string }) => display)).toContain('escape/ska');
});

test('who asked takes it back, and nobody else', async () => {
  const asked = await request('escape/lofar');
  const path = `iam/group_requests/${asked.body.uuid}`;
  expect((await call('DELETE', path, reads)).status).toBe(403);
  expect((await call('DELETE', path, writes)).status).toBe(404);
  expect((await call('DELETE', path, alice)).status).toBe(204);
  expect((await call('DELETE', path, alice)).status).toBe(409);
  expect((await call('POST', `${path}/approve`, writes)).status).toBe(404);
});

test('what is not there, or not said, is no request', async () => {
  expect((await request('escape/nowhere')).status).toBe(404);
  expect((await request('escape/ska', writes)).status).toBe(403);
  expect((await call('POST', 'iam/group_requests', alice, { notes: 'x' })).status).toBe(400);
  expect((await call('POST', 'iam/group_requests/nobody/approve', writes)).status).toBe(404);
  expect((await call('POST', 'iam/group_requests/%00/reject', writes)).status).toBe(404);
});
