/** Random worlds for property tests: names that are prefixes of one another or differ by a dot, rules that begin and end around the windows of a decision. */
import fc from 'fast-check';
import type { PolicyRequest } from '../../src/policy/decision.ts';
import {
  type Action,
  actions,
  type Embargo,
  type Grant,
  type Interval,
  type Membership,
  type PolicyFacts,
  type Principal,
  type Storage,
  type Subject,
} from '../../src/policy/rule.ts';
import { checkPolicyFacts } from '../../src/policy/validate-facts.ts';

/** A world and a question about it. */
export interface World {
  readonly facts: PolicyFacts;
  readonly request: PolicyRequest;
}

export const now = Date.parse('2026-11-22T12:00:00Z');
export const settings = { guardSeconds: 120, minLifetimeSeconds: 300, maxTokenLifetimeSeconds: 21_540 };
export const lifetimeSeconds = 3600;

/** Instants around every edge that matters, in seconds from now: the minimum window ends at 420, the last acceptance of the token at 3720. */
export const offsets = [-3600, -1, 0, 1, 200, 419, 420, 421, 1800, 3719, 3720, 3721, 9000];

const names = ['a', 'ab', 'a.b', 'aab', 'b'];

/** All paths up to three segments. */
export const universe: readonly string[] = [
  '/',
  ...deeper(['']),
  ...deeper(deeper([''])),
  ...deeper(deeper(deeper(['']))),
];

function deeper(paths: readonly string[]): string[] {
  return paths.flatMap((path) => names.map((name) => `${path}/${name}`));
}

const path = fc.array(fc.constantFrom(...names), { maxLength: 2 }).map((segments) => `/${segments.join('/')}`);
const instant = fc.constantFrom(...offsets).map((seconds) => now + seconds * 1000);
const interval: fc.Arbitrary<Interval> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ from: null, until: null }) },
  { weight: 2, arbitrary: instant.map((until) => ({ from: null, until })) },
  { weight: 1, arbitrary: instant.map((from) => ({ from, until: null })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(instant, instant)
      .filter(([from, until]) => from < until)
      .map(([from, until]) => ({ from, until })),
  },
);
const actionList = fc.oneof(
  { weight: 3, arbitrary: fc.constant([...actions]) },
  { weight: 2, arbitrary: fc.subarray([...actions], { minLength: 1 }) as fc.Arbitrary<Action[]> },
);
const subject = fc.constantFrom<Subject>(
  'user:u',
  'user:u',
  'group:/g',
  'group:/g',
  'group:/g/h',
  'client:c',
  'user:other',
);
const storageNames = ['one', 'two'];

const grant: fc.Arbitrary<Omit<Grant, 'id'>> = fc
  .tuple(
    interval,
    subject,
    actionList,
    fc.oneof(fc.constant('/'), path),
    fc.oneof(
      { weight: 6, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.subarray(storageNames, { minLength: 1 }) },
    ),
  )
  .map(([span, who, what, where, audiences]) => ({ ...span, subject: who, actions: what, path: where, audiences }));

const party = fc
  .tuple(interval, subject, actionList)
  .map(([span, who, what]) => ({ ...span, subject: who, actions: what, maxTokenLifetimeSeconds: null }));

export const embargo: fc.Arbitrary<Omit<Embargo, 'id'>> = fc
  .tuple(
    interval,
    path,
    fc.array(fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 1 }), { maxLength: 2 }),
    actionList,
    fc.array(party, { maxLength: 3 }),
  )
  .map(([span, where, exempt, what, parties]) => ({
    ...span,
    path: where,
    exempt: exempt.map((below) => `${where === '/' ? '' : where}/${below.join('/')}`),
    actions: what,
    parties,
    maxTokenLifetimeSeconds: 1200,
  }));

const mount = fc.tuple(path, fc.oneof(fc.constant('/'), path)).map(([own, at]) => ({ path: own, at }));
const storage: fc.Arbitrary<Omit<Storage, 'name' | 'audience'>> = fc
  .tuple(
    fc.constantFrom('segment' as const, 'string' as const, 'prefix' as const),
    fc.oneof(fc.constant([]), fc.array(mount, { minLength: 1, maxLength: 2 })),
  )
  .map(([matching, mounts]) => ({ aliases: [], kind: 'storage', matching, mounts }));

const membership: fc.Arbitrary<Membership> = fc
  .tuple(interval, fc.constantFrom('/g', '/g', '/g/h'))
  .map(([span, group]) => ({ ...span, group }));
const principal: fc.Arbitrary<Principal> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.array(membership, { minLength: 1, maxLength: 3 }), fc.option(instant, { freq: 6 }))
      .map(([memberships, endsAt]) => ({ kind: 'user' as const, username: 'u', memberships, endsAt })),
  },
  {
    weight: 1,
    arbitrary: fc.array(membership, { maxLength: 2 }).map((memberships) => ({
      kind: 'client' as const,
      clientId: 'c',
      memberships,
    })),
  },
);

/** Where a scope path starts, by an index into the paths that the facts name, and what follows. */
const askedScope = fc.record({
  action: fc.constantFrom(...actions),
  base: fc.nat(),
  rest: fc.array(fc.constantFrom(...names), { maxLength: 2 }),
});
type AskedScope = typeof askedScope extends fc.Arbitrary<infer T> ? T : never;

const everything = actions.map((action) => `storage.${action}:/`);
const clientScopes = fc.oneof(
  { weight: 5, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.array(askedScope, { minLength: 1, maxLength: 4 }) },
);

const question = fc.record({
  principal,
  clientScopes,
  policyMode: fc.constantFrom('narrow' as const, 'narrow' as const, 'expand' as const, 'strict' as const),
  audiences: fc.oneof(
    fc.constant(['one']),
    fc.constant(['two']),
    fc.constant<string[]>([]),
    fc.subarray(['one', 'two', 'elsewhere']),
  ),
  asked: fc.array(askedScope, { minLength: 1, maxLength: 5 }),
});

/** Facts without the faults that a configuration is refused for: faulty storages show everything, faulty rules are left out. */
export const facts: fc.Arbitrary<PolicyFacts> = fc
  .tuple(
    fc.array(grant, { minLength: 2, maxLength: 8 }),
    fc.array(embargo, { maxLength: 3 }),
    fc.tuple(storage, storage),
  )
  .map(([grants, embargoes, storages]) =>
    withoutFaults({
      version: 1,
      settings,
      groups: [],
      namespace: [],
      storages: storages.map((one, index) => ({
        ...one,
        name: storageNames[index] ?? '',
        audience: storageNames[index] ?? '',
      })),
      grants: grants.map((one, index) => ({ ...one, id: `g${index}` })),
      embargoes: embargoes.map((one, index) => ({ ...one, id: `e${index}` })),
    }),
  );

export const world: fc.Arbitrary<World> = fc.tuple(facts, question).map(([all, asked]) => {
  const own = ['/', ...all.storages.flatMap(({ mounts }) => mounts.map((one) => one.path)), ...logicalPaths(all)];
  return {
    facts: all,
    request: {
      principal: asked.principal,
      client: {
        clientId: 'c',
        scopes: asked.clientScopes?.map((scope) => writeScope(scope, ['/', ...logicalPaths(all)])) ?? everything,
        policyMode: asked.policyMode,
      },
      audiences: asked.audiences,
      scopes: asked.asked.map((scope) => writeScope(scope, own)),
      now,
      lifetimeSeconds,
    },
  };
});

function logicalPaths({ grants, embargoes }: PolicyFacts): string[] {
  return [
    ...grants,
    ...embargoes.flatMap(({ path: at, exempt }) => [{ path: at }, ...exempt.map((open) => ({ path: open }))]),
  ].map(({ path: at }) => at);
}

function writeScope({ action, base, rest }: AskedScope, bases: readonly string[]): string {
  const start = bases[base % bases.length] ?? '/';
  return `storage.${action}:${[start === '/' ? '' : start, ...rest].join('/') || '/'}`;
}

/** Drops what the first fault points at until none is left. */
export function withoutFaults(all: PolicyFacts): PolicyFacts {
  const [fault] = checkPolicyFacts(all);
  if (fault === undefined) return all;
  const [, list, index] = /^(\w+)\[(\d+)\]/.exec(fault.path) ?? [];
  const others = <T>(items: readonly T[]) => items.filter((_, position) => position !== Number(index));
  if (list === 'grants') return withoutFaults({ ...all, grants: others(all.grants) });
  if (list === 'embargoes') return withoutFaults({ ...all, embargoes: others(all.embargoes) });
  const storages = all.storages.map((one, position) => (position === Number(index) ? { ...one, mounts: [] } : one));
  return withoutFaults({ ...all, storages });
}
