import { checkLake } from '../../../src/lake/check.ts';
import { formatFaults } from '../../../src/lake/fault.ts';
import { locate, parseLake } from '../../../src/lake/parse.ts';
import { emptyLake } from '../../../src/lake/state.ts';

function faultsOf(part: object): string {
  const parsed = parseLake(JSON.stringify({ version: 1, vo: 'vo', groups: [{ path: '/vo' }], ...part }));
  const faults = parsed.ok ? locate(parsed.value, checkLake(parsed.value, emptyLake)) : parsed.error;
  return formatFaults('lake', faults);
}

test('a lake file says how people get accounts and what they agree to', () => {
  const enrolment = { allow: 'anyone', approval: 'managers', groups: ['/vo'], fields: [{ name: 'phone' }] };
  const acceptableUse = { versions: [{ name: '1', text: 'Be kind.\n\nReally.' }], reminderDays: [14] };
  expect(faultsOf({ enrolment, acceptableUse })).toBe('');
});

test.each([
  ['a group that is not there', { enrolment: { groups: ['/vo/x'] } }, 'enrolment.groups[0]: group `/vo/x` not known'],
  ['a field twice', { enrolment: { fields: [{ name: 'phone' }, { name: 'phone' }] } }, 'expected each field once'],
  ['a field that the form has anyway', { enrolment: { fields: [{ name: 'email' }] } }, 'expected another name'],
  [
    'accounts for everybody without a proof of the address',
    { enrolment: { approval: 'none', confirmEmail: false } },
    'enrolment.confirmEmail: expected `true` where nobody approves',
  ],
  ['no version', { acceptableUse: { versions: [] } }, 'expected at least one version'],
  [
    'two versions from the beginning on',
    { acceptableUse: { versions: [1, 2].map((name) => ({ name: `${name}`, text: 'x' })) } },
    'expected one version to begin at an instant',
  ],
  [
    'an address that runs script',
    { acceptableUse: { versions: [{ name: '1', text: 'x', url: 'javascript:alert(1)' }] } },
    'expected an `https` URL',
  ],
])('%s is a fault', (_, part, message) => {
  expect(faultsOf(part)).toContain(message);
});
