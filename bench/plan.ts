/** How much is measured, from the command line. */
import { parseArgs } from 'node:util';
import type { Workload } from './workloads.ts';

/** The comparison with a stock server, the policy over a large lake, services beside each other, a million chains of refresh tokens, the night of a data challenge, pages at the size of a science cluster. */
const parts = ['stock', 'scale', 'beside', 'chains', 'night', 'people'] as const;
export type Part = (typeof parts)[number];

export interface Plan {
  readonly rounds: number;
  readonly starts: number;
  /** Of load in each round; whole seconds but for signing. */
  readonly seconds: Readonly<Record<Workload['name'] | 'signing' | 'policy', number>>;
  readonly withWrk: boolean;
  /** `all`, or only one of them. */
  readonly part: 'all' | Part;
  /** Files of the night of a data challenge, pages at the size of a science cluster. */
  readonly nightFiles: number;
  /** Chains of refresh tokens in the table of the larger database. */
  readonly chains: number;
  /** Of services beside each other. */
  readonly besideSeconds: number;
  /** Whether the large lake is also written into a database. */
  readonly withLargeDatabase: boolean;
  /** Ends with status 1 when a bar is missed. */
  readonly check: boolean;
}

export const usage = `npm run bench -- [--quick] [--rounds N] [--only stock|scale|beside|chains|night|people] [--full-night] [--no-wrk] [--check]
  --quick     three short rounds, about a minute in all; of the large lake only decisions
  --rounds N  so many rounds instead of five
  --only X    only the comparison with the stock server, the policy over a large lake, services beside each other,
              refreshes beside a million chains, the night of a data challenge, or pages at size; \`beside\` and \`night\` need wrk
  --full-night  the tokens of all 800 000 files instead of 20 000 beside the rows of the others
  --no-wrk    load by Node also where wrk is installed
  --check     ends with status 1 when a bar is missed
`;

const options = {
  quick: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  only: { type: 'string' },
  'full-night': { type: 'boolean', default: false },
  'no-wrk': { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
} as const;

/** Throws for arguments that are not of these. */
export function readPlan(args: readonly string[]): Plan {
  const { values } = parseArgs({ args: [...args], options });
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 5));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('`--rounds` expects a whole number from 1 on');
  const part = [...parts, 'all' as const].find((one) => one === (values.only ?? 'all'));
  if (part === undefined) throw new Error(`\`--only\` expects one of ${parts.join(', ')}`);
  return {
    rounds,
    starts: values.quick ? 2 : 5,
    seconds: values.quick
      ? { clientCredentials: 1, refresh: 1, codeFlow: 1, discovery: 1, jwks: 1, signing: 0.5, policy: 0.5 }
      : { clientCredentials: 4, refresh: 3, codeFlow: 3, discovery: 2, jwks: 2, signing: 2, policy: 2 },
    withWrk: !values['no-wrk'],
    part,
    nightFiles: values['full-night'] ? 800_000 : values.quick ? 500 : 20_000,
    chains: values.quick ? 100_000 : 1_000_000,
    besideSeconds: values.quick ? 2 : 20,
    withLargeDatabase: !values.quick,
    check: values.check,
  };
}
