/** Group scopes and plain words in the naive model (policy-semantics 4, wlcg-tokens.md section 4). */
import type { Reason } from '../../../src/policy/decision.ts';
import { type Ask, guard, heldUntil } from './facts.ts';
import { readStorageScope } from './paths.ts';

const groupToken = /^wlcg\.groups(?::(.*))?$/s;
const groupName = /^(?:\/[a-zA-Z0-9][a-zA-Z0-9_.-]*)+$/;

/** The group named, null for the bare `wlcg.groups`, `malformed`, or undefined when the token asks for no groups. */
export function readGroupScope(token: string): string | null | 'malformed' | undefined {
  const [all, name] = groupToken.exec(token) ?? [];
  if (all === undefined) return undefined;
  if (name === undefined) return null;
  return groupName.test(name) ? name : 'malformed';
}

/** A party of a gate that is not yet released. */
function isEmbargoGroup({ facts, request }: Ask, group: string): boolean {
  return facts.embargoes.some(
    ({ until, parties }) =>
      (until === null || until > request.now) && parties.some(({ subject }) => subject === `group:${group}`),
  );
}

/** A bare `wlcg.groups` of the client allows every group, or, without optional groups, what would come without a name. */
function isByBareWord(ask: Ask, group: string | null): boolean {
  const { scopes, optionalGroups } = ask.request.client;
  if (!scopes.includes('wlcg.groups')) return false;
  if (optionalGroups !== false || group === null) return true;
  return ask.facts.groups.some(({ path, isDefault }) => path === group && isDefault) && !isEmbargoGroup(ask, group);
}

/** Why a token that is no storage scope is left out; null: it stays. */
export function otherWord(ask: Ask, token: string): Reason | null {
  const { principal, client, unticked = [], scopes } = ask.request;
  const group = readGroupScope(token);
  const isKnown = client.scopes.includes(token) || (group !== undefined && isByBareWord(ask, group));
  const isStorageLike = token === 'storage' || token.startsWith('storage.');
  if (!isKnown || isStorageLike || (token === 'host.auth' && principal.kind === 'user')) return 'client-scope';
  if (!isWithinFlow(ask, token)) return 'ceiling';
  if (unticked.includes(token)) return 'consent';
  if (typeof group === 'string' && withStorage([...scopes, ...unticked]) && isEmbargoGroup(ask, group))
    return 'embargo-group';
  if (group === undefined) return null;
  if (principal.kind === 'client') return 'not-member';
  return group !== null && heldUntil(ask, `group:${group}`) === null ? 'not-member' : null;
}

/** Word by word. Who asked for groups may exchange for a named one (6); at a refresh the bare `wlcg.groups` stood for the default groups. */
export function isWithinFlow({ facts, request }: Ask, token: string): boolean {
  const { ceiling } = request;
  if (ceiling === undefined) return true;
  const group = readGroupScope(token);
  const withheld = ceiling.withheld ?? [];
  if (withheld.includes(token) || (group !== undefined && withheld.includes('wlcg.groups'))) return false;
  const words = [...ceiling.scopes, ...(ceiling.widened ?? [])];
  if (words.includes(token)) return true;
  if (typeof group !== 'string' || !words.includes('wlcg.groups')) return false;
  if (ceiling.flow === 'exchange') return group !== 'malformed';
  return facts.groups.some(({ path, isDefault }) => path === group && isDefault);
}

/** A storage scope, or a capability set, which stands for such. */
const withStorage = (scopes: readonly string[]) =>
  scopes.some((scope) => readStorageScope(scope) !== null || scope.startsWith('wlcg.capabilityset:'));

/** `wlcg.groups` of the token: named ones where they are asked, the default ones where the bare scope stands or is implied (W-GRP-3 to 8). */
export function assertedGroups(ask: Ask, asked: readonly string[]): string[] {
  if (ask.request.principal.kind === 'client') return [];
  const entries = asked.flatMap((token) => {
    const group = readGroupScope(token);
    if (group === undefined || group === 'malformed') return [];
    return [{ group, word: otherWord(ask, token) }];
  });
  // What the client may not ask, the user took off or the flow does not hold asks for nothing.
  const asks = entries.filter(({ word }) => word !== 'client-scope' && word !== 'ceiling' && word !== 'consent');
  if (asks.length === 0) return [];
  const isBareOff = entries.length > asks.length && entries.some((one) => one.group === null && !asks.includes(one));
  const defaults = isBareOff
    ? []
    : ask.facts.groups
        .filter(({ isDefault }) => isDefault)
        .map(({ path }) => path)
        .filter((path) => heldUntil(ask, `group:${path}`) !== null && !isEmbargoGroup(ask, path));
  const complete = asks.some(({ group }) => group === null) ? asks : [...asks, { group: null, word: null }];
  return [
    ...new Set(
      complete.flatMap(({ group, word }) => {
        if (group === null) return defaults;
        return word === null ? [group] : [];
      }),
    ),
  ];
}

/** The guard before the first membership of a group in the token ends. */
export function capByGroups(ask: Ask, groups: readonly string[]): number {
  return Math.min(
    Number.POSITIVE_INFINITY,
    ...groups.map((group) => (heldUntil(ask, `group:${group}`) ?? Number.NEGATIVE_INFINITY) - guard(ask)),
  );
}
