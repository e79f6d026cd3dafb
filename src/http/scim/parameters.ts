/** Parameters of SCIM queries, from the query string or from the body of a search (RFC 7644 sections 3.4.2 and 3.4.3). */
import type { Context } from 'koa';
import type { ListRequest } from '../../scim/lists.ts';
import { isObject } from '../../scim/normalise.ts';
import { type ScimAnswer, scimError } from '../../scim/problem.ts';
import { ok } from '../../shared/result.ts';

export function readQuery(ctx: Context): ScimAnswer<ListRequest> {
  const query = new URLSearchParams(ctx.querystring);
  const lower = new Map([...query].map(([name, value]) => [name.toLowerCase(), value]));
  return readParameters((name) => lower.get(name.toLowerCase()));
}

export function readSearch(body: unknown): ScimAnswer<ListRequest> {
  if (!isObject(body)) return scimError('invalidSyntax', 'expected a JSON object');
  const lower = new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]));
  return readParameters((name) => lower.get(name.toLowerCase()) ?? undefined);
}

type Find = (name: string) => unknown;

const isText = (value: unknown) => typeof value === 'string';
const isWhole = (value: unknown) => /^-?\d{1,18}$/.test(String(value));
const isNames = (value: unknown) => isText(value) || (Array.isArray(value) && value.every(isText));

const kinds = [
  { names: ['filter', 'sortBy', 'sortOrder', 'cursor'], meets: isText, expected: 'text' },
  { names: ['startIndex', 'count'], meets: isWhole, expected: 'a whole number' },
  { names: ['attributes', 'excludedAttributes'], meets: isNames, expected: 'names' },
];

function readParameters(find: Find): ScimAnswer<ListRequest> {
  for (const { names, meets, expected } of kinds) {
    const wrong = names.find((name) => find(name) !== undefined && !meets(find(name)));
    if (wrong !== undefined) return scimError('invalidValue', `expected ${expected} as \`${wrong}\``);
  }
  const text = (name: string) => find(name) as string | undefined;
  const whole = (name: string) => (find(name) === undefined ? undefined : Math.min(Number(find(name)), 2 ** 31 - 1));
  return ok({
    filter: text('filter'),
    sortBy: text('sortBy'),
    sortOrder: text('sortOrder'),
    cursor: text('cursor'),
    startIndex: whole('startIndex'),
    count: whole('count'),
    attributes: namesOf(find('attributes')),
    excludedAttributes: namesOf(find('excludedAttributes')),
  });
}

function namesOf(value: unknown = []): readonly string[] {
  const list = isText(value) ? (value as string).split(',') : (value as readonly string[]);
  return list.map((name) => name.trim()).filter((name) => name !== '');
}
