/** The results as a Markdown table for people. */
import type { Compared, Results, WorkloadResult } from './results.ts';
import { number, shown } from './shown.ts';

export function renderTable(results: Results): string {
  const { clientCredentials, refresh, codeFlow, discovery, jwks } = results.workloads;
  const rows = [
    ['Measure', 'Sluice', 'stock oidc-provider', 'Sluice ÷ stock'],
    ['---', '---', '---', '---'],
    ...rate('client_credentials, tokens/s', 'token', clientCredentials),
    ...rate('refresh (rotating), tokens/s', 'refresh', refresh),
    ...rate('code flow (authorize and redeem), flows/s', 'flow', codeFlow),
    compared('discovery p99, ms', discovery.p99Milliseconds, 2),
    compared('JWKS p99, ms', jwks.p99Milliseconds, 2),
    [
      'start to first healthy answer, ms',
      shown(results.startMilliseconds.sluice),
      shown(results.startMilliseconds.stock),
    ],
    ...memoryRows(results),
    ['the same machine, bare RS256-2048 signatures/s', shown(results.signingPerSecond), ''],
  ];
  return [heading(results), ...rows.map(tableRow), '', ...notes(results), '', ...bars(results), ''].join('\n');
}

function heading({ at, machine, plan, loadGenerator }: Results): string {
  const { processors, memoryGigabytes, node } = machine;
  const run = `${plan.rounds} interleaved rounds, load by ${loadGenerator}`;
  return `Benchmark of ${at.slice(0, 16).replace('T', ' ')} UTC: ${processors}, ${memoryGigabytes} GB, Node ${node}; ${run}\n`;
}

function rate(name: string, unit: string, result: WorkloadResult): string[][] {
  const { cpuMilliseconds, perSecond, sluiceDatabaseCpuMilliseconds } = result;
  const [label = '', sluice = '', ...others] = compared(`– processor time per ${unit}, ms`, cpuMilliseconds, 2);
  const database = `, and PostgreSQL ${shown(sluiceDatabaseCpuMilliseconds, 2)}`;
  return [compared(name, perSecond, 0), [label, sluice + database, ...others]];
}

function compared(name: string, { sluice, stock, ratio }: Compared, digits: number): string[] {
  return [name, shown(sluice, digits), shown(stock, digits), shown(ratio, 2)];
}

function memoryRows({ memoryMegabytes: { sluice, stock }, firstStartMilliseconds }: Results): string[][] {
  const both = ({ now, peak }: { now: number; peak: number }) => `${number(now, 0)} (peak ${number(peak, 0)})`;
  return [
    ['start on an empty directory, ms', number(firstStartMilliseconds, 0), ''],
    ['resident memory after load, MB', `${both(sluice)}, and PostgreSQL ${number(sluice.database, 0)}`, both(stock)],
  ];
}

function notes({ workloads, loadAverage, loadGenerator }: Results): string[] {
  const { clientCredentials, refresh, discovery } = workloads;
  const [before, after] = loadAverage;
  const fallback = loadGenerator.startsWith('wrk')
    ? []
    : ['wrk is not used: the load generator takes part of the rates.'];
  return [
    'Each cell: median of the rounds (lowest–highest). Ratios are taken round by round.',
    `Connections: ${clientCredentials.connections} for client_credentials, ${refresh.connections} for refresh and code flow (by Node), ${discovery.connections} for discovery and JWKS.`,
    `Load average of the machine: ${before.toFixed(1)} before, ${after.toFixed(1)} after.`,
    ...fallback,
  ];
}

function bars(results: Results): string[] {
  return results.bars.map(({ text, found, met }) => `- ${met ? 'met' : '**missed**'}: ${text}; found ${found}`);
}

function tableRow(cells: readonly string[]): string {
  return `| ${[...cells, '', '', ''].slice(0, 4).join(' | ')} |`;
}
