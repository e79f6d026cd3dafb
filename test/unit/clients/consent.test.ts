/** Remembered consents: what is asked again and what is not. */
import { type Consent, merge, recall } from '../../../src/clients/consent.ts';

const remembered: Consent = {
  granted: ['openid', 'wlcg.groups', 'storage.read:/cta', 'storage.modify:/ska', 'claim email'],
  refused: ['storage.read:/cta/private', 'offline_access'],
};

test('the same request is answered as the user answered it', () => {
  expect(recall(remembered, ['openid', 'storage.read:/cta', 'offline_access'])).toEqual({
    granted: ['openid', 'storage.read:/cta'],
    refused: ['offline_access'],
  });
});

test.each([
  ['a path below an allowed one', 'storage.read:/cta/open'],
  ['an action that an allowed one covers', 'storage.create:/ska/scratch'],
])('%s needs no new consent', (_what, scope) => {
  expect(recall(remembered, ['openid', scope])).toEqual({ granted: ['openid', scope], refused: [] });
});

test.each([
  ['a path above an allowed one', 'storage.read:/'],
  ['a sibling with a longer name', 'storage.read:/ctaother'],
  ['another action', 'storage.stage:/cta'],
  ['a path below one that was unticked', 'storage.read:/cta/private/x'],
  ['a group by name', 'wlcg.groups:/escape/cta/p17'],
  ['a scope that was never asked', 'email'],
  ['a claim that was never asked', 'claim name'],
])('%s is asked', (_what, scope) => {
  expect(recall(remembered, ['openid', scope])).toBeUndefined();
});

test('asking only for storage that was unticked is asked again', () => {
  expect(recall(remembered, ['openid', 'storage.read:/cta/private'])).toBeUndefined();
  expect(recall(remembered, ['storage.read:/cta', 'storage.read:/cta/private'])).toEqual({
    granted: ['storage.read:/cta'],
    refused: ['storage.read:/cta/private'],
  });
});

test('a capability set is remembered as it was asked, and asked again when it was all that was unticked', () => {
  const set = 'wlcg.capabilityset:/escape/cta';
  expect(recall({ granted: [set], refused: [] }, [set])).toEqual({ granted: [set], refused: [] });
  expect(recall({ granted: [set], refused: [] }, ['wlcg.capabilityset:/escape'])).toBeUndefined();
  expect(recall({ granted: ['openid'], refused: [set] }, ['openid', set])).toBeUndefined();
});

test('a new decision replaces the old one for what it names and leaves the rest', () => {
  const merged = merge(remembered, { granted: ['offline_access'], refused: ['wlcg.groups'] });
  expect(merged.granted).toEqual([
    'offline_access',
    'openid',
    'storage.read:/cta',
    'storage.modify:/ska',
    'claim email',
  ]);
  expect(merged.refused).toEqual(['wlcg.groups', 'storage.read:/cta/private']);
});

test('what is remembered stays bounded, the newest first', () => {
  const many = Array.from({ length: 300 }, (_, index) => `storage.read:/d/${index}`);
  const merged = merge({ granted: many, refused: [] }, { granted: ['storage.read:/new'], refused: [] });
  expect(merged.granted).toHaveLength(256);
  expect(merged.granted[0]).toBe('storage.read:/new');
});
