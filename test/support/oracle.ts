/** The policy once more, naive and short enough to check by eye: the truth of policy-semantics 3, what verifiers open (2.3), and the reason words by linear scans. */
import type { PolicyRequest, Reason } from '../../src/policy/decision.ts';
import type {
  Action,
  Embargo,
  Grant,
  Interval,
  Matching,
  Mount,
  PolicyFacts,
  Principal,
} from '../../src/policy/rule.ts';

/** policy-semantics 2.1, the column *conveys*. */
export const closure: Readonly<Record<Action, readonly Action[]>> = {
  read: ['read'],
  poll: ['poll'],
  create: ['create', 'poll'],
  modify: ['modify', 'create', 'poll'],
  stage: ['stage', 'read', 'poll'],
};

const covers: Readonly<Record<Action, readonly Action[]>> = {
  read: ['read'],
  poll: ['poll'],
  create: ['create'],
  modify: ['modify', 'create'],
  stage: ['stage', 'poll'],
};

const segments = (path: string) => path.split('/').filter((segment) => segment !== '');

/** By lists of segments, as the profile defines it (W-PATH-4). */
export function isWithin(path: string, ancestor: string): boolean {
  return segments(ancestor).every((segment, index) => segments(path)[index] === segment);
}

const isStrictlyWithin = (path: string, ancestor: string) => isWithin(path, ancestor) && !isWithin(ancestor, path);
export const active = ({ from, until }: Interval, t: number) =>
  (from === null || from <= t) && (until === null || t < until);
const lasts = ({ from, until }: Interval, start: number, end: number) =>
  (from === null || from <= start) && (until === null || until >= end);

/** The spans in which the principal acts as the subject. */
export function spansAs(principal: Principal, subject: string): Interval[] {
  const endsAt = principal.kind === 'user' ? principal.endsAt : null;
  const own = principal.kind === 'user' ? `user:${principal.username}` : `client:${principal.clientId}`;
  if (subject === own) return [{ from: null, until: endsAt }];
  const ends = (until: number | null) =>
    until === null || endsAt === null ? (until ?? endsAt) : Math.min(until, endsAt);
  return principal.memberships
    .filter(({ group }) => subject === `group:${group}`)
    .map(({ from, until }) => ({ from, until: ends(until) }));
}

/** May the principal do the action on the logical path at the instant? `audiences` are names of the storages asked for; null: not a known set. */
export function allowed(
  facts: PolicyFacts,
  principal: Principal,
  audiences: readonly string[] | null,
  action: Action,
  path: string,
  t: number,
): boolean {
  const acts = (subject: string) => spansAs(principal, subject).some((span) => active(span, t));
  const isGranted = facts.grants.some(
    (grant) =>
      active(grant, t) &&
      isWithin(path, grant.path) &&
      grant.actions.some((given) => closure[given].includes(action)) &&
      acts(grant.subject) &&
      isForAudiences(grant, audiences),
  );
  return (
    isGranted &&
    facts.embargoes.every(
      (embargo) =>
        !active(embargo, t) ||
        !isWithin(path, embargo.path) ||
        embargo.exempt.some((open) => isWithin(path, open)) ||
        !embargo.actions.includes(action) ||
        embargo.parties.some((party) => party.actions.includes(action) && active(party, t) && acts(party.subject)),
    )
  );
}

function isForAudiences(grant: Grant, audiences: readonly string[] | null): boolean {
  return grant.audiences === null || (audiences?.every((audience) => grant.audiences?.includes(audience)) ?? false);
}

/** Whether a verifier of the class that is given the scope path lets the own path through. */
export function opens(matching: Matching, scopePath: string, path: string): boolean {
  switch (matching) {
    case 'segment':
      return isWithin(path, scopePath);
    case 'prefix':
      return path.startsWith(scopePath === '/' ? '/' : scopePath.replace(/\/$/, ''));
    case 'string':
      // A directory's own entry is asked for with and without the slash.
      return [path, `${path}/`].some((asked) => new RegExp(`^${scopePath}.*$`).test(asked));
  }
}

/** The logical path of a storage's own one; null: it denotes nothing there. */
export function toLogical(mounts: readonly Mount[], path: string): string | null {
  if (mounts.length === 0) return path;
  const mount = mounts.find((one) => isWithin(path, one.path));
  if (mount === undefined) return null;
  return `/${[...segments(mount.at), ...segments(path).slice(segments(mount.path).length)].join('/')}`;
}

/** One storage scope for one storage of class `segment` that shows the logical tree: the reason word, or null when it is issued. */
export function naiveReason(facts: PolicyFacts, request: PolicyRequest, action: Action, path: string): Reason | null {
  const start = request.now;
  const end = start + (facts.settings.minLifetimeSeconds + facts.settings.guardSeconds) * 1000;
  const held = (subject: string) => spansAs(request.principal, subject).some((span) => lasts(span, start, end));

  const ceiling = request.client.scopes.flatMap((scope) => {
    const [, name, at] = /^storage\.([a-z]+):(\/.*)$/.exec(scope) ?? [];
    return at !== undefined && covers[name as Action].includes(action) ? [at] : [];
  });
  if (!ceiling.some((at) => isWithin(path, at) || isWithin(at, path))) return 'client-scope';

  const granted = facts.grants
    .filter((grant) => grant.audiences === null && lasts(grant, start, end) && held(grant.subject))
    .filter((grant) => grant.actions.some((given) => closure[given].includes(action)))
    .map((grant) => grant.path);
  if (!granted.some((at) => isWithin(path, at) || isWithin(at, path))) return 'no-grant';
  if (!granted.some((at) => isWithin(path, at)) || !ceiling.some((at) => isWithin(path, at))) return 'partial';

  const admits = (embargo: Embargo) =>
    closure[action]
      .filter((needed) => embargo.actions.includes(needed))
      .every((needed) =>
        embargo.parties.some(
          (party) => party.actions.includes(needed) && lasts(party, start, end) && held(party.subject),
        ),
      );
  const closing = facts.embargoes
    .filter(({ from, until }) => (from === null || from < end) && (until === null || until > start))
    .filter((embargo) => !admits(embargo));
  const isClosed = (embargo: Embargo) =>
    isWithin(path, embargo.path) && !embargo.exempt.some((open) => isWithin(path, open));
  if (closing.some(isClosed)) return 'embargoed';
  return closing.some((embargo) => isStrictlyWithin(embargo.path, path)) ? 'embargoed-part' : null;
}
