/** Random worlds for property tests: names that are prefixes of one another or differ by a dot, rules that nest, begin and end around the windows of a decision. */
import fc from 'fast-check';
import { anyAudience } from '../../src/policy/audience.ts';
import type { FlowCeiling, PolicyRequest } from '../../src/policy/decision.ts';
import {
  type Action,
  actions,
  type Embargo,
  type Grant,
  type Interval,
  type Membership,
  type Party,
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
export const offsets = [-3600, -1, 0, 1, 200, 419, 420, 421, 900, 1800, 3000, 3719, 3720, 3721, 9000];
/** Ends that a token can outlive: after the minimum window, before the last acceptance. */
const endsInside = [420, 421, 600, 900, 1319, 1800, 3000, 3719];

/** Null `usual` times of ten. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>, usual = 8): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: usual, arbitrary: fc.constant(null) }, { weight: 10 - usual, arbitrary });

const names = ['a', 'ab', 'a.b', 'aab', 'b'];

const segments = (maxLength: number, minLength = 0) =>
  fc.array(fc.constantFrom(...names), { minLength, maxLength }).map((below) => below.join('/'));
const path = segments(2).map((below) => `/${below}`);
const deepPath = segments(4).map((below) => `/${below}`);

const at = (seconds: number) => now + seconds * 1000;
const instant = fc.constantFrom(...offsets).map(at);
const instantInside = fc.constantFrom(...endsInside).map(at);
const interval: fc.Arbitrary<Interval> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ from: null, until: null }) },
  { weight: 2, arbitrary: instant.map((until) => ({ from: null, until })) },
  { weight: 1, arbitrary: instantInside.map((until) => ({ from: null, until })) },
  { weight: 2, arbitrary: instant.map((from) => ({ from, until: null })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(instant, instant)
      .filter(([from, until]) => from < until)
      .map(([from, until]) => ({ from, until })),
  },
);
const membershipInterval: fc.Arbitrary<Interval> = fc.oneof(
  { weight: 2, arbitrary: interval },
  { weight: 2, arbitrary: instantInside.map((until) => ({ from: null, until })) },
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
const storageNames = ['one', 'two', 'three'];

const grant: fc.Arbitrary<Omit<Grant, 'id'>> = fc
  .tuple(
    interval,
    subject,
    actionList,
    fc.oneof({ weight: 1, arbitrary: fc.constant('/') }, { weight: 2, arbitrary: path }),
    seldom(fc.subarray(storageNames, { minLength: 1 }), 9),
  )
  .map(([span, who, what, where, audiences]) => ({ ...span, subject: who, actions: what, path: where, audiences }));

const longest = <T>(...seconds: T[]) => fc.constantFrom(...seconds);
const party: fc.Arbitrary<Party> = fc
  .tuple(interval, subject, actionList, longest(null, null, 300, 600, 2400))
  .map(([span, who, what, own]) => ({ ...span, subject: who, actions: what, maxTokenLifetimeSeconds: own }));

export const embargo: fc.Arbitrary<Omit<Embargo, 'id'>> = fc
  .tuple(
    interval,
    path,
    fc.array(segments(2, 1), { maxLength: 2 }),
    actionList,
    fc.array(party, { maxLength: 3 }),
    longest(1200, 1200, 300, 3600),
  )
  .map(([span, where, exempt, what, parties, maxTokenLifetimeSeconds]) => ({
    ...span,
    path: where,
    exempt: exempt.map((below) => join(where, below)),
    actions: what,
    parties,
    maxTokenLifetimeSeconds,
  }));

/** Some of the embargoes moved below others, so that they nest. */
const embargoes = fc
  .array(fc.tuple(embargo, seldom(fc.nat(2), 5)), { maxLength: 4 })
  .map((all) => all.map(([one, outer]) => (outer === null ? one : movedBelow(one, all[outer]?.[0].path ?? '/'))));

function movedBelow(one: Omit<Embargo, 'id'>, outer: string): Omit<Embargo, 'id'> {
  return { ...one, path: join(outer, one.path.slice(1)), exempt: one.exempt.map((open) => join(outer, open.slice(1))) };
}

function join(ancestor: string, rest: string): string {
  return `/${[ancestor, rest]
    .flatMap((part) => part.split('/'))
    .filter((segment) => segment !== '')
    .join('/')}`;
}

const mount = fc.tuple(path, fc.oneof(fc.constant('/'), path)).map(([own, logical]) => ({ path: own, at: logical }));
const storage: fc.Arbitrary<Omit<Storage, 'name' | 'audience' | 'aliases'>> = fc
  .tuple(
    fc.constantFrom('segment' as const, 'string' as const, 'prefix' as const),
    fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(mount, { minLength: 1, maxLength: 3 }) },
    ),
  )
  .map(([matching, mounts]) => ({ kind: 'storage', matching, mounts }));

const service: Storage = {
  name: 'svc',
  audience: 'svc',
  aliases: [],
  kind: 'service',
  matching: 'segment',
  mounts: [],
};

const membership: fc.Arbitrary<Membership> = fc
  .tuple(membershipInterval, fc.constantFrom('/g', '/g', '/g/h'))
  .map(([span, group]) => ({ ...span, group }));
const principal: fc.Arbitrary<Principal> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.array(membership, { minLength: 1, maxLength: 3 }), seldom(fc.oneof(instant, instantInside)))
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
  rest: fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: segments(2) }),
});
type AskedScope = typeof askedScope extends fc.Arbitrary<infer T> ? T : never;

const everything = [
  ...actions.map((action) => `storage.${action}:/`),
  'openid',
  'compute.read',
  'wlcg.groups',
  'wlcg.capabilityset',
];
const someScopes = fc.array(askedScope, { minLength: 1, maxLength: 4 });
const words = fc.subarray([
  'openid',
  'unknown',
  'wlcg.groups',
  'wlcg.groups:/g',
  'wlcg.groups:/g/h',
  'wlcg.capabilityset:/g/h',
]);

export const audiences: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...storageNames, 'uno').map((name) => [name]) },
  { weight: 2, arbitrary: fc.constant<string[]>([]) },
  { weight: 2, arbitrary: fc.subarray(storageNames, { minLength: 2 }) },
  { weight: 1, arbitrary: fc.subarray([...storageNames, 'uno', 'svc', 'elsewhere', anyAudience], { minLength: 1 }) },
);

const question = fc.record({
  principal,
  clientScopes: seldom(someScopes),
  optionalGroups: fc.boolean(),
  policyMode: fc.constantFrom('narrow' as const, 'narrow' as const, 'expand' as const, 'strict' as const),
  audiences,
  asked: fc.array(askedScope, { minLength: 1, maxLength: 5 }),
  words: fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, { weight: 1, arbitrary: words }),
  unticked: fc.oneof(
    { weight: 9, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.array(fc.nat(4), { maxLength: 1 }) },
  ),
  lifetimeSeconds: fc.constantFrom(lifetimeSeconds, lifetimeSeconds, 900, 30_000),
  ceiling: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc.record({
        flow: fc.constantFrom('refresh' as const, 'exchange' as const),
        scopes: someScopes,
        asAsked: fc.boolean(),
        audiences,
        widened: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: someScopes }),
        withheld: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: someScopes }),
      }),
    },
  ),
  expiresAtMost: seldom(fc.constantFrom(60, 400, 900, 2500).map(at), 9),
});

/** Facts without the faults that a configuration is refused for: faulty storages show everything, faulty rules are left out. */
export const facts: fc.Arbitrary<PolicyFacts> = fc
  .tuple(
    fc.array(grant, { minLength: 2, maxLength: 8 }),
    embargoes,
    fc.tuple(storage, storage, storage),
    fc.array(deepPath, { maxLength: 6 }),
    seldom(fc.array(askedScope, { minLength: 1, maxLength: 2 }), 6),
  )
  .map(([grants, closings, storages, namespace, set]) =>
    withoutFaults({
      version: 1,
      settings,
      groups: [
        { path: '/g', isDefault: true },
        {
          path: '/g/h',
          isDefault: false,
          capabilitySet:
            set?.map((scope) =>
              writeScope(
                scope,
                grants.map((one) => one.path),
              ),
            ) ?? null,
        },
      ],
      namespace,
      storages: [
        ...storages.map((one, index) => ({
          ...one,
          name: storageNames[index] ?? '',
          audience: storageNames[index] ?? '',
          aliases: index === 0 ? ['uno'] : [],
        })),
        service,
      ],
      grants: grants.map((one, index) => ({ ...one, id: `g${index}` })),
      embargoes: closings.map((one, index) => ({ ...one, id: `e${index}` })),
    }),
  );

export const world: fc.Arbitrary<World> = fc.tuple(facts, question).map(([all, asked]) => {
  const logical = ['/', ...logicalPaths(all)];
  const own = [...logical, ...ownPaths(all, logical)];
  const scopes = asked.asked.map((scope) => writeScope(scope, own));
  return {
    facts: all,
    request: {
      principal: asked.principal,
      client: {
        clientId: 'c',
        scopes: asked.clientScopes?.map((scope) => writeScope(scope, logical)) ?? everything,
        policyMode: asked.policyMode,
        optionalGroups: asked.optionalGroups,
      },
      audiences: asked.audiences,
      scopes: [...scopes, ...asked.words],
      unticked: asked.unticked.flatMap((index) => scopes[index] ?? []),
      now,
      lifetimeSeconds: asked.lifetimeSeconds,
      ...(asked.ceiling === null
        ? {}
        : { ceiling: writeCeiling(asked.ceiling, { own, logical }, [...scopes, ...asked.words]) }),
      expiresAtMost: asked.expiresAtMost,
    },
  };
});

interface AskedCeiling {
  readonly flow: 'refresh' | 'exchange';
  readonly scopes: readonly AskedScope[];
  readonly asAsked: boolean;
  readonly audiences: readonly string[];
  readonly widened: readonly AskedScope[];
  readonly withheld: readonly AskedScope[];
}

/** What was asked lies often within the ceiling. */
function writeCeiling(
  { flow, scopes, asAsked, widened, withheld, ...rest }: AskedCeiling,
  { own, logical }: { readonly own: readonly string[]; readonly logical: readonly string[] },
  asked: string[],
): FlowCeiling {
  const others = scopes.map((scope) => writeScope(scope, own));
  return {
    flow,
    audiences: rest.audiences,
    scopes: asAsked ? [...asked, ...others] : [...others, 'openid', 'wlcg.groups'],
    ...(widened.length > 0 && { widened: widened.map((scope) => writeScope(scope, logical)) }),
    ...(withheld.length > 0 && { withheld: withheld.map((scope) => writeScope(scope, logical)) }),
  };
}

function logicalPaths({ grants, embargoes: closings, namespace }: PolicyFacts): string[] {
  return [
    ...grants.map((one) => one.path),
    ...closings.flatMap(({ path: closed, exempt }) => [closed, ...exempt]),
    ...namespace,
  ];
}

/** The mounts, and the logical paths as they look through them. */
function ownPaths({ storages }: PolicyFacts, logical: readonly string[]): string[] {
  return storages.flatMap(({ mounts }) =>
    mounts.flatMap((one) => [
      one.path,
      ...logical.flatMap((shown) => {
        const inside = one.at === '/' || `${shown}/`.startsWith(`${one.at}/`);
        return inside ? [join(one.path, shown.slice(one.at === '/' ? 1 : one.at.length + 1))] : [];
      }),
    ]),
  );
}

function writeScope({ action, base, rest }: AskedScope, bases: readonly string[]): string {
  return `storage.${action}:${join(bases[base % bases.length] ?? '/', rest)}`;
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
