/** What a file may make of an embargo that is there already, and of data that are open (policy-semantics 7): the rules of every writer. */
import { mayBecome, phaseOf } from '../../rules/life-cycle.ts';
import { earliestStart, startsAtOnce } from '../../rules/open-data.ts';
import { type ClosingEmbargo, findClosing } from '../closing.ts';
import { policySettings } from '../facts.ts';
import type { LakeFault } from '../fault.ts';
import type { ParsedLake } from '../parse.ts';
import { type EmbargoRecord, embargoRecord } from '../records.ts';
import type { LakeEmbargo } from '../schema.ts';
import type { LakeState } from '../state.ts';

/** `state` is all that the database holds, also what would be pruned; `now` in ms since the epoch. */
export function checkLifeCycle(lake: ParsedLake, state: LakeState, now: number): LakeFault[] {
  const stored = new Map(state.embargoes.map(({ record }) => [record.id, record]));
  return [
    ...lake.embargoes.flatMap(({ index, value }) => {
      const before = stored.get(value.id);
      return before === undefined ? [] : checkChange(['embargoes', index], before, value, now);
    }),
    ...findClosing(lake, state, now).flatMap((closing) => checkOpenData(closing, lake, state, now)),
  ];
}

function checkChange(at: [string, number], before: EmbargoRecord, said: LakeEmbargo, now: number): LakeFault[] {
  const phase = phaseOf(before, now);
  const after = embargoRecord(said, before.state);
  if (phase === 'released' || phase === 'withdrawn') {
    const isBack = after.state !== before.state && after.state !== phase;
    const isLater = after.state === 'active' && phaseOf(after, now) !== 'released';
    if (!isBack && !isLater) return [];
    const place = isLater && after.state === before.state ? 'until' : 'state';
    return [
      {
        path: [...at, place],
        message: `embargo \`${said.id}\` was ${phase} and does not come back, expected a new id`,
      },
    ];
  }
  if (after.state === before.state || mayBecome(before.state, after.state)) return [];
  return [
    {
      path: [...at, 'state'],
      message: `embargo \`${said.id}\` is ${before.state} and cannot become \`${after.state}\``,
    },
  ];
}

function checkOpenData(
  { index, record, openings }: ClosingEmbargo,
  lake: ParsedLake,
  state: LakeState,
  now: number,
): LakeFault[] {
  const settings = policySettings(lake.head.policy ?? state.settings.policy);
  if (openings === 0 || record.retroactive || !startsAtOnce(record, settings, now)) return [];
  const earliest = new Date(earliestStart(settings, now)).toISOString();
  const message = `\`${record.path}\` is open now and tokens for it may be out, expected \`from\` at \`${earliest}\` or later, or \`retroactive: true\``;
  return [{ path: ['embargoes', index, 'from'], message }];
}
