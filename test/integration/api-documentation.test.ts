/** The commands of docs/integration/api.md, run as they stand, print what the page shows; the references name all there is. */
import { contract } from '../../src/http/api/contract.ts';
import { problemNames, statusOf } from '../../src/http/api/problem.ts';
import { blocksOf, patternOf, startShell, stepsOf } from '../support/documented-commands.ts';
import { startIssuer } from '../support/issuer.ts';
import { readPage } from '../support/pages-of-docs.ts';

const page = 'docs/integration/api.md';

test('the three calls answer as shown', async () => {
  const issuer = await startIssuer();
  const shell = startShell({});
  try {
    const [lake] = blocksOf(page).filter(({ language }) => language === 'yaml');
    const here = (text: string) => text.replaceAll('http://localhost:8080/', issuer.url);
    await issuer.apply(here(lake?.text ?? ''));
    const steps = stepsOf(page);
    expect(steps).toHaveLength(4);
    for (const { commands, output } of steps) {
      expect(await shell.run(here(commands.text))).toMatch(patternOf(output ?? ''));
    }
  } finally {
    shell.close();
    await issuer.close();
  }
});

test('docs/reference/errors.md names every problem with its status', () => {
  const [, section = ''] = readPage('docs/reference/errors.md').split('\n## Problems of the API\n');
  const [table = ''] = section.split('\n## ');
  const rows = [...table.matchAll(/^\| `([a-z-]+)` \| (\d+) \|/gm)].map(([, name, status]) => [name, Number(status)]);
  expect(rows).toEqual(problemNames.map((name) => [name, statusOf({ name })]));
});

test('docs/reference/endpoints.md names every path and method', () => {
  const [, section = ''] = readPage('docs/reference/endpoints.md').split('\n## Rules and questions\n');
  const [table = ''] = section.split('\n## ');
  const rows = [...table.matchAll(/^\| (`\/.+`) \| ([A-Z, ]+) \|/gm)].flatMap(([, paths = '', methods = '']) => {
    const [first = '', ...more] = [...paths.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
    const below = first.slice(0, first.lastIndexOf('/'));
    const all = [first, ...more.map((path) => path.replace('…', below))];
    return all.flatMap((path) => methods.split(', ').map((method) => `${method} ${path}`));
  });
  expect(rows.sort()).toEqual(
    Object.values(contract)
      .map(({ method, path }) => `${method} ${path}`)
      .sort(),
  );
});
