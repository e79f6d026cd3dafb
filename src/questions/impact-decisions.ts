/** One request decided twice, and what is different. */
import { findBeyondCeiling } from '../policy/ceiling.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import type { Reason } from '../policy/decision.ts';
import { isoInstant } from '../policy/explain.ts';
import { resolve } from '../policy/resolve.ts';
import { accessTokenLifetime } from '../tokens/lifetime.ts';
import type { Asking } from './impact-askings.ts';
import type { DecidedScope, ScopeChange } from './questions.ts';
import type { TypicalRequest } from './typical-requests.ts';

export interface Decided {
  readonly issued: readonly string[];
  readonly refused: Reason | null;
  readonly expiresAt: number | null;
}

export function decide(
  policy: CompiledPolicy,
  { people, client }: Asking,
  { audience, scope }: TypicalRequest,
  at: number,
): Decided {
  const decision = resolve(policy, {
    principal: people.principal,
    client,
    audiences: audience === null ? [] : [audience],
    scopes: [scope],
    now: at,
    lifetimeSeconds: accessTokenLifetime(client, audience === null ? [] : [audience]),
  });
  return {
    issued: decision.granted,
    refused: decision.refused[0]?.reason ?? null,
    expiresAt: decision.granted.length === 0 ? null : decision.expiresAt,
  };
}

/** Null when nothing is different but a reason. */
export function changeOf(
  { people, client, clients }: Asking,
  { audience, scope }: TypicalRequest,
  { before, after }: { readonly before: Decided; readonly after: Decided },
): ScopeChange | null {
  const effect = effectOf(before, after);
  if (effect === null) return null;
  const { kind, count, names, subjects } = people;
  return {
    kind,
    count,
    names,
    subjects,
    clients,
    policyMode: client.policyMode,
    audience,
    asked: scope,
    before: told(before),
    after: told(after),
    effect,
  };
}

function effectOf(before: Decided, after: Decided): ScopeChange['effect'] | null {
  const loses = findBeyondCeiling(before.issued, after.issued) !== undefined;
  const gains = findBeyondCeiling(after.issued, before.issued) !== undefined;
  if (loses || gains) return loses && gains ? 'both' : loses ? 'loses' : 'gains';
  if (before.expiresAt === after.expiresAt || before.expiresAt === null || after.expiresAt === null) return null;
  return after.expiresAt < before.expiresAt ? 'ends-earlier' : 'ends-later';
}

function told({ issued, refused, expiresAt }: Decided): DecidedScope {
  return { issued, refused, expiresAt: isoInstant(expiresAt) };
}
