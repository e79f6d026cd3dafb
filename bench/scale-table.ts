/** What was measured over the large lake, as a Markdown table and the bars. */
import type { Bar } from './results.ts';
import type { DatabaseScale, ScaleResults } from './scale.ts';
import { scale } from './scale-lake.ts';
import { shown } from './shown.ts';

export function renderScale(found: ScaleResults): string {
  const { decisionsPerSecond, database } = found;
  const rows: readonly (readonly string[])[] = [
    ['Measure', 'Found'],
    ['---', '---'],
    [
      'decisions per second of processor time, 16 typical requests of three scopes in turn',
      shown(decisionsPerSecond.repeated),
    ],
    ['– 5000 different ones', shown(decisionsPerSecond.different)],
    ['p99 of one decision among different ones, µs', shown(found.p99Microseconds, 1)],
    ...found.broad.map(({ what, milliseconds, scopes }) => [
      `broad request: ${what}, µs`,
      `${(milliseconds * 1000).toFixed(0)}, scopes issued: ${scopes}`,
    ]),
    ...(database === null ? [] : databaseRows(database)),
  ];
  return [
    '',
    heading,
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...scaleBars(found).map(
      ({ text, found: value, met }) => `- ${met ? 'met' : '**missed**'}: ${text}; found ${value}`,
    ),
    '',
  ].join('\n');
}

function databaseRows(database: DatabaseScale): readonly (readonly string[])[] {
  const { tokensPerSecond, memoryMegabytes } = database;
  return [
    ['the snapshot read anew from PostgreSQL, ms', shown(database.rebuildMilliseconds)],
    ['the snapshot after one changed rule, ms', shown(database.updateMilliseconds, 1)],
    ['memory of one snapshot, MB', database.snapshotMegabytes.toFixed(0)],
    ['`sluice apply` of the whole lake, s', database.applySeconds.toFixed(1)],
    ['client_credentials, tokens/s', shown(tokensPerSecond.full)],
    ['client_credentials with an empty policy, tokens/s', shown(tokensPerSecond.empty)],
    [
      'resident memory after load, MB; with an empty policy',
      `${memoryMegabytes.full.now.toFixed(0)}; ${memoryMegabytes.empty.now.toFixed(0)}`,
    ],
  ];
}

const heading = `A lake of ${count(scale.grants)} grants, ${count(scale.embargoes)} embargoes, ${count(scale.namespacePaths)} namespace paths, ${count(scale.groups)} groups and ${count(scale.accounts)} accounts\n`;

function count(value: number): string {
  return value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ' ');
}

const leastDecisionsPerSecond = 100_000;
const mostMicroseconds = 100;
const mostRebuildMilliseconds = 2000;
const mostUpdateMilliseconds = 50;
const leastTokenRatio = 0.9;

export function scaleBars({ decisionsPerSecond, p99Microseconds, database }: ScaleResults): readonly Bar[] {
  const { repeated, different } = decisionsPerSecond;
  return [
    {
      text: `decisions on one core for a typical request of three scopes: ≥ ${count(leastDecisionsPerSecond)}/s`,
      found: `${count(repeated.median)}/s, and ${count(different.median)}/s when each is another`,
      met: repeated.median >= leastDecisionsPerSecond,
    },
    {
      text: `p99 of a decision: < ${mostMicroseconds} µs`,
      found: `${p99Microseconds.median.toFixed(1)} µs`,
      met: p99Microseconds.median < mostMicroseconds,
    },
    ...(database === null ? [] : databaseBars(database)),
  ];
}

function databaseBars({ rebuildMilliseconds, updateMilliseconds, tokensPerSecond }: DatabaseScale): readonly Bar[] {
  const { median, min, max } = tokensPerSecond.ratio;
  const noise = (max - min) / 2;
  return [
    {
      text: `snapshot rebuilt: < ${mostRebuildMilliseconds} ms`,
      found: `${rebuildMilliseconds.median.toFixed(0)} ms`,
      met: rebuildMilliseconds.median < mostRebuildMilliseconds,
    },
    {
      text: `snapshot after one changed rule: < ${mostUpdateMilliseconds} ms`,
      found: `${updateMilliseconds.median.toFixed(1)} ms`,
      met: updateMilliseconds.median < mostUpdateMilliseconds,
    },
    {
      text: `client_credentials no more than 10 % below an empty policy: ratio ≥ ${leastTokenRatio} within the noise`,
      found: `${median.toFixed(2)} ± ${noise.toFixed(2)}`,
      met: median + noise >= leastTokenRatio,
    },
  ];
}
