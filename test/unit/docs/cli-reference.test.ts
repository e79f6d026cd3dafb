/** The reference of the command line is what the commands say of themselves. */
import { renderCliReference } from '../../support/cli-reference.ts';
import { readPage } from '../../support/pages-of-docs.ts';

test('docs/reference/cli.md is up to date (`node test/support/cli-reference.ts > docs/reference/cli.md` writes it)', async () => {
  const rendered = await renderCliReference();
  expect(rendered.match(/^## /gm)?.length).toBeGreaterThan(10);
  expect(readPage('docs/reference/cli.md')).toBe(rendered);
});
