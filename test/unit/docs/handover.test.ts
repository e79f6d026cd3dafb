/** The pages for administrators of other services show what the command prints, and there is one for each service. */
import { services } from '../../../src/handover/services.ts';
import { handoverPages, renderHandoverPage } from '../../support/handover-pages.ts';
import { readPage } from '../../support/pages-of-docs.ts';

test('every service has a page', () => {
  expect(handoverPages).toEqual(Object.keys(services).map((service) => `docs/integration/${service}.md`));
});

test.each(handoverPages)(
  '%s shows what the command prints (`node test/support/handover-pages.ts` writes it)',
  async (page) => {
    expect(readPage(page)).toMatch(/^```sh config$/m);
    expect(await renderHandoverPage(page)).toBe(readPage(page));
  },
);

test.each(handoverPages)('%s says what was tried', (page) => {
  expect(readPage(page)).toMatch(/^\*\*Tried:\*\* /m);
});
