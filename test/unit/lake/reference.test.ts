import { readFileSync } from 'node:fs';
import { load as parse } from 'js-yaml';
import { lakeJsonSchema } from '../../../src/lake/json-schema.ts';
import { lakeReference } from '../../../src/lake/reference.ts';

describe('the published reference of the lake file', () => {
  test('is what the schema says now (npx sluice schema --write docs/reference)', () => {
    expect(JSON.parse(readFileSync('docs/reference/lake-file.schema.json', 'utf8'))).toEqual(lakeJsonSchema());
    expect(readFileSync('docs/reference/lake-file.md', 'utf8')).toBe(lakeReference());
  });

  test('describes every field', () => {
    const undescribed: string[] = [];
    const visit = (node: unknown, place: string) => {
      if (typeof node !== 'object' || node === null) return;
      const { properties, ...rest } = node as { properties?: Record<string, { description?: string }> };
      for (const [name, field] of Object.entries(properties ?? {})) {
        if (!field.description) undescribed.push(`${place}.${name}`);
        visit(field, `${place}.${name}`);
      }
      for (const [name, part] of Object.entries(rest)) visit(part, `${place}/${name}`);
    };
    visit(lakeJsonSchema(), '');
    expect(undescribed).toEqual([]);
  });

  test('knows every field of the example', () => {
    const example = parse(readFileSync('examples/escape.yaml', 'utf8')) as Record<string, unknown>;
    const text = lakeReference();
    const clients = example.clients as Record<string, unknown>[];
    for (const field of new Set(clients.flatMap(Object.keys))) expect(text).toContain(`| \`${field}\``);
  });
});
