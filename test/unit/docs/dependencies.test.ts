/** Every dependency has a reason in the documentation. */
import { readPage } from '../../support/pages-of-docs.ts';

test('docs/design/dependencies.md has a line for each package of package.json, and no other', () => {
  const { dependencies, devDependencies, allowScripts } = JSON.parse(readPage('package.json'));
  const [server = '', development = '', scripts = ''] = readPage('docs/design/dependencies.md').split('\n## ').slice(1);
  const named = (part: string) => [...part.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name).toSorted();
  expect(named(server)).toEqual(Object.keys(dependencies).toSorted());
  expect(named(development)).toEqual(Object.keys(devDependencies).toSorted());
  expect(named(scripts)).toEqual(Object.keys(allowScripts).toSorted());
});
