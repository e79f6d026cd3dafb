import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseDocument, stringify } from 'yaml';
import { readPlainYaml } from '../../../src/lake/plain-yaml.ts';

const example = readFileSync('examples/escape.yaml', 'utf8');

/** What the full reader makes of a text; `fault` when it finds anything wrong. */
function readFully(text: string): unknown {
  const document = parseDocument(text, { version: '1.2', schema: 'core', merge: false });
  if (document.errors.length > 0) return 'fault';
  try {
    return document.toJS();
  } catch {
    return 'fault';
  }
}

const scalar = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      '~',
      'null',
      'true',
      'No',
      '0',
      '-0',
      '007',
      '1e3',
      '0x1f',
      '.5',
      '-',
      '- a',
      'a: b',
      'a #b',
      '#a',
      ':a',
      'a:',
      "it's",
    ],
    ...[
      '"q"',
      '[a]',
      '{a}',
      '&a',
      '*a',
      '!t',
      '|',
      '>',
      '%',
      '@',
      '`',
      'a, b',
      ' a ',
      'a\nb',
      'a\tb',
      'é€',
      '---',
      '...',
    ],
    ...[
      '2026-11-01T00:00:00Z',
      'storage.read:/x',
      'urn:ietf:params',
      '5a1e0000-0000-4000-8000-000000000001',
      '/a/b',
      '<<',
      '=',
      '+1',
    ],
  ),
  fc.string({ maxLength: 8 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const key = fc.oneof(
  fc.constantFrom('id', 'a b', 'x.y', 'null', '1', 'Über', 'a:b', '-a'),
  fc.string({ minLength: 1, maxLength: 5 }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
}));

const written = fc
  .tuple(
    fc.dictionary(key, value, { minKeys: 1, maxKeys: 5 }),
    fc.constantFrom('block', 'compact', 'flow', 'json', 'json-indented'),
  )
  .map(([document, style]) => {
    if (style === 'json') return JSON.stringify(document);
    if (style === 'json-indented') return JSON.stringify(document, null, '\t');
    if (style === 'flow') return stringify(document, { collectionStyle: 'flow' });
    return stringify(document, { indentSeq: style === 'block', lineWidth: 0 });
  });

describe('the quick YAML reader', () => {
  test('reads the example as the full reader does', () => {
    expect(readPlainYaml(example)).toEqual(readFully(example));
  });

  test('either gives what the full reader gives, or leaves the text to it, for written documents', () => {
    fc.assert(
      fc.property(written, (text) => {
        const quick = readPlainYaml(text);
        if (quick !== undefined) expect(quick).toEqual(readFully(text));
      }),
      { numRuns: 3000 },
    );
  });

  test('never reads a damaged document in its own way', () => {
    const edits = fc.array(
      fc.tuple(fc.nat(), fc.constantFrom(...'-:#,[]{}"\'& \n\t~|>!*%a0.', '', ': ', ' #', '\n  ', '- ')),
      { maxLength: 3 },
    );
    const lines = example.split('\n');
    const part = fc.nat(lines.length - 12).map((start) => lines.slice(start, start + 12).join('\n'));
    fc.assert(
      fc.property(fc.oneof(part, written), edits, (original, changes) => {
        const text = changes.reduce((before, [at, insert]) => {
          const place = at % (before.length + 1);
          return before.slice(0, place) + insert + before.slice(insert === '' ? place + 1 : place);
        }, original);
        const quick = readPlainYaml(text);
        if (quick !== undefined) expect(quick).toEqual(readFully(text));
      }),
      { numRuns: 8000 },
    );
  });

  test('reads plain large files itself, in YAML and in JSON', () => {
    const accounts = Array.from({ length: 50 }, (_, n) => ({
      username: `user${n}`,
      name: `User ${n}`,
      groups: ['/escape', { path: '/escape/cta', until: '2027-06-30T00:00:00Z' }],
    }));
    for (const text of [
      stringify({ version: 1, accounts }),
      JSON.stringify({ version: 1, accounts }),
      JSON.stringify({ version: 1, accounts }, null, 2),
    ]) {
      expect(readPlainYaml(text)).toEqual({ version: 1, accounts });
    }
  });
});
