/** What scripts change, one call after the other, each undone in the end; the lake stays as it was. */

import type { AnswerTimes } from './people.ts';
import type { Ids } from './people-data.ts';
import { medianOf, percentile } from './statistics.ts';

interface Call {
  readonly method: string;
  /** `NEW` stands for the id of what the call before made. */
  readonly path: string;
  readonly body?: unknown;
}

/** Each begins with what makes something. */
const journeys: readonly (readonly Call[])[] = [
  [
    {
      method: 'POST',
      path: 'api/v1/accounts',
      body: { username: 'newcomer-ROUND', name: 'A Newcomer', email: 'new@example.org' },
    },
    { method: 'PATCH', path: 'api/v1/accounts/NEW', body: { name: 'A Member' } },
    { method: 'PUT', path: 'api/v1/groups/GROUP/members/NEW', body: { until: '2030-01-01T00:00:00Z' } },
    { method: 'DELETE', path: 'api/v1/groups/GROUP/members/NEW' },
    { method: 'POST', path: 'api/v1/accounts/NEW/suspend', body: { reason: 'left' } },
    { method: 'DELETE', path: 'api/v1/accounts/NEW' },
  ],
  [
    { method: 'POST', path: 'api/v1/groups', body: { path: '/escape/e7/new-ROUND' } },
    { method: 'POST', path: 'api/v1/groups/NEW/move', body: { path: '/escape/e8/new-ROUND' } },
    { method: 'DELETE', path: 'api/v1/groups/NEW' },
  ],
  [
    {
      method: 'POST',
      path: 'scim/Users',
      body: { userName: 'provisioned-ROUND', emails: [{ value: 'scim@example.org', primary: true }] },
    },
    {
      method: 'PATCH',
      path: 'scim/Groups/GROUP?excludedAttributes=members',
      body: {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'add', path: 'members', value: [{ value: 'NEW' }] }],
      },
    },
    { method: 'DELETE', path: 'scim/Users/NEW' },
  ],
];

interface Measured {
  readonly path: string;
  readonly times: number[];
  bytes: number;
}

/** @throws Error when a call is answered with anything but success */
export async function measureWrites(issuer: string, token: string, ids: Ids, rounds: number): Promise<AnswerTimes[]> {
  const found = journeys.map((calls) =>
    calls.map(({ method, path }): Measured => ({ path: `${method} ${path}`, times: [], bytes: 0 })),
  );
  // The first round does not count.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, calls] of journeys.entries()) {
      const name = `${Date.now()}`;
      let made = '';
      for (const [step, call] of calls.entries()) {
        const filled = (text: string) => text.replace('NEW', made).replace('GROUP', ids.group).replace('ROUND', name);
        const { text, milliseconds } = await timed(issuer, token, call, filled);
        if (step === 0) made = (JSON.parse(text) as { readonly id: string }).id;
        const measured = found[index]?.[step];
        if (measured === undefined || round === 0) continue;
        measured.times.push(milliseconds);
        measured.bytes = text.length;
      }
    }
  }
  return found.flat().map(({ path, times, bytes }) => ({
    path,
    status: 200,
    kilobytes: bytes / 1000,
    medianMilliseconds: medianOf(times.toSorted((one, other) => one - other)),
    p95Milliseconds: percentile(times, 0.95),
  }));
}

async function timed(issuer: string, token: string, { method, path, body }: Call, filled: (text: string) => string) {
  const type = path.startsWith('scim/') ? 'application/scim+json' : 'application/json';
  const started = performance.now();
  const answer = await fetch(`${issuer}${filled(path)}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': type }) },
    ...(body !== undefined && { body: filled(JSON.stringify(body)) }),
  });
  const text = await answer.text();
  const milliseconds = performance.now() - started;
  if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${text}`);
  return { text, milliseconds };
}
