/** Writes docs/reference/cli.md from the commands themselves: `node test/support/cli-reference.ts > docs/reference/cli.md`. */
import { pathToFileURL } from 'node:url';
import type { Command } from '../../src/cli/command.ts';
import { projectDirectory } from '../../src/config/env.ts';
import { readPage } from './pages-of-docs.ts';

const head = `# Command line

This page is generated: \`node test/support/cli-reference.ts > docs/reference/cli.md\`.

\`npx sluice COMMAND\` in the directory of the project. Settings come from the [environment](settings.md), as for the server. A command
that fails prints one line and ends with status 1, wrong usage ends with status 2. Commands that need the database work beside a
running server and without one.
`;

/** The commands in the order of `sluice --help`, found where the command line finds them. */
async function loadCommands(): Promise<Command[]> {
  const entries = readPage('src/cli.ts').matchAll(/import\('\.(\/cli\/[\w-]+\.ts)'\)\)\.(\w+)/g);
  const base = pathToFileURL(`${projectDirectory}/src`).href;
  return Promise.all([...entries].map(async ([, path, name = '']) => (await import(`${base}${path}`))[name]));
}

export async function renderCliReference(): Promise<string> {
  const commands = await loadCommands();
  const rows = commands.map(({ name, summary }) => `| [\`${name}\`](#${name}) | ${summary} |\n`);
  const sections = commands.map(
    ({ name, summary, usage }) => `\n## ${name}\n\n${summary}.\n\n\`\`\`text\n${usage.trimEnd()}\n\`\`\`\n`,
  );
  return `${head}\n| Command | What it does |\n|---|---|\n${rows.join('')}${sections.join('')}`;
}

if (import.meta.main) process.stdout.write(await renderCliReference());
