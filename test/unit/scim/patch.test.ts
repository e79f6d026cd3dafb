/** What PATCH makes of a resource, operation by operation (RFC 7644 section 3.5.2). */
import { applyOperations } from '../../../src/scim/patch.ts';
import { readOperations } from '../../../src/scim/patch-operations.ts';
import { indigoUserId as indigo, userType } from '../../../src/scim/schemas.ts';

const unit = { name: 'unit', value: 'IT' };
const room = { prefix: 'cern.ch', name: 'room', value: '40' };
const before = {
  userName: 'grace',
  name: { formatted: 'Grace Hopper', givenName: 'Grace' },
  emails: [{ value: 'g@example.org', type: 'work', primary: true }],
  groups: [{ value: 'g1' }],
  [indigo]: { labels: [unit, room], affiliation: 'Navy', authorities: ['ROLE_USER'] },
};
const labels = `${indigo}:labels`;

function patch(...Operations: object[]) {
  const operations = readOperations(userType, { Operations });
  return operations.ok ? applyOperations(userType, before, operations.value) : operations;
}

/** The resource with another extension. */
const extended = (extension: object) => ({ ...before, [indigo]: { ...before[indigo], ...extension } });

test.each<[string, object, object]>([
  [
    'add appends',
    { op: 'add', path: labels, value: [{ name: 'x', value: 'y' }] },
    extended({ labels: [unit, room, { name: 'x', value: 'y' }] }),
  ],
  ['add of what is there changes nothing', { op: 'add', path: labels, value: [unit] }, before],
  [
    'add takes one value as a list of one',
    { op: 'add', path: labels, value: { name: 'x', value: 'y' } },
    extended({ labels: [unit, room, { name: 'x', value: 'y' }] }),
  ],
  [
    'add to a complex attribute keeps other parts',
    { op: 'add', path: 'name', value: { familyName: 'H.' } },
    { ...before, name: { ...before.name, familyName: 'H.' } },
  ],
  [
    'replace takes the place of all values',
    { op: 'replace', path: labels, value: [room] },
    extended({ labels: [room] }),
  ],
  [
    'replace changes the chosen value alone',
    { op: 'replace', path: `${labels}[name eq "unit"].value`, value: 'EP' },
    extended({ labels: [{ ...unit, value: 'EP' }, room] }),
  ],
  [
    'replace of a part without a filter changes all',
    { op: 'replace', path: `${labels}.value`, value: 'x' },
    extended({
      labels: [
        { ...unit, value: 'x' },
        { ...room, value: 'x' },
      ],
    }),
  ],
  [
    'replace of what is absent adds it',
    { op: 'replace', path: 'externalId', value: 'hr' },
    { ...before, externalId: 'hr' },
  ],
  ['remove takes the chosen values', { op: 'remove', path: `${labels}[prefix pr]` }, extended({ labels: [unit] })],
  ['remove of all values', { op: 'remove', path: labels }, extended({ labels: [] })],
  ['remove of a part', { op: 'remove', path: 'name.givenName' }, { ...before, name: { formatted: 'Grace Hopper' } }],
  [
    'remove of an extension keeps what only the server writes',
    { op: 'remove', path: indigo },
    { ...before, [indigo]: { authorities: ['ROLE_USER'] } },
  ],
  [
    'without a path, what only the server writes is passed over',
    { op: 'replace', value: { groups: [], userName: 'g' } },
    { ...before, userName: 'g' },
  ],
])('%s', (_what, operation, after) => {
  const untouched = structuredClone(before);
  expect(patch(operation)).toEqual({ ok: true, value: after });
  expect(before).toEqual(untouched);
});

test.each<[string, object, string]>([
  [
    'a filter that chooses nothing, to replace',
    { op: 'replace', path: `${labels}[name eq "none"].value`, value: 'x' },
    'noTarget',
  ],
  ['remove without a path', { op: 'remove' }, 'noTarget'],
  ['what only the server writes', { op: 'remove', path: 'groups' }, 'mutability'],
  ['an unknown part', { op: 'add', path: 'name.nick', value: 'x' }, 'invalidPath'],
  ['a broken filter', { op: 'remove', path: `${labels}[name eq ]` }, 'invalidFilter'],
  ['another type', { op: 'add', path: labels, value: [7] }, 'invalidValue'],
  ['another operation', { op: 'move', path: 'userName' }, 'invalidSyntax'],
])('%s is refused', (_what, operation, scimType) => {
  expect(patch(operation)).toEqual({ ok: false, error: expect.objectContaining({ status: 400, scimType }) });
});

test('a refused operation leaves nothing of those before it', () => {
  const outcome = patch({ op: 'replace', path: 'userName', value: 'x' }, { op: 'remove', path: 'groups' });
  expect(outcome.ok).toBe(false);
});
