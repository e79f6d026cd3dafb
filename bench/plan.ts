/** How much is measured, from the command line. */
import { parseArgs } from 'node:util';
import type { Workload } from './workloads.ts';

export interface Plan {
  readonly rounds: number;
  readonly starts: number;
  /** Of load in each round; whole seconds but for signing. */
  readonly seconds: Readonly<Record<Workload['name'] | 'signing' | 'policy', number>>;
  readonly withWrk: boolean;
  /** `all`, or only the comparison with the stock server, or only the policy over a large lake. */
  readonly part: 'all' | 'stock' | 'scale';
  /** Whether the large lake is also written into a database. */
  readonly withLargeDatabase: boolean;
  /** Ends with status 1 when a bar is missed. */
  readonly check: boolean;
}

export const usage = `npm run bench -- [--quick] [--rounds N] [--only stock|scale] [--no-wrk] [--check]
  --quick     three short rounds, about a minute in all; of the large lake only decisions
  --rounds N  so many rounds instead of five
  --only X    only the comparison with the stock server, or only the policy over a large lake
  --no-wrk    load by Node also where wrk is installed
  --check     ends with status 1 when a bar is missed
`;

const options = {
  quick: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  only: { type: 'string' },
  'no-wrk': { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
} as const;

/** Throws for arguments that are not of these. */
export function readPlan(args: readonly string[]): Plan {
  const { values } = parseArgs({ args: [...args], options });
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 5));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('`--rounds` expects a whole number from 1 on');
  const part = values.only ?? 'all';
  if (part !== 'all' && part !== 'stock' && part !== 'scale') throw new Error('`--only` expects `stock` or `scale`');
  return {
    rounds,
    starts: values.quick ? 2 : 5,
    seconds: values.quick
      ? { clientCredentials: 1, refresh: 1, codeFlow: 1, discovery: 1, jwks: 1, signing: 0.5, policy: 0.5 }
      : { clientCredentials: 4, refresh: 3, codeFlow: 3, discovery: 2, jwks: 2, signing: 2, policy: 2 },
    withWrk: !values['no-wrk'],
    part,
    withLargeDatabase: !values.quick,
    check: values.check,
  };
}
