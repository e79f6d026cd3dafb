/** `sluice keys`: the life of the signing keys, from their publication to their removal (W-KEY-3). */
import { parseArgs } from 'node:util';
import type { SigningAlgorithm } from '../issuance/sign.ts';
import { describeStep, type KeyOutcome } from '../keys/administration.ts';
import { generateKeys } from '../keys/generate.ts';
import { instant } from '../keys/life.ts';
import { algorithms, type SigningKeyRecord, stateAt } from '../keys/signing-key.ts';
import type { KeySignature } from '../keys/store.ts';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Command, CommandIo } from './command.ts';
import { type KeyCommandDeps, withKeys } from './key-deps.ts';
import { describeEmergency } from './key-emergency.ts';
import { requireConfig } from './load-config.ts';

export const keysCommand: Command = {
  name: 'keys',
  summary: 'List, rotate and remove signing keys',
  usage: `Usage: sluice keys list                                   one line per key, newest first
       sluice keys history                                what was done, by whom and why
       sluice keys rotate [--alg ALG]                     make a key that takes over after the lead (SLUICE_KEYS_LEAD_DAYS)
       sluice keys publish [--alg ALG]                    make a key that is published and does not sign
       sluice keys activate KID [--now]                   let a published key sign, before the lead only with --now
       sluice keys retire KID                             let a key sign no more; gives up a rotation
       sluice keys remove KID [--emergency]               publish a key no more
       sluice keys seal                                   encrypt all keys and one-time codes with the newest secret of
                                                          SLUICE_KEYS_SECRET
       sluice keys generate [--alg ALG] [--development]   make key files for the first start of an installation

ALG is RS256 or ES256; absent: both. Running servers follow at once, none has to be restarted. A key that takes over retires the one
before it. Retired keys are removed by themselves once no token of theirs lives.

  --reason TEXT   stands in the history; required with --emergency
  --now           storages that have not fetched the key yet refuse its tokens, some for 6 hours
  --emergency     for a stolen key: removed at once, and if it signs another takes over in the same instant. Its tokens are
                  refused by each storage once it has fetched the keys anew, some after 6 hours
`,
  async run(args, io) {
    const [action = '', ...rest] = args;
    if (action === 'generate') return generate(rest, io);
    const command = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (command === undefined) {
      throw new AppError(
        'usage',
        `expected one of ${[...Object.keys(actions), 'generate'].map((name) => `\`${name}\``).join(', ')}`,
      );
    }
    return withKeys(io, (deps) => command(rest, { ...deps, io }));
  },
};

interface Deps extends KeyCommandDeps {
  readonly io: CommandIo;
}

const actions: Readonly<Record<string, (args: readonly string[], deps: Deps) => Promise<number>>> = {
  list,
  history,
  rotate: (args, deps) => forAlgorithms(args, deps, deps.administration.rotate),
  publish: (args, deps) => forAlgorithms(args, deps, deps.administration.publish),
  activate: (args, deps) => {
    const { kid, by, flag } = readKid(args, 'now');
    return report(deps, deps.administration.activate(kid, by, flag));
  },
  retire: (args, deps) => {
    const { kid, by } = readKid(args);
    return report(deps, deps.administration.retire(kid, by));
  },
  remove,
  seal,
};

const reasonOption = { reason: { type: 'string' } } as const;

async function list(args: readonly string[], { store, io }: Deps): Promise<number> {
  parseArgs({ args: [...args], options: {} });
  const now = systemClock.now();
  for (const key of (await store.read()).keys) io.stdout(`${describeKey(key, now)}\n`);
  return 0;
}

function describeKey(key: SigningKeyRecord, now: number): string {
  const times = [
    `published ${instant(key.publishedAt)}`,
    ...(key.activatesAt === null ? [] : [`signs from ${instant(key.activatesAt)}`]),
    ...(key.retiresAt === null ? [] : [`until ${instant(key.retiresAt)}`]),
    ...(key.removedAt === null ? [] : [`removed ${instant(key.removedAt)}`]),
    ...(key.isCompromised ? ['compromised'] : []),
    ...(key.isDevelopment ? ['development'] : []),
    ...(key.reference === null ? [] : ['in a device']),
  ];
  return `${key.alg}  ${key.kid}  ${stateAt(key, now).padEnd(9)}  ${times.join(', ')}`;
}

async function seal(args: readonly string[], deps: Deps): Promise<number> {
  const by = readSignature(parseArgs({ args: [...args], options: reasonOption }).values);
  const { sealed, lost } = await deps.resealCodes();
  if (sealed > 0) deps.io.stdout(`one-time codes of ${sealed} accounts  sealed\n`);
  if (lost > 0) deps.io.stderr(`one-time codes of ${lost} accounts cannot be decrypted by any secret given\n`);
  return report(deps, deps.administration.seal(by));
}

async function history(args: readonly string[], { store, io }: Deps): Promise<number> {
  parseArgs({ args: [...args], options: {} });
  for (const { kid, action, at, takesEffectAt, actor, reason } of await store.history()) {
    const from = takesEffectAt === null ? '' : ` from ${instant(takesEffectAt)} on`;
    io.stdout(`${instant(at)}  ${kid}  ${action}${from}, by ${actor}${reason === null ? '' : `: ${reason}`}\n`);
  }
  return 0;
}

async function remove(args: readonly string[], deps: Deps): Promise<number> {
  const { kid, by, flag } = readKid(args, 'emergency');
  if (!flag) return report(deps, deps.administration.remove(kid, by));
  if (by.reason === null) throw new AppError('usage', 'expected `--reason` with `--emergency`');
  const before = (await deps.store.read()).keys;
  const outcome = await deps.administration.removeStolen(kid, by);
  await report(deps, Promise.resolve(outcome));
  if (outcome.ok) deps.io.stdout(describeEmergency(outcome.value, before));
  return outcome.ok ? 0 : 1;
}

async function forAlgorithms(
  args: readonly string[],
  deps: Deps,
  operation: (algs: readonly SigningAlgorithm[], by: KeySignature) => Promise<KeyOutcome>,
): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { alg: { type: 'string' }, ...reasonOption } });
  return report(deps, operation(readAlgorithms(values.alg), readSignature(values)));
}

async function report({ io }: Deps, outcome: Promise<KeyOutcome>): Promise<number> {
  const done = await outcome;
  if (!done.ok) {
    io.stderr(`sluice keys: ${done.error}\n`);
    return 1;
  }
  io.stdout(done.value.map((step) => `${describeStep(step)}\n`).join('') || 'nothing to do\n');
  return 0;
}

/** A thumbprint (RFC 7638) in base64url. One in 64 begins with a dash and would be read as options. */
const dashedKid = /^-[\w-]{42}$/;

function readKid(args: readonly string[], flag?: 'now' | 'emergency') {
  const dashed = args.filter((arg) => dashedKid.test(arg));
  const { values, positionals } = parseArgs({
    args: args.filter((arg) => !dashedKid.test(arg)),
    options: { ...reasonOption, ...(flag && { [flag]: { type: 'boolean' } as const }) },
    allowPositionals: true,
  });
  const [kid, ...more] = [...positionals, ...dashed];
  if (kid === undefined || more.length > 0) throw new AppError('usage', 'expected one KID');
  return { kid, by: readSignature(values), flag: flag !== undefined && Object.hasOwn(values, flag) };
}

function readSignature({ reason }: { readonly reason?: string | undefined }): KeySignature {
  return { actor: 'operator', reason: reason?.trim() || null };
}

function readAlgorithms(alg: string | undefined): readonly SigningAlgorithm[] {
  if (alg === undefined) return algorithms;
  const found = algorithms.filter((known) => known === alg);
  if (found.length > 0) return found;
  throw new AppError('usage', `algorithm \`${alg}\` not accepted, expected \`RS256\` or \`ES256\``);
}

async function generate(args: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { alg: { type: 'string' }, development: { type: 'boolean' } },
  });
  const { alg, development = false } = values;
  const options = { clock: systemClock, development, algorithms: readAlgorithms(alg) };
  const paths = await generateKeys(requireConfig(io.env).keysDir, options);
  io.stdout(paths.map((path) => `${path}\n`).join(''));
  return 0;
}
