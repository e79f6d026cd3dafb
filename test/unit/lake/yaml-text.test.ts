import fc from 'fast-check';
import { load as parse } from 'js-yaml';
import { writeYaml } from '../../../src/lake/yaml-text.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    '',
    'null',
    'Yes',
    '1e3',
    '0x1',
    '- a',
    'a: b',
    'a #b',
    '/',
    '/a/b',
    'a:',
    ':a',
    '2026-01-01T00:00:00Z',
    '2026-01-01',
    '1.5',
    '.',
    '<<',
    '~',
    '=',
    'a,b',
    "'",
    '"',
    'a\nb',
    '\u2028',
    'storage.read:/a',
    'group:/x',
  ),
);
const value = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  fc.array(fc.oneof(text, fc.dictionary(fc.constantFrom('path', 'from', 'n'), text, { minKeys: 1 })), {
    minLength: 1,
    maxLength: 3,
  }),
);
const object = fc.dictionary(fc.constantFrom('id', 'name', 'groups', 'mounts'), value, { minKeys: 1 });
const file = fc.record({
  version: fc.constant(1),
  policy: object,
  accounts: fc.array(object, { minLength: 1, maxLength: 4 }),
  namespace: fc.array(text, { minLength: 1 }),
});

describe('writing a lake file as YAML', () => {
  test('whatever the texts are, it is read back the same', () => {
    fc.assert(
      fc.property(file, (lake) => {
        const plain = JSON.parse(JSON.stringify(lake));
        expect(parse(writeYaml(lake))).toEqual(plain);
      }),
      { numRuns: 2000 },
    );
  });
});
