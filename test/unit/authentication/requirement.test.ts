/** When a login has to prove a second factor. */
import {
  isRequiredBy,
  isWished,
  type LoginPurpose,
  noSecondFactor,
  ruleOnRoles,
  ruleOnService,
} from '../../../src/authentication/requirement.ts';
import { multiFactorAcr as mfa, singleFactorAcr as sfa } from '../../../src/tokens/profile.ts';

const purpose = (about: Partial<LoginPurpose>): LoginPurpose => ({
  clientId: 'portal',
  scopes: [],
  acrValues: [],
  acrEssential: false,
  ...about,
});

test('by role, or for everybody', () => {
  const admins = { ...noSecondFactor, roles: ['admin', 'group-manager'] } as const;
  expect(ruleOnRoles(admins, new Set(['admin']))).toBe('role admin');
  expect(ruleOnRoles(admins, new Set(['group-manager']))).toBe('role group-manager');
  expect(ruleOnRoles(admins, new Set(['reader']))).toBeUndefined();
  expect(ruleOnRoles({ ...noSecondFactor, everybody: true }, new Set())).toBe('everybody');
});

test('the rule that asks is named', () => {
  const settings = { ...noSecondFactor, clients: ['portal'], scopes: ['storage.modify:/'] };
  expect(ruleOnService(settings, purpose({}), [])).toBe('client portal');
  const asked = purpose({ clientId: 'rucio', scopes: ['openid', 'storage.modify:/cta'] });
  expect(ruleOnService(settings, asked, [])).toBe('scope storage.modify:/');
  expect(ruleOnService(settings, purpose({ clientId: 'rucio' }), [])).toBeUndefined();
});

test('for a client', () => {
  const settings = { ...noSecondFactor, clients: ['portal'] };
  expect(isRequiredBy(settings, purpose({}), [])).toBe(true);
  expect(isRequiredBy(settings, purpose({ clientId: 'rucio' }), [])).toBe(false);
});

test.each([
  ['storage.modify:/', 'storage.modify:/cta/x', true],
  ['storage.modify:/cta', 'storage.modify:/', true],
  ['storage.modify:/cta', 'storage.modify:/ska', false],
  ['storage.modify:/cta', 'storage.modify:/ctaother', false],
  ['storage.create:/cta', 'storage.modify:/cta', true],
  ['storage.modify:/cta', 'storage.create:/cta', false],
  ['storage.read:/cta', 'storage.stage:/cta', true],
  ['compute.modify', 'compute.modify', true],
  ['compute.modify', 'compute.read', false],
  ['wlcg.groups:/escape', 'wlcg.groups:/escape', true],
])('scope rule %s for a request of %s: %s', (pattern, scope, required) => {
  const settings = { ...noSecondFactor, scopes: [pattern] };
  expect(isRequiredBy(settings, purpose({ scopes: ['openid', scope] }), [])).toBe(required);
});

test.each([
  ['/escape/cta', true],
  ['/escape', true],
  ['/', true],
  ['/escape/ska', false],
  ['/other/cta', false],
])('a path of a storage is read as the logical one that it shows: %s', (path, required) => {
  const settings = { ...noSecondFactor, scopes: ['storage.read:/cta'] };
  const mounts = [{ path: '/escape', at: '/' }];
  expect(isRequiredBy(settings, purpose({ scopes: [`storage.read:${path}`] }), mounts)).toBe(required);
});

test.each([
  [[mfa], true, true],
  [[mfa, sfa], true, false],
  [[sfa], true, false],
  [[mfa], false, false],
  [['urn:unknown'], true, false],
])('acr %j, essential %s: required %s', (acrValues, acrEssential, required) => {
  expect(isRequiredBy(noSecondFactor, purpose({ acrValues, acrEssential }), [])).toBe(required);
});

test.each([
  [[mfa, sfa], true],
  [[sfa, mfa], false],
  [['urn:unknown', mfa], true],
  [['urn:unknown'], false],
  [[], false],
])('acr_values %j wish for a second factor: %s', (acrValues, wished) => {
  expect(isWished(purpose({ acrValues }))).toBe(wished);
});
