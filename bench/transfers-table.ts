/** What was measured of Rucio's and FTS's requests, as Markdown tables and bars. */
import { type BesideResults, beside } from './beside.ts';
import { type NightResults, night } from './night.ts';
import type { Bar } from './results.ts';
import { type Step, type StepResult, steps } from './transfers.ts';

export function renderBeside(found: BesideResults): string {
  const { exchange, refresh, clientCredentials } = found;
  return table(
    '| Beside each other | Answers | failed | p99, ms |',
    [
      [
        `exchange, ${beside.inFlight} in flight`,
        exchange.steps.X?.answers,
        exchange.failed,
        exchange.steps.X?.p99Milliseconds,
      ],
      [
        `refresh, ${beside.inFlight} in flight`,
        refresh.steps.R?.answers,
        refresh.failed,
        refresh.steps.R?.p99Milliseconds,
      ],
      [
        `client_credentials, ${beside.perSecond}/s`,
        clientCredentials.answers,
        clientCredentials.failed,
        clientCredentials.p99Milliseconds.toFixed(2),
      ],
    ],
    besideBars(found),
  );
}

export function besideBars({ exchange, refresh, clientCredentials }: BesideResults): readonly Bar[] {
  const p99s = [exchange.steps.X?.p99Milliseconds, refresh.steps.R?.p99Milliseconds, clientCredentials.p99Milliseconds];
  const worst = Math.max(...p99s.map((value) => value ?? Number.POSITIVE_INFINITY));
  const failed = exchange.failed + refresh.failed + clientCredentials.failed;
  return [
    {
      text: `p99 of the token endpoint beside each other: < ${beside.mostMilliseconds} ms`,
      found: `${worst.toFixed(1)} ms`,
      met: worst < beside.mostMilliseconds,
    },
    { text: 'no failure beside each other', found: String(failed), met: failed === 0 },
  ];
}

export function renderNight(found: NightResults): string {
  const { transfers } = found;
  const step = ([name, result]: [string, StepResult]) => [
    steps[name as Step],
    result.answers,
    result.medianMilliseconds,
    result.p99Milliseconds,
  ];
  const facts = [
    `${found.files} files in ${transfers.seconds.toFixed(0)} s, the rows of ${found.preloaded} others in the tables before: ` +
      `${found.tokensPerSecond.toFixed(0)} tokens/s, ${transfers.failed} failures.`,
    `The database grew by ${(found.bytesPerFile / 1000).toFixed(1)} kB a file and has ${found.databaseGigabytes.toFixed(1)} GB.`,
    `All ${night.files} files at this rate: ${found.hours.toFixed(2)} h, ${(found.budgetPart * 100).toFixed(1)} % of the budget of ${night.budgetHours} h.`,
  ];
  return `${table('| A night of a data challenge | Answers | median, ms | p99, ms |', Object.entries(transfers.steps).map(step), nightBars(found))}\n${facts.join('\n')}\n`;
}

export function nightBars({ transfers, budgetPart }: NightResults): readonly Bar[] {
  return [
    { text: 'no failure in a night', found: String(transfers.failed), met: transfers.failed === 0 },
    { text: 'the night is within its budget', found: `${(budgetPart * 100).toFixed(1)} %`, met: budgetPart < 1 },
  ];
}

function table(heading: string, rows: readonly (readonly unknown[])[], bars: readonly Bar[]): string {
  return [
    '',
    heading,
    '| --- | --- | --- | --- |',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...bars.map(({ text, found, met }) => `- ${met ? 'met' : '**missed**'}: ${text}; found ${found}`),
    '',
  ].join('\n');
}
