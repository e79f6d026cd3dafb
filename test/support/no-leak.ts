/** Checks one token against the one invariant: at every storage that may be given it, each path that it opens, at each instant, is allowed to the principal (policy-semantics 1 and 10.1). */
import type { PolicyRequest } from '../../src/policy/decision.ts';
import type { Action, Interval, Matching, PolicyFacts, Storage } from '../../src/policy/rule.ts';
import { readAudiences } from './naive/audiences.ts';
import { readStorageScope } from './naive/paths.ts';
import { active, allowed, closure, spansAs, toLogical } from './oracle.ts';

/** What the invariant is about: the storage scopes of a token and its end. */
export interface TokenContent {
  readonly granted: readonly string[];
  readonly expiresAt: number | null;
}

export interface Checked {
  /** How many (path, action, instant) that a verifier would let through were put to the rules. */
  readonly checks: number;
  /** The first few against the rules, in words. */
  readonly leaks: readonly string[];
}

/** A verifier that gets the token: a registered storage, or one that nobody registered. */
type Verifier = Pick<Storage, 'name' | 'matching' | 'mounts'>;

const unregistered: Verifier = { name: 'unregistered', matching: 'string', mounts: [] };
const names = ['a', 'ab', 'a.b', 'b'];
const mostLeaks = 5;

export function checkToken(facts: PolicyFacts, request: PolicyRequest, token: TokenContent): Checked {
  if (token.expiresAt === null) return { checks: 0, leaks: [] };
  const { storages, anywhere } = readAudiences(facts, request.audiences);
  const verifiers: readonly Verifier[] = anywhere
    ? [...facts.storages.filter(({ kind }) => kind === 'storage'), unregistered]
    : storages;
  const instants = edges(facts, request, token.expiresAt + facts.settings.guardSeconds * 1000);
  const mayDo = rulesAt(facts, request, anywhere ? null : storages);
  const leaks: string[] = [];
  let checks = 0;
  for (const verifier of verifiers) {
    const paths = probes(facts, verifier, token.granted);
    for (const scope of token.granted) {
      const action = readAction(scope);
      const opens = opener(verifier.matching, scope.slice(scope.indexOf(':') + 1));
      for (const path of paths) {
        const logical = opens(path) ? toLogical(verifier.mounts, path) : null;
        if (logical === null) continue;
        for (const conveyed of closure[action]) {
          checks += instants.length;
          const at = instants.find((t) => !mayDo(conveyed, logical, t));
          if (at === undefined || leaks.length >= mostLeaks) continue;
          const after = (at - request.now) / 1000;
          leaks.push(`${scope} opens ${conveyed} ${path} (${logical}) at ${verifier.name} after ${after} s`);
        }
      }
    }
  }
  return { checks, leaks };
}

function readAction(scope: string): Action {
  const read = readStorageScope(scope);
  if (read === null || read === 'malformed') throw new Error(`expected a storage scope, not ${scope}`);
  return read.action;
}

/** As `opens` of the oracle, prepared for many paths. */
function opener(matching: Matching, scopePath: string): (path: string) => boolean {
  const bare = scopePath.length > 1 && scopePath.endsWith('/') ? scopePath.slice(0, -1) : scopePath;
  switch (matching) {
    case 'segment': {
      const below = bare === '/' ? '/' : `${bare}/`;
      return (path) => path === bare || path.startsWith(below);
    }
    case 'prefix':
      return (path) => path.startsWith(bare);
    case 'string': {
      const pattern = new RegExp(`^${scopePath}.*$`);
      return (path) => pattern.test(path) || pattern.test(`${path}/`);
    }
  }
}

/** Now, and every instant at which a fact begins or ends before the token is useless: between two of them nothing changes. */
function edges({ grants, embargoes }: PolicyFacts, { principal, now }: PolicyRequest, end: number): number[] {
  const parties = embargoes.flatMap((embargo) => embargo.parties);
  const account: Interval = { from: null, until: principal.kind === 'user' ? principal.endsAt : null };
  const spans = [...grants, ...embargoes, ...parties, ...principal.memberships, account];
  const instants = spans.flatMap(({ from, until }) => [from ?? now, until ?? now]);
  return [...new Set([now, ...instants])].filter((t) => t >= now && t < end).toSorted((one, other) => one - other);
}

type Truth = (action: Action, path: string, t: number) => boolean;

/** The truth of section 3, asked once for each question, with only the rules in force at the instant. */
function rulesAt(facts: PolicyFacts, { principal }: PolicyRequest, storages: readonly Storage[] | null): Truth {
  const rules = new Map<number, PolicyFacts>();
  const answers = new Map<string, boolean>();
  const inForce = (t: number): PolicyFacts => ({
    ...facts,
    grants: facts.grants.filter(
      (one) => active(one, t) && spansAs(principal, one.subject).some((span) => active(span, t)),
    ),
    embargoes: facts.embargoes.filter((one) => active(one, t)),
  });
  const audiences = storages?.map(({ audience }) => audience) ?? null;
  return (action, path, t) => {
    const key = `${t} ${action} ${path}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const some = rules.get(t) ?? inForce(t);
    rules.set(t, some);
    const answer = allowed(some, principal, audiences, action, path, t);
    answers.set(key, answer);
    return answer;
  };
}

/** Own paths of the verifier worth asking for: all that rules, mounts and scopes name, their parents, neighbours that only characters tell apart, and what is below. */
function probes({ grants, embargoes }: PolicyFacts, { mounts }: Verifier, granted: readonly string[]): string[] {
  const logical = [...grants.map(({ path }) => path), ...embargoes.flatMap(({ path, exempt }) => [path, ...exempt])];
  const shown =
    mounts.length === 0 ? [{ path: '', at: '' }] : mounts.map(({ path, at }) => ({ path: bare(path), at: bare(at) }));
  const own = shown.flatMap(({ path, at }) => [
    path,
    ...logical.filter((one) => `${one}/`.startsWith(`${at}/`)).map((one) => `${path}${one.slice(at.length)}`),
  ]);
  const named = [...own, ...granted.map((scope) => scope.slice(scope.indexOf(':') + 1))].map(bare);
  const lines = new Set(
    named.flatMap((path) => path.split('/').map((_, index, all) => all.slice(0, index + 1).join('/'))),
  );
  return [...new Set([...lines].flatMap(neighbours))].filter((path) => path.startsWith('/') && !path.includes('//'));
}

const bare = (path: string) => path.replace(/\/+$/, '');

function neighbours(path: string): string[] {
  const read = path.includes('.') ? ['/', 'x', 'a'].map((character) => path.replaceAll('.', character)) : [];
  return [
    path || '/',
    ...[path, ...read].flatMap((one) => [one, `${one}b`, `${one}.b`, ...names.map((name) => `${one}/${name}`)]),
  ];
}
