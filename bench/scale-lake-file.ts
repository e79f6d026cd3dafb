/** The lake of scale-lake.ts as a lake file for `sluice apply`, and one with next to nothing in it; both with the service that is measured. */
import type { Embargo, Grant, Interval } from '../src/policy/rule.ts';
import { groupPath, projectPath, scale, scaleFacts } from './scale-lake.ts';
import { audience, type BenchClient } from './subject.ts';

export const service: BenchClient = { id: 'catalogue', secret: 'catalogue-demo-secret' };

/** What the service asks for: three paths, in both lakes. */
export const serviceScopes = [0, 51, 102].map((index) => `storage.read:${projectPath(index)}/open`).join(' ');

/** JSON, which a lake file may be too. */
export function renderEmptyLake(): string {
  return JSON.stringify(foundation());
}

export function renderScaleLake(): string {
  const facts = scaleFacts(1);
  const base = foundation();
  return JSON.stringify({
    ...base,
    groups: [...base.groups, ...facts.groups.slice(1).map(({ path }) => ({ path }))],
    accounts: Array.from({ length: scale.accounts }, (_, index) => ({
      username: `user-${index}`,
      groups: [groupPath(0), groupPath(1 + (index % (scale.groups - 1)))],
    })),
    storages: [
      ...base.storages,
      ...facts.storages.map(({ name, audience: own, matching, mounts }) => ({ name, audience: own, matching, mounts })),
    ],
    namespace: facts.namespace,
    grants: [...base.grants, ...facts.grants.filter(({ subject }) => subject.startsWith('group:')).map(inFile)],
    embargoes: facts.embargoes.map((embargo) => ({
      ...inFile(embargo),
      title: embargo.id,
      // What it closes is open in the lake: it was not there before.
      retroactive: true,
      parties: embargo.parties.map(({ subject, actions }) => ({ subject, actions, role: 'collaboration' })),
    })),
  });
}

function foundation() {
  const client = (clientId: string) => ({
    clientId,
    clientSecret: service.secret,
    grantTypes: ['client_credentials'],
    scopes: ['storage.read:/', 'storage.modify:/'],
  });
  const grant = (clientId: string) => ({
    id: `grant-${clientId}`,
    subject: `client:${clientId}`,
    actions: ['read', 'modify', 'stage'],
    path: groupPath(0),
  });
  return {
    version: 1,
    vo: 'escape',
    groups: [{ path: groupPath(0), default: true }],
    clients: [client(service.id), client('mover')],
    storages: [{ name: 'BENCH', audience, matching: 'segment' }],
    grants: [grant(service.id), grant('mover')],
  };
}

function inFile<T extends Grant | Embargo>({ from, until, ...rule }: T) {
  const given = Object.entries(rule).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(given), ...dates({ from, until }) };
}

function dates({ from, until }: Interval) {
  const iso = (instant: number) => new Date(instant).toISOString();
  return { ...(from === null ? {} : { from: iso(from) }), ...(until === null ? {} : { until: iso(until) }) };
}
