/** Keeps what `sluice config` prints on the pages of docs/integration in step: `node test/support/handover-pages.ts` writes it there. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configCommand } from '../../src/cli/config.ts';
import { projectDirectory } from '../../src/config/env.ts';
import { runCommand } from './command.ts';
import { readPage } from './pages-of-docs.ts';

/** One page a service. */
export const handoverPages = [
  'xrootd',
  'dcache',
  'storm',
  'eos',
  'rucio',
  'fts',
  'jupyterhub',
  'oidc-agent',
  'apache',
  'htcondor',
].map((service) => `docs/integration/${service}.md`);

/** A block of the command, and the block of what it prints. */
const step = /^```sh config\nnpx sluice (.+)\n```\n\n```(\w+) output\n[\s\S]*?^```$/gm;

/** The page as it should be; each command prints its warnings last. */
export async function renderHandoverPage(page: string): Promise<string> {
  const text = readPage(page);
  const printed = await Promise.all(
    [...text.matchAll(step)].map(async ([, command = '', language]) => {
      const [, ...args] = command.split(' ');
      const { stdout, stderr } = await runCommand('', configCommand, args);
      return `\`\`\`sh config\nnpx sluice ${command}\n\`\`\`\n\n\`\`\`${language} output\n${stdout}${stderr}\`\`\``;
    }),
  );
  return text.replaceAll(step, () => printed.shift() ?? '');
}

if (import.meta.main) {
  for (const page of handoverPages) {
    await writeFile(join(projectDirectory, page), await renderHandoverPage(page));
  }
}
