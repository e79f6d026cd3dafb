/** Writes a step of an embargo's life with all that follows from it: grants of its parties, refresh tokens of those it admits no more (policy-semantics 3 and 7). */

import { policySettings } from '../lake/facts.ts';
import type { EmbargoRecord, PartyRecord } from '../lake/records.ts';
import { checkEmbargo, refuseFaults } from './check-record.ts';
import type { Step } from './embargo-steps.ts';
import { phaseOf } from './life-cycle.ts';
import { closesMore, earliestStart, findOpenings, startsAtOnce } from './open-data.ts';
import { lostAdmissions, partyGrantChanges } from './party-grants.ts';
import { refuse } from './refusal.ts';
import { revokeForLost } from './revocation.ts';
import type { Lost, PresentConfiguration, RuleSession } from './store.ts';
import type { Made, RefusedAsOpen } from './write.ts';

export async function putEmbargo(
  session: RuleSession,
  before: EmbargoRecord | null,
  { record, change }: Step,
  now: number,
): Promise<Made<EmbargoRecord, number> | RefusedAsOpen> {
  const present = await session.configuration();
  const refused = await refuseRecord(session, before, record, present);
  if (refused !== undefined) return refused;
  const closing = closesMore(before, record);
  const open = closing ? findOpenings(record, present, now).length : 0;
  if (open > 0 && !record.retroactive) {
    const tooEarly = refuseOpenData(record, present, now);
    if (tooEarly !== undefined) return tooEarly;
  }
  const version = await session.putEmbargo(record, change);
  await writePartyGrants(session, before, record);
  return {
    ok: true,
    value: record,
    version,
    warnings: warningsOf(record, open, now),
    closed: closing ? record.path : undefined,
    lost: before === null ? undefined : await takeAdmissions(session, before, record, present, now),
  };
}

/** What ends an embargo or takes from it is never held up by a fault that came from elsewhere. */
async function refuseRecord(
  session: RuleSession,
  before: EmbargoRecord | null,
  record: EmbargoRecord,
  present: PresentConfiguration,
) {
  if (record.state === 'released' || record.state === 'withdrawn') return undefined;
  const had = new Set(before?.parties.map(({ subject }) => subject));
  const added = record.parties.filter(({ subject }) => !had.has(subject));
  if (before !== null && added.length === 0 && isSmaller(before, record)) return undefined;
  return refuseFaults(await checkEmbargo(session, record, present, new Set(added.map(({ subject }) => subject))));
}

/** Only parties are fewer. */
function isSmaller(before: EmbargoRecord, record: EmbargoRecord): boolean {
  const withoutParties = (one: EmbargoRecord) => JSON.stringify({ ...one, parties: [] });
  const present = new Set<PartyRecord>(before.parties);
  return withoutParties(before) === withoutParties(record) && record.parties.every((party) => present.has(party));
}

function refuseOpenData(record: EmbargoRecord, present: PresentConfiguration, now: number): RefusedAsOpen | undefined {
  const settings = policySettings(present.policy);
  if (!startsAtOnce(record, settings, now)) return undefined;
  const earliest = new Date(earliestStart(settings, now)).toISOString();
  const message = `\`${record.path}\` is open now and tokens for it may be out, expected \`from\` at \`${earliest}\` or later, or \`retroactive: true\``;
  return { ...refuse('conflict', message, { faults: [{ path: ['from'], message }] }), open: record.path };
}

async function writePartyGrants(session: RuleSession, before: EmbargoRecord | null, record: EmbargoRecord) {
  const written = await session.grantsOfEmbargo(record.id);
  const used = await session.grantIds(`${record.id}:`);
  const { upserts, removals } = partyGrantChanges(before, record, written, (id) => used.has(id));
  const present = new Set(written.map(({ id }) => id));
  for (const id of removals) await session.removeGrant(id);
  for (const grant of upserts) await session.putGrant(grant, present.has(grant.id) ? 'changed' : 'created');
}

async function takeAdmissions(
  session: RuleSession,
  before: EmbargoRecord,
  record: EmbargoRecord,
  { storages }: PresentConfiguration,
  now: number,
): Promise<Lost | undefined> {
  const phase = phaseOf(record, now);
  if (phase !== 'active' && phase !== 'scheduled') return undefined;
  const lost = lostAdmissions(before, record);
  return lost.length === 0 ? undefined : revokeForLost(session, { embargo: record, parties: lost }, storages, now);
}

function warningsOf(record: EmbargoRecord, open: number, now: number): string[] {
  const warnings: string[] = [];
  if (phaseOf(record, now) === 'released') warnings.push('it has ended already, so that it closes nothing');
  if (record.state === 'active' && record.path === '/') {
    warnings.push('it closes the whole lake: no storage path is open to anybody but its parties');
  }
  if (open > 0) warnings.push(`it closes data that ${open === 1 ? 'a grant opens' : `${open} grants open`} now`);
  return warnings;
}
