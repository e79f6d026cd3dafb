/** A lake of the size that the bars are about: the rules as facts, and questions that users and services ask of it. The same at every call. */
import type { PolicyRequest } from '../src/policy/decision.ts';
import type { Embargo, Grant, PolicyFacts, PolicyMode, Storage, Subject } from '../src/policy/rule.ts';

export const scale = {
  grants: 10_000,
  embargoes: 1_000,
  namespacePaths: 100_000,
  groups: 50_000,
  accounts: 100_000,
} as const;

/** 50 experiments with 40 projects with 50 data sets each. */
const experiments = 50;
const projects = 40;
const datasets = 50;

export const now = Date.parse('2026-11-22T12:00:00Z');
const day = 86_400_000;

/** Numbers that look drawn and are always the same. */
export function createDraw(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export const groupPath = (index: number) => (index === 0 ? '/escape' : `/escape/g${index}`);

/** Of one of the 2000 projects. */
export function projectPath(index: number): string {
  return `/escape/exp-${index % experiments}/project-${Math.floor(index / experiments) % projects}`;
}

const allProjects = experiments * projects;

export const datasetPath = (index: number, dataset: number) => `${projectPath(index)}/data.${dataset % datasets}`;

export const storages: readonly Storage[] = [
  storageOf('DCACHE', 'segment', []),
  storageOf('STORM', 'string', []),
  storageOf('XROOTD', 'prefix', []),
  storageOf('EOS', 'segment', [{ path: '/eos/escape', at: '/escape' }]),
];

function storageOf(name: string, matching: Storage['matching'], mounts: Storage['mounts']): Storage {
  const audience = `https://${name.toLowerCase()}.example.org:8443`;
  return { name, audience, aliases: [], kind: 'storage', matching, mounts };
}

/** Five grants for each project: those who read, those who write, those who also stage, and two more groups of readers. */
export function grantAt(index: number): Grant {
  const project = index % allProjects;
  const kind = Math.floor(index / allProjects);
  const actions = ([['read'], ['read', 'modify'], ['read', 'stage'], ['read'], ['read']] as const)[kind] ?? ['read'];
  return {
    id: `grant-${index}`,
    subject: `group:${groupPath(1 + index)}`,
    actions,
    path: projectPath(project),
    audiences: null,
    from: null,
    until: kind === 3 ? now + 400 * day : null,
  };
}

/** One data set in every other project, half of them active, a quarter still to come, a quarter over; each with a group and a service as parties. */
export function embargoAt(index: number): Embargo {
  const project = index * 2;
  const path = datasetPath(project, index);
  const [from, until] = (
    [
      [null, now + 300 * day],
      [now - 30 * day, now + 90 * day],
      [now + 20 * day, now + 200 * day],
      [now - 400 * day, now - 10 * day],
    ] as const
  )[index % 4] ?? [null, null];
  const party = (subject: Subject) => ({
    subject,
    actions: ['read', 'stage', 'poll'] as const,
    from: null,
    until: null,
    maxTokenLifetimeSeconds: null,
  });
  return {
    id: `embargo-${index}`,
    path,
    exempt: index % 10 === 0 ? [`${path}/calib`] : [],
    actions: ['read', 'create', 'modify', 'stage', 'poll'],
    parties: [party(`group:${groupPath(1 + project)}`), party('client:mover')],
    maxTokenLifetimeSeconds: 1200,
    from,
    until,
  };
}

export function scaleFacts(version: number): PolicyFacts {
  return {
    version,
    settings: { guardSeconds: 120, minLifetimeSeconds: 300, maxTokenLifetimeSeconds: 21_540 },
    groups: range(scale.groups).map((index) => ({ path: groupPath(index), isDefault: index === 0 })),
    storages,
    namespace: range(scale.namespacePaths).map((index) => datasetPath(Math.floor(index / datasets), index)),
    grants: [...range(scale.grants - 2).map(grantAt), ...moverGrants],
    embargoes: range(scale.embargoes).map(embargoAt),
  };
}

const moverGrants: readonly Grant[] = (['mover', 'catalogue'] as const).map((client) => ({
  id: `grant-${client}`,
  subject: `client:${client}`,
  actions: ['read', 'modify', 'stage'],
  path: '/escape',
  audiences: null,
  from: null,
  until: null,
}));

/** What is asked most: a user of some projects wants three things of one storage. */
export function typicalRequests(count: number): readonly PolicyRequest[] {
  const draw = createDraw(1);
  return range(count).map(() => {
    const held = range(4).map(() => draw(allProjects));
    const project = (which: number) => held[which] ?? 0;
    const storage = draw(storages.length);
    const own = (path: string) => (storage === 3 ? `/eos${path}` : path);
    // Writers of their own project, readers of the others.
    const memberships = [0, 1 + project(0) + allProjects, ...held.slice(1).map((index) => 1 + index)];
    return {
      principal: {
        kind: 'user',
        username: `user-${draw(scale.accounts)}`,
        memberships: memberships.map((index) => ({ group: groupPath(index), from: null, until: now + 500 * day })),
        endsAt: null,
      },
      client: { clientId: 'portal', scopes: portalScopes, policyMode: 'narrow' },
      audiences: [storages[storage]?.audience ?? ''],
      scopes: [
        `storage.read:${own(datasetPath(project(1), draw(datasets)))}`,
        `storage.read:${own(`${datasetPath(project(2), draw(datasets))}/run-${draw(1000)}`)}`,
        `storage.modify:${own(`${datasetPath(project(0), draw(datasets))}/scratch`)}`,
      ],
      now,
      lifetimeSeconds: 3600,
    };
  });
}

const portalScopes = [
  'openid',
  'profile',
  'email',
  'offline_access',
  'wlcg.groups',
  'storage.read:/',
  'storage.create:/',
  'storage.modify:/',
];

/** One broad scope, above everything: `mover` is a party of each embargo, `catalogue` of none. */
export function broadRequest(client: 'mover' | 'catalogue', policyMode: PolicyMode, path: string): PolicyRequest {
  return {
    principal: { kind: 'client', clientId: client, memberships: [] },
    client: { clientId: client, scopes: ['storage.read:/'], policyMode },
    audiences: [storages[0]?.audience ?? ''],
    scopes: [`storage.read:${path}`],
    now,
    lifetimeSeconds: 3600,
  };
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
