/** Every command of README.md and of the tutorial, run against a server that `npm start` started, prints what the page shows. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blocksOf, patternOf, type Shell, type Step, startShell, stepsOf } from '../support/documented-commands.ts';
import { exampleLake } from '../support/issuer.ts';
import { createServerPlace, type ServerPlace } from '../support/server-place.ts';
import { UserAgent } from '../support/user-agent.ts';

const tutorial = 'docs/getting-started/README.md';
const shownOrigin = 'http://localhost:8080';
const alice = { username: 'alice', password: 'alice-demo-password' };

let place: ServerPlace;
let origin: string;
let shell: Shell;

beforeAll(async () => {
  place = await createServerPlace();
  const lakeFile = join(place.directory, 'escape.yaml');
  // The embargo of the example ends one day; what the pages show is how it is before.
  await writeFile(lakeFile, (await exampleLake()).replaceAll(/\b2027-/g, '2997-'));
  const settings = await place.settings('readme', { SLUICE_LAKE_FILE: lakeFile });
  origin = `http://localhost:${settings.SLUICE_PORT}`;
  await place.start(settings, ['npm', 'start']).waitFor(/Sluice is ready/);
  shell = startShell(settings);
});

afterAll(async () => {
  shell?.close();
  await place?.clear();
});

/** The same commands for the test's server, lake file and directory. */
function adapted(commands: string): string {
  return commands
    .replaceAll(shownOrigin, origin)
    .replaceAll('/tmp/', `${place.directory}/`)
    .replaceAll(/(?<!--lake )examples\/escape\.yaml/g, join(place.directory, 'escape.yaml'));
}

async function printedBy(text: string): Promise<string> {
  return (await shell.run(adapted(text))).replaceAll(origin, shownOrigin);
}

async function expectShown({ commands, output }: Step, text = commands.text): Promise<void> {
  expect(await printedBy(text)).toMatch(patternOf(output ?? ''));
}

const runnable = ({ commands }: Step) => commands.marks.includes('runnable');
const named = (step: Step, index: number) => [`${step.commands.heading}: block ${index + 1}`, step] as const;

test('what the pages do not mark as runnable is installing, starting and testing', () => {
  const others = [...stepsOf('README.md'), ...stepsOf(tutorial)].filter(({ commands }) => commands.marks.length === 0);
  const known = ['npm ci && npm start', 'npm ci && npm test'];
  expect(others.map(({ commands }) => commands.text).filter((text) => !known.includes(text))).toEqual([]);
});

test('every other block of commands is followed by what it prints', () => {
  const others = [...stepsOf('README.md'), ...stepsOf(tutorial)].filter(({ commands }) => commands.marks.length > 0);
  expect(others.length).toBeGreaterThan(10);
  expect(others.filter(({ output }) => output === null)).toEqual([]);
});

describe('README.md', () => {
  const steps = stepsOf('README.md').filter(runnable);

  test.each(steps.map(named))('%s prints what is shown', async (_name, step) => {
    await expectShown(step);
  });

  test('has fewer than 150 lines', async () => {
    expect((await readFile('README.md', 'utf8')).split('\n').length).toBeLessThan(150);
  });
});

describe('docs/integration/scopes.md', () => {
  test.each(stepsOf('docs/integration/scopes.md').filter(runnable).map(named))(
    '%s prints what is shown',
    async (_name, step) => {
      await expectShown(step);
    },
  );
});

describe('the tutorial', () => {
  const agent = new UserAgent();
  const steps = stepsOf(tutorial).filter(({ commands }) => commands.marks.length > 0);

  // npx takes a second or two to find what README.md has shown that it finds.
  beforeAll(async () => void (await shell.run('npx() { shift; bin/sluice "$@"; }')));

  test.each(steps.map(named))('%s prints what is shown', async (_name, step) => {
    const { commands } = step;
    if (commands.marks.includes('browser')) return loginThroughBrowser(step);
    if (commands.marks.includes('device')) return loginFromTerminal(step);
    return expectShown(step);
  });

  /** The page shows an address to open; the commands go on with the code that the browser ends up with. */
  async function loginThroughBrowser(step: Step): Promise<void> {
    const address = blocksOf(tutorial).find(({ marks }) => marks.includes('address'))?.text ?? '';
    let page = await agent.follow(await agent.get(adapted(address)));
    page = await agent.follow(await agent.submit(page, '/login', alice));
    expect(page.html).toContain('Data Lake portal asks for access');
    page = await agent.follow(await agent.submit(page, '/consent'));
    const code = page.location?.searchParams.get('code') ?? '';
    await expectShown(step, step.commands.text.replace('paste-the-code-here', code));
  }

  /** A person confirms in a browser while the command waits. */
  async function loginFromTerminal(step: Step): Promise<void> {
    const shown = expectShown(step);
    const code = await shell.saw(/Code {2}(\S+)/);
    let page = await agent.get(`${origin}/device`);
    page = await agent.submit(page, '/device', { user_code: code });
    page = await agent.follow(await agent.submit(page, '/device', { confirm: 'yes' }));
    if (page.html.includes('name="password"')) page = await agent.follow(await agent.submit(page, '/login', alice));
    page = await agent.follow(await agent.submit(page, '/consent'));
    expect(page.html).toContain('Device connected');
    await shown;
  }
});
