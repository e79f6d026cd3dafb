import { delegate, maxActors, mayAct } from '../../../src/exchange/delegation.ts';
import type { ActClaim } from '../../../src/tokens/claims.ts';

test('an actor stands around those before it (RFC 8693 section 4.1)', () => {
  expect(delegate(null, 'fts')).toEqual({ ok: true, value: { sub: 'fts' } });
  expect(delegate({ sub: 'rucio' }, 'fts')).toEqual({ ok: true, value: { sub: 'fts', act: { sub: 'rucio' } } });
});

test('the same actor twice in a row is one', () => {
  const before: ActClaim = { sub: 'fts', act: { sub: 'rucio' } };
  expect(delegate(before, 'fts')).toEqual({ ok: true, value: before });
});

test('nobody passes a token on for ever', () => {
  const names = Array.from({ length: maxActors }, (_, index) => `client-${index}`);
  const full = names.reduce<ActClaim | null>((act, name) => {
    const next = delegate(act, name);
    return next.ok ? next.value : act;
  }, null);
  expect(delegate(full, 'one-more')).toEqual({
    ok: false,
    error: `subject token was passed on ${maxActors} times, expected fewer`,
  });
});

test('may_act names the one client that may exchange the token', () => {
  expect(mayAct(null, ['fts'])).toBe(true);
  expect(mayAct({ sub: 'fts' }, ['api', 'fts'])).toBe(true);
  expect(mayAct({ sub: 'fts' }, ['api'])).toBe(false);
});
