/** Grants and embargoes as INDIGO IAM's scope policies, as far as these can say the same. */
import { createHash } from 'node:crypto';
import { notFound } from '../../scim/actor.ts';
import type { IndigoDirectory, IndigoPolicy, PolicySubject } from '../../scim/indigo-directory.ts';
import { scimStatus } from '../../scim/problem.ts';
import { isoOf } from '../../scim/represent.ts';
import { answer, type IndigoRoute } from './form.ts';
import type { IndigoGates } from './gates.ts';

export interface IndigoPolicyDeps {
  readonly indigo: IndigoDirectory;
  readonly gates: IndigoGates;
  /** URL of SCIM, without a final slash. */
  readonly base: string;
}

const template = '/iam/scope_policies';

export function policyRoutes({ indigo, gates, base }: IndigoPolicyDeps): readonly IndigoRoute[] {
  const all = async () => (await indigo.policies()).map((policy) => represent(policy, base));
  // The rules here say more than such a policy can, and writing them this way would lose it.
  const unwritten = gates.writer(async () =>
    scimStatus(405, 'grants and embargoes are written with `/api/v1`, expected GET'),
  );
  return [
    { method: 'GET', template, handle: gates.reader(async (ctx) => answer(ctx, await all())) },
    {
      method: 'GET',
      template: `${template}/{id}`,
      handle: gates.reader(async (ctx, id) => {
        const found = (await all()).find((policy) => String(policy.id) === id);
        return found === undefined ? notFound : answer(ctx, found);
      }),
    },
    { method: 'POST', template, handle: unwritten },
    { method: 'PUT', template: `${template}/{id}`, handle: unwritten },
    { method: 'DELETE', template: `${template}/{id}`, handle: unwritten },
  ];
}

function represent(policy: IndigoPolicy, base: string) {
  const { rule, effect, path, actions, subject, account, group, until } = policy;
  const end = until === null ? '' : `, until ${isoOf(until)}`;
  return {
    id: numberOf(JSON.stringify([effect, rule, subject])),
    description: `${rule}${end}`,
    rule: effect,
    matchingPolicy: 'PATH',
    ...(account && {
      account: { uuid: account.id, username: account.name, location: locationOf(base, 'Users', account) },
    }),
    ...(group && { group: { uuid: group.id, name: group.name.slice(1), location: locationOf(base, 'Groups', group) } }),
    scopes: actions.map((action) => `storage.${action}:${path}`),
  };
}

function locationOf(base: string, kind: string, { id }: PolicySubject): string {
  return `${base}/${kind}/${encodeURIComponent(id)}`;
}

/** Policies have numbers there: 48 bits of a digest, the same for as long as the rule is. */
function numberOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}
