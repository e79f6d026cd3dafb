/** What an upstream's word for two factors is worth (ADR 0011). */
import { acrOf, type Upstream } from '../../../src/federation/upstream.ts';
import { multiFactorAcr as mfa, singleFactorAcr as sfa } from '../../../src/tokens/profile.ts';

const home: Upstream = { name: 'home', title: 'Home', issuer: 'https://idp.example', clientId: 'lake' };
const two = 'urn:home:two';

test.each<[string, Partial<Upstream>, unknown, string]>([
  ['REFEDS MFA is not believed unasked', {}, mfa, sfa],
  ['nor of a trusted provider', { trusted: true }, mfa, sfa],
  ['nor when it is said to be ignored', { secondFactor: 'ignored' }, mfa, sfa],
  ['but when it is accepted', { secondFactor: 'accepted' }, mfa, mfa],
  ['a word of theirs that stands for it needs the same', { acr: { [two]: mfa } }, two, sfa],
  ['and has it then', { acr: { [two]: mfa }, secondFactor: 'accepted' }, two, mfa],
  ['other words are passed on as mapped', { acr: { [two]: 'urn:ours:strong' } }, two, 'urn:ours:strong'],
  ['MFA may be mapped to less', { acr: { [mfa]: sfa }, secondFactor: 'accepted' }, mfa, sfa],
  ['unknown words are one factor', { secondFactor: 'accepted' }, two, sfa],
  ['and so is a list', { secondFactor: 'accepted' }, [mfa], sfa],
])('%s', (_what, upstream, acr, expected) => {
  expect(acrOf({ ...home, ...upstream }, { acr })).toBe(expected);
});
