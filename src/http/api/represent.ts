/** Rules as answers show them: every field that the document names, null where there is nothing. */
import type { EmbargoRecord, GrantRecord, PartyRecord } from '../../lake/records.ts';
import { isoInstant } from '../../policy/explain.ts';
import type { EmbargoView, HistoryEntry, Versioned } from '../../rules/administration.ts';
import type { Exposure, Remainder } from '../../rules/refusal.ts';
import type { Shown } from './declaration.ts';
import type { embargoAnswer, grantAnswer, partyAnswer, versionedEmbargo, versionedGrant } from './schemas/rules.ts';

export function grantBody(record: GrantRecord): Shown<typeof grantAnswer> {
  const { id, subject, actions, path, audiences, from, until, embargo } = record;
  return { id, subject, actions, path, audiences, from, until, embargo };
}

export function versionedGrantBody({ record, version }: Versioned<GrantRecord>): Shown<typeof versionedGrant> {
  return { ...grantBody(record), version };
}

export function embargoBody(record: EmbargoRecord): Shown<typeof embargoAnswer> {
  const { id, title, basis, path, exempt, actions, from, until, hardLimit } = record;
  const { retroactive, maxTokenLifetimeSeconds, state } = record;
  return {
    ...{ id, title, basis, path, exempt, actions, from, until, hardLimit },
    ...{ retroactive, maxTokenLifetimeSeconds, state },
    parties: record.parties.map(partyBody),
    limits: limitsBody(record.limits),
  };
}

function partyBody(party: PartyRecord): Shown<typeof partyAnswer> {
  return {
    subject: party.subject,
    role: party.role ?? null,
    actions: party.actions,
    from: party.from ?? null,
    until: party.until ?? null,
    maxTokenLifetimeSeconds: party.maxTokenLifetimeSeconds ?? null,
  };
}

function limitsBody(limits: EmbargoRecord['limits']): Shown<typeof embargoAnswer>['limits'] {
  if (!limits) return null;
  const { maxUntil, whoMayExtend, whoMayRelease } = limits;
  return {
    maxUntil: maxUntil ?? null,
    whoMayExtend: whoMayExtend ?? null,
    whoMayRelease: whoMayRelease ?? null,
  };
}

export function embargoViewBody({ record, version, phase }: EmbargoView): Shown<typeof versionedEmbargo> {
  return { ...embargoBody(record), phase, version };
}

export function historyBody<R, B>({ record, at, ...entry }: HistoryEntry<R>, body: (record: R) => B) {
  const { version, policyVersion, change, actor, reason } = entry;
  return {
    version,
    policyVersion,
    at: isoInstant(at),
    change,
    actor,
    reason,
    record: record === null ? null : body(record),
  };
}

export function exposureBody({ tokens, latestExpiry }: Exposure) {
  return { tokens, latestExpiry: isoInstant(latestExpiry) };
}

export function remainderBody({ revokedRefreshTokens, count, latestExpiry, tokens }: Remainder) {
  return {
    revokedRefreshTokens,
    count,
    latestExpiry: isoInstant(latestExpiry),
    tokens: tokens.map(({ jti, subject, clientId, audience, scopes, expiresAt }) => ({
      jti,
      subject,
      client: clientId,
      audiences: audience,
      scopes,
      expiresAt: isoInstant(expiresAt),
    })),
  };
}
