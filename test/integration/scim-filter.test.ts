/** Filters and sorting of SCIM against a naive reading of RFC 7644 section 3.4.2.2, on generated users; and what is refused. */
import fc from 'fast-check';
import type { TestIssuer } from '../support/issuer.ts';
import { type ScimCall, scimCaller, scimToken, startScimIssuer } from '../support/scim.ts';

let issuer: TestIssuer;
let scim: ScimCall;

interface Person {
  readonly id: string;
  readonly username: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly active: boolean;
  readonly created: number;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

const people: Person[] = [];
const start = Date.parse('2026-01-01T00:00:00Z');

/** Few different values, so that filters meet some and miss some. */
beforeAll(async () => {
  issuer = await startScimIssuer();
  scim = scimCaller(issuer, await scimToken(issuer, 'sync', 'scim:read'));
  const { db } = issuer.database;
  const groups = await db.selectFrom('groups').select(['id', 'path']).execute();
  await db.deleteFrom('accounts').execute();
  for (let number = 0; number < 40; number += 1) {
    const username = ['Ada', 'ada', 'bo_b', 'b%ob', 'Zoë', 'zoe'][number % 6] + (number < 6 ? '' : String(number));
    const person = {
      id: `person-${number}`,
      username,
      name: number % 5 === 0 ? null : `${['Ada', 'Grace', "O'Neil"][number % 3]} ${username}`,
      email: number % 4 === 0 ? null : `${number % 2 ? 'A' : 'b'}@${['cern.ch', 'DESY.de', 'x\\"y.org'][number % 3]}`,
      active: number % 7 !== 0,
      created: start + (number % 10) * 86_400_000,
      groups: groups.filter((_group, index) => (number + index) % 3 === 0).map(({ path }) => path.slice(1)),
      labels: number % 6 === 0 ? { 'cern.ch/unit': `IT-${number}` } : {},
    };
    people.push(person);
    await db
      .insertInto('accounts')
      .values({
        id: person.id,
        username: person.username,
        name: person.name,
        email: person.email,
        state: person.active ? 'active' : 'suspended',
        created_at: new Date(person.created),
        labels: JSON.stringify(person.labels),
      })
      .execute();
    for (const group of person.groups) {
      const { id } = groups.find(({ path }) => path === `/${group}`) as { id: string };
      await db.insertInto('memberships').values({ account_id: person.id, group_id: id }).execute();
    }
  }
});
afterAll(() => issuer.close());

async function found(filter: string, more = ''): Promise<string[]> {
  const { status, body } = await scim('GET', `/scim/Users?filter=${encodeURIComponent(filter)}${more}`);
  if (status !== 200) throw new Error(`${filter}: ${JSON.stringify(body)}`);
  return (body.Resources ?? []).map(({ id }: { id: string }) => id);
}

type Meets = (person: Person) => boolean;
type Case = readonly [filter: string, meets: Meets];

/** ASCII letters are folded; that is what all databases agree on. */
const fold = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const bytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

const textOperators: Readonly<Record<string, (held: string, wanted: string) => boolean>> = {
  eq: (held, wanted) => held === wanted,
  co: (held, wanted) => held.includes(wanted),
  sw: (held, wanted) => held.startsWith(wanted),
  ew: (held, wanted) => held.endsWith(wanted),
  gt: (held, wanted) => bytes(held, wanted) > 0,
  ge: (held, wanted) => bytes(held, wanted) >= 0,
  lt: (held, wanted) => bytes(held, wanted) < 0,
  le: (held, wanted) => bytes(held, wanted) <= 0,
};

const words = fc.constantFrom(
  'ada',
  'ADA',
  'o',
  'b',
  '%',
  '_',
  "'",
  '"',
  '\\',
  'cern.ch',
  '7',
  'escape',
  'IT',
  '',
  'é',
  ')',
  'or',
);

/** Each with the values that a person has there. */
const attributes: readonly { path: string; exact: boolean; values: (person: Person) => readonly string[] }[] = [
  { path: 'userName', exact: false, values: ({ username }) => [username] },
  { path: 'USERNAME', exact: false, values: ({ username }) => [username] },
  { path: 'id', exact: true, values: ({ id }) => [id] },
  { path: 'name.formatted', exact: false, values: ({ name }) => (name === null ? [] : [name]) },
  { path: 'emails', exact: false, values: ({ email }) => (email === null ? [] : [email]) },
  { path: 'emails.value', exact: false, values: ({ email }) => (email === null ? [] : [email]) },
  { path: 'groups.display', exact: false, values: ({ groups }) => groups },
  {
    path: 'urn:indigo-dc:scim:schemas:IndigoUser:labels.value',
    exact: true,
    values: ({ labels }) => Object.values(labels),
  },
];

const comparison: fc.Arbitrary<Case> = fc
  .tuple(fc.constantFrom(...attributes), fc.constantFrom(...Object.keys(textOperators), 'ne', 'pr'), words)
  .map(([{ path, exact, values }, operator, word]): Case => {
    if (operator === 'pr') return [`${path} pr`, (person) => values(person).length > 0];
    const form = exact ? (text: string) => text : fold;
    const meets = textOperators[operator === 'ne' ? 'eq' : operator] as (held: string, wanted: string) => boolean;
    const some: Meets = (person) => values(person).some((value) => meets(form(value), form(word)));
    return [`${path} ${operator} ${JSON.stringify(word)}`, operator === 'ne' ? (person) => !some(person) : some];
  });

const other: fc.Arbitrary<Case> = fc.oneof(
  fc.boolean().map((wanted): Case => [`active eq ${wanted}`, ({ active }) => active === wanted]),
  fc.tuple(fc.constantFrom('gt', 'ge', 'lt', 'le', 'eq'), fc.nat(11)).map(([operator, day]): Case => {
    const at = start + day * 86_400_000;
    const holds = {
      gt: (n: number) => n > 0,
      ge: (n: number) => n >= 0,
      lt: (n: number) => n < 0,
      le: (n: number) => n <= 0,
      eq: (n: number) => n === 0,
    };
    const meets = holds[operator as keyof typeof holds];
    return [`meta.created ${operator} "${new Date(at).toISOString()}"`, ({ created }) => meets(created - at)];
  }),
  words.map(
    (word): Case => [
      `emails[type eq "work" and value co ${JSON.stringify(word)}]`,
      ({ email }) => email !== null && fold(email).includes(fold(word)),
    ],
  ),
  fc.constant<Case>(['name.formatted eq null', ({ name }) => name === null]),
);

const { filters } = fc.letrec<{ filters: Case; simple: Case }>((tie) => ({
  simple: fc.oneof(comparison, other),
  filters: fc.oneof(
    { maxDepth: 3 },
    tie('simple'),
    fc
      .tuple(tie('filters'), tie('filters'))
      .map(
        ([[left, meetsLeft], [right, meetsRight]]): Case => [
          `(${left}) and (${right})`,
          (person) => meetsLeft(person) && meetsRight(person),
        ],
      ),
    fc
      .tuple(tie('filters'), tie('filters'))
      .map(
        ([[left, meetsLeft], [right, meetsRight]]): Case => [
          `(${left}) or (${right})`,
          (person) => meetsLeft(person) || meetsRight(person),
        ],
      ),
    tie('filters').map(([inner, meets]): Case => [`not (${inner})`, (person) => !meets(person)]),
  ),
}));

test('a filter finds whom a naive reading of it finds', async () => {
  await fc.assert(
    fc.asyncProperty(filters, async ([filter, meets]) => {
      const expected = people.filter(meets).map(({ id }) => id);
      expect((await found(filter)).sort()).toEqual(expected.sort());
    }),
    { numRuns: 250 },
  );
});

test('sorting puts those without a value last, and first in descending order', async () => {
  const order = (one: Person, other: Person) =>
    Number(one.name === null) - Number(other.name === null) ||
    bytes(fold(one.name ?? ''), fold(other.name ?? '')) ||
    bytes(one.id, other.id);
  const expected = [...people].sort(order).map(({ id }) => id);
  expect(await found('id pr', '&sortBy=name.formatted')).toEqual(expected);
  expect(await found('id pr', '&sortBy=name.formatted&sortOrder=descending')).toEqual(expected.reverse());
});

test.each([
  ['an unknown attribute', 'shoeSize gt "43"'],
  ['an attribute of another schema', 'urn:ietf:params:scim:schemas:core:2.0:Group:displayName eq "x"'],
  ['an attribute that is not searched', 'meta.version pr'],
  ['no filter at all', 'userName'],
  ['an unknown operator', 'userName is "x"'],
  ['a value of another type', 'active eq "yes"'],
  ['an order of booleans', 'active gt true'],
  ['a number where text is', 'userName eq 7'],
  ['a date that is none', 'meta.created gt "yesterday"'],
  ['characters of a date', 'meta.created co "2026-01-01T00:00:00Z"'],
  ['an unclosed bracket', 'emails[type eq "work"'],
  ['an unclosed string', 'userName eq "x'],
  ['values of what has none', 'userName[value eq "x"]'],
  ['a NUL', 'userName eq "\\u0000"'],
  ['half a character', 'userName eq "\\ud800"'],
  ['what is nested a thousand times', `${'('.repeat(1200)}id pr${')'.repeat(1200)} x`],
  ['a long one', `userName eq "${'x'.repeat(5000)}"`],
  ['a statement', `userName eq "x'; DROP TABLE accounts; --" or`],
])('%s is an invalid filter', async (_what, filter) => {
  const { status, body } = await scim('GET', `/scim/Users?filter=${encodeURIComponent(filter)}`);
  expect([status, body.scimType]).toEqual([400, 'invalidFilter']);
});

test('what looks like SQL is only text', async () => {
  expect(await found(`userName eq "' OR 1=1 --"`)).toEqual([]);
  expect(await found('userName co "%"')).toHaveLength(people.filter(({ username }) => username.includes('%')).length);
});
