/** What the naive model knows of one request: who holds what and until when, by scans over all rules (policy-semantics 2 and 4). Instants are ms, without end is Infinity. */
import type { PolicyRequest } from '../../../src/policy/decision.ts';
import type { Action, Embargo, Grant, Interval, PolicyFacts, Storage } from '../../../src/policy/rule.ts';
import { active, closure, isWithin, spansAs } from '../oracle.ts';
import { covers, isBelow, readStorageScope } from './paths.ts';

export interface Ask {
  readonly facts: PolicyFacts;
  readonly request: PolicyRequest;
  /** The storages asked for, each once. */
  readonly storages: readonly Storage[];
  /** No audience, or one that is not registered. */
  readonly anywhere: boolean;
}

/** Nobody is a party without a registered audience (2.3). */
export interface Viewer {
  readonly stranger: boolean;
}

export const guard = ({ facts }: Ask) => facts.settings.guardSeconds * 1000;
const windowEnd = (ask: Ask) => ask.request.now + ask.facts.settings.minLifetimeSeconds * 1000 + guard(ask);
const end = ({ until }: Interval) => until ?? Number.POSITIVE_INFINITY;
const begin = ({ from }: Interval) => from ?? Number.NEGATIVE_INFINITY;

/** Through the whole minimum window. */
function lasts(ask: Ask, span: Interval): boolean {
  return begin(span) <= ask.request.now && end(span) >= windowEnd(ask);
}

/** Until when the principal has the subject, by its longest span that lasts through the minimum window; null: it has not. */
export function heldUntil(ask: Ask, subject: string): number | null {
  const spans = spansAs(ask.request.principal, subject).filter((span) => lasts(ask, span));
  return spans.length === 0 ? null : Math.max(...spans.map(end));
}

/** Lifetime of client and audience, within the longest of the lake and the bound of the flow. */
export function longestEnd({ facts, request }: Ask): number {
  const seconds = Math.min(request.lifetimeSeconds, facts.settings.maxTokenLifetimeSeconds);
  return Math.min(request.now + seconds * 1000, request.expiresAtMost ?? Number.POSITIVE_INFINITY);
}

interface Held {
  readonly path: string;
  readonly until: number;
}

/** The grants for the closure of the action that the principal has through the minimum window, with their ends. */
export function grantsFor(ask: Ask, action: Action): Held[] {
  return ask.facts.grants.flatMap((grant) => {
    const until = heldUntil(ask, grant.subject);
    const gives = closure[action].every((needed) => grant.actions.some((given) => closure[given].includes(needed)));
    if (until === null || !gives || !lasts(ask, grant) || !isForAudiences(ask, grant)) return [];
    return [{ path: grant.path, until: Math.min(until, end(grant)) }];
  });
}

/** A grant with audiences counts only when every storage asked for is among them. */
function isForAudiences({ anywhere, storages }: Ask, { audiences }: Grant): boolean {
  if (audiences === null) return true;
  const names = (storage: Storage) => [storage.audience, ...storage.aliases];
  return !anywhere && storages.every((storage) => names(storage).some((name) => audiences.includes(name)));
}

/** The end of the longest-lasting grant at or above the path; null: none. */
export function coveredUntil(ask: Ask, action: Action, path: string): number | null {
  const ends = grantsFor(ask, action)
    .filter((grant) => isWithin(path, grant.path))
    .map(({ until }) => until);
  return ends.length === 0 ? null : Math.max(...ends);
}

/** The logical paths of the client's allowed scopes for the action. */
export function clientPaths({ request }: Ask, action: Action): string[] {
  return request.client.scopes.flatMap((token) => {
    const scope = readStorageScope(token);
    return scope !== null && scope !== 'malformed' && covers[scope.action].includes(action) ? [scope.path] : [];
  });
}

export const needed = (gate: Embargo, action: Action) =>
  closure[action].filter((one) => gate.actions.includes(one)) as Action[];

/** Gates that close an action of the closure. */
export function gatesFor({ facts }: Ask, action: Action): Embargo[] {
  return facts.embargoes.filter((gate) => needed(gate, action).length > 0);
}

/** The path is in the gate's subtree minus its exempt parts. */
export function isUnder(gate: Embargo, path: string): boolean {
  return isWithin(path, gate.path) && !gate.exempt.some((open) => isWithin(path, open));
}

/** Above the path without exempting it, or strictly below it. */
export const concerns = (gate: Embargo, path: string) => isUnder(gate, path) || isBelow(gate.path, path);

/** Active somewhere in the minimum window. */
export function isActive(ask: Ask, gate: Embargo): boolean {
  return begin(gate) < windowEnd(ask) && end(gate) > ask.request.now;
}

export const isFuture = (ask: Ask, gate: Embargo) => begin(gate) >= windowEnd(ask);

export interface Admission {
  readonly until: number;
  /** Longest token in seconds. */
  readonly lifetimeSeconds: number;
}

/** What the gate allows the principal for all the needed actions together; null: it does not admit. */
export function admission(ask: Ask, gate: Embargo, action: Action, { stranger }: Viewer): Admission | null {
  const each = needed(gate, action).map((one) => {
    const parties = gate.parties.flatMap((party) => {
      const until = heldUntil(ask, party.subject);
      if (until === null || !party.actions.includes(one) || !lasts(ask, party)) return [];
      return [{ until: Math.min(until, end(party)), seconds: party.maxTokenLifetimeSeconds }];
    });
    if (stranger || parties.length === 0) return null;
    return {
      until: Math.max(...parties.map(({ until }) => until)),
      lifetimeSeconds: Math.max(...parties.map(({ seconds }) => seconds ?? gate.maxTokenLifetimeSeconds)),
    };
  });
  if (each.some((one) => one === null)) return null;
  const all = each as Admission[];
  return {
    until: Math.min(...all.map(({ until }) => until)),
    lifetimeSeconds: Math.min(...all.map(({ lifetimeSeconds }) => lifetimeSeconds)),
  };
}

/** Whether the gate is closed to the principal at some instant from now to before `until`; every state lasts from one edge of a fact to the next. */
export function closesBefore(ask: Ask, gate: Embargo, action: Action, until: number, { stranger }: Viewer): boolean {
  const { principal, now } = ask.request;
  const spans = [...gate.parties, ...gate.parties.flatMap(({ subject }) => spansAs(principal, subject)), gate];
  const instants = [now, ...spans.flatMap((span) => [begin(span), end(span)])];
  return instants
    .filter((t) => t >= now && t < until && active(gate, t))
    .some((t) =>
      needed(gate, action).some(
        (one) =>
          stranger ||
          !gate.parties.some(
            (party) =>
              party.actions.includes(one) &&
              active(party, t) &&
              spansAs(principal, party.subject).some((span) => active(span, t)),
          ),
      ),
    );
}

/** Whether a scope of the action on the path would let some verifier do what an exchange rule withholds. */
export function isWithheld({ request }: Ask, action: Action, path: string): boolean {
  return (request.ceiling?.withheld ?? []).some((token) => {
    const scope = readStorageScope(token);
    if (scope === null || scope === 'malformed' || !closure[action].includes(scope.action)) return false;
    return isWithin(path, scope.path) || isWithin(scope.path, path);
  });
}
