import { parseLake } from '../../../src/lake/parse.ts';
import { readPage } from '../../support/pages-of-docs.ts';

const blocks = [...readPage('docs/operator/exchange-rules.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
  ([, text = '']) => text,
);

test('the page about exchange rules has examples', () => {
  expect(blocks.length).toBeGreaterThan(2);
});

test.each(blocks)('example %# of the page about exchange rules is a lake file', (text) => {
  const parsed = parseLake(`version: 1\n${text}`);

  expect(parsed).toMatchObject({ ok: true, value: { faults: [] } });
  expect(parsed.ok && parsed.value.exchangeRules.length).toBeGreaterThan(0);
});
