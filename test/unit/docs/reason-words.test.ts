/** The reference of errors is complete. */
import { reasons } from '../../../src/policy/decision.ts';
import { readPage } from '../../support/pages-of-docs.ts';

test('docs/reference/errors.md has the reason words in the order in which the first counts', () => {
  const [, section = ''] = readPage('docs/reference/errors.md').split('\n## Reason words\n');
  const [table = ''] = section.split('\n## ');
  expect([...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, word]) => word)).toEqual([...reasons]);
});

test('docs/reference/errors.md names every code of a fault', () => {
  const source = readPage('src/shared/errors.ts');
  const codes = [...source.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(5);
  const page = readPage('docs/reference/errors.md');
  expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});
