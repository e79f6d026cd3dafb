import fc from 'fast-check';
import type { Decision } from '../../../src/policy/decision.ts';
import { describeRefusal, maxDescriptionLength, refusalError } from '../../../src/provider/refusal.ts';

const refusing = (...scopes: string[]): Decision => ({
  scope: [],
  granted: [],
  groups: [],
  refused: scopes.map((scope) => ({ scope, reason: 'embargoed' })),
  expiresAt: null,
  cappedBy: null,
  error: 'invalid_scope',
  because: [],
  verdicts: [],
  policyVersion: 1,
});

test('names the scope and the reason word', () => {
  expect(describeRefusal(refusing('storage.read:/cta/restricted/p17'))).toBe(
    'storage.read:/cta/restricted/p17 refused: embargoed',
  );
});

test('is invalid_scope, and access_denied for a capability set (W-CAP-6)', () => {
  const decision = refusing('wlcg.capabilityset:/dune/pro');
  const described = { statusCode: 400, error_description: 'wlcg.capabilityset:/dune/pro refused: embargoed' };
  expect(refusalError(decision)).toMatchObject({ error: 'invalid_scope', ...described });
  expect(refusalError({ ...decision, error: 'access_denied' })).toMatchObject({ error: 'access_denied', ...described });
});

test('names as many refused scopes as fit whole', () => {
  const text = describeRefusal(refusing(...Array.from({ length: 30 }, (_, i) => `storage.read:/dataset/${i}`)));
  expect(text.split('; ').every((part) => / refused: embargoed$/.test(part))).toBe(true);
  expect(text.length).toBeGreaterThan(maxDescriptionLength / 2);
});

test('is never longer than 200 characters and always of the characters of RFC 6749 section 5.2', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 400 }), { maxLength: 5 }), (scopes) => {
      const text = describeRefusal(refusing(...scopes));
      expect(text.length).toBeLessThanOrEqual(maxDescriptionLength);
      expect(text).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/);
    }),
  );
});
