/** The command line: finds the command, runs it, and turns faults into one line and an exit status. */
import type { Command, CommandIo } from './cli/command.ts';
import { describeUsageFault, isUsageFault } from './cli/usage-fault.ts';
import { AppError } from './shared/errors.ts';
import { findNearest } from './shared/nearest.ts';

/** Loaded when asked for, so that a light command starts fast. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./cli/serve.ts')).serveCommand,
  migrate: async () => (await import('./cli/migrate.ts')).migrateCommand,
  config: async () => (await import('./cli/config.ts')).configCommand,
  keys: async () => (await import('./cli/keys.ts')).keysCommand,
  apply: async () => (await import('./cli/apply.ts')).applyCommand,
  export: async () => (await import('./cli/export.ts')).exportCommand,
  account: async () => (await import('./cli/account.ts')).accountCommand,
  client: async () => (await import('./cli/client.ts')).clientCommand,
  import: async () => (await import('./cli/import.ts')).importCommand,
  schema: async () => (await import('./cli/schema.ts')).schemaCommand,
  explain: async () => (await import('./cli/explain.ts')).explainCommand,
  'who-can': async () => (await import('./cli/who-can.ts')).whoCanCommand,
  tokens: async () => (await import('./cli/tokens.ts')).tokensCommand,
  impact: async () => (await import('./cli/impact.ts')).impactCommand,
  why: async () => (await import('./cli/why.ts')).whyCommand,
  revoke: async () => (await import('./cli/revoke.ts')).revokeCommand,
  verify: async () => (await import('./cli/verify.ts')).verifyCommand,
  authorize: async () => (await import('./cli/authorize.ts')).authorizeCommand,
  login: async () => (await import('./cli/login.ts')).loginCommand,
};

const wrongUsage = 2;

async function main(args: readonly string[], io: CommandIo): Promise<number> {
  const [name = '--help', ...rest] = args;
  if (['--help', '-h', 'help'].includes(name)) {
    io.stdout(await renderHelp());
    return args.length === 0 ? wrongUsage : 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    const nearest = findNearest(name, Object.keys(commands));
    io.stderr(
      `sluice: unknown command \`${name}\`, ${nearest ? `did you mean \`${nearest}\`` : 'see `sluice --help`'}\n`,
    );
    return wrongUsage;
  }
  const command = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    io.stdout(`${command.summary}\n\n${command.usage.trimEnd()}\n`);
    return 0;
  }
  return command.run(rest, io).catch((error: unknown) => reportFault(error, command, io));
}

async function renderHelp(): Promise<string> {
  const loaded = await Promise.all(Object.values(commands).map((load) => load()));
  const lines = loaded.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`);
  return `Usage: sluice COMMAND [ARGUMENTS]\n\n${lines.join('\n')}\n\n\`sluice COMMAND --help\` tells more.\n`;
}

/** One line for people; a stack trace helps nobody who can read it. */
function reportFault(error: unknown, { name }: Command, io: CommandIo): number {
  const { message = String(error) } = error as { message?: string };
  if (isUsageFault(error)) {
    io.stderr(`sluice ${name}: ${describeUsageFault(error as Error)}, see \`sluice ${name} --help\`\n`);
    return wrongUsage;
  }
  io.stderr(`sluice ${name}: ${error instanceof AppError ? '' : 'unexpected fault: '}${message}\n`);
  return 1;
}

// A reader that closes early (`sluice export | head`) ends the command quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const status = await main(process.argv.slice(2), {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  stdin: process.stdin,
  env: process.env,
});

// A pipe takes what it has room for; leaving before the rest is written would cut the output.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
process.exit(status);
