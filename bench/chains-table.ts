/** What was measured of refreshes beside few and many chains, as a Markdown table and bars. */
import type { ChainResults } from './chains.ts';
import type { Bar } from './results.ts';
import { type Rounds, ratioOf } from './statistics.ts';

/** Of the rate beside few chains; what is under it in the noise of the machine is no loss. */
const leastRatio = 0.8;

export function renderChains(found: readonly ChainResults[]): string {
  const [few, many] = found;
  if (few === undefined || many === undefined) return '';
  const row = (name: string, of: (side: ChainResults) => Rounds, digits: number) => {
    const ratio = ratioOf(of(many), of(few));
    return `| ${[name, cell(of(few), digits), cell(of(many), digits), cell(ratio, 2)].join(' | ')} |`;
  };
  return [
    `\n| Refreshes beside | ${few.chains} chains | ${many.chains} chains | ratio |`,
    '| --- | --- | --- | --- |',
    row('refresh (rotating), tokens/s', ({ perSecond }) => perSecond, 0),
    row('– p99, ms', ({ p99Milliseconds }) => p99Milliseconds, 1),
    row('the read of a chain anywhere in the table, ms', ({ findMilliseconds }) => findMilliseconds, 2),
    row('its UPDATE, ms', ({ rotateMilliseconds }) => rotateMilliseconds, 2),
    `| table with its indexes, MB | ${few.tableMegabytes.toFixed(0)} | ${many.tableMegabytes.toFixed(0)} | |`,
    '',
    ...chainBars(found).map(({ text, found: value, met }) => `- ${met ? 'met' : 'missed'}: ${text}; found ${value}`),
    '',
  ].join('\n');
}

export function chainBars([few, many]: readonly ChainResults[]): readonly Bar[] {
  if (few === undefined || many === undefined) return [];
  const { median, min, max } = ratioOf(many.perSecond, few.perSecond);
  const noise = (max - min) / 2;
  return [
    {
      text: `refreshes beside ${many.chains} chains as fast as beside ${few.chains}: ratio ≥ ${leastRatio} within the noise`,
      found: `${median.toFixed(2)} ± ${noise.toFixed(2)}`,
      met: median + noise >= leastRatio,
    },
  ];
}

function cell({ median, min, max }: Rounds, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}
