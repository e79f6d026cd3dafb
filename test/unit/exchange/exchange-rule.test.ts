import { registeredClient } from '../../../src/clients/definition.ts';
import { type ExchangeParties, type ExchangeRule, findExchangeRules } from '../../../src/exchange/exchange-rule.ts';

const client = (clientId: string, scopes: string[] = []) =>
  registeredClient({ clientId, secretHash: null, memberships: [] }, { scopes });
const any = { kind: 'any' } as const;
const byId = (id: string) => ({ kind: 'client', id }) as const;
const byScope = (scope: string) => ({ kind: 'scope', scope }) as const;

const rule = (id: string, more: Partial<ExchangeRule> = {}): ExchangeRule => ({
  id,
  effect: 'permit',
  origin: any,
  target: any,
  audiences: null,
  scopes: [],
  originScopes: false,
  only: null,
  withheld: [],
  from: null,
  until: null,
  ...more,
});

const parties: ExchangeParties = {
  origin: client('portal', ['openid', 'storage.read:/data']),
  target: client('rucio', ['rucio.exchange']),
  subjectAudiences: ['https://dcache.example'],
  now: 1000,
};

describe('findExchangeRules', () => {
  test('says nothing when there is no rule', () => {
    expect(findExchangeRules([], parties)).toEqual({ denied: null, widened: [], limits: [], withheld: [] });
  });

  test('names the scopes of every rule that applies, each with its rule', () => {
    const rules = [
      rule('a', { scopes: ['storage.read:/data', 'compute.read'] }),
      rule('b', { scopes: ['storage.stage:/data'], withheld: ['storage.read:/data/secret'] }),
    ];

    expect(findExchangeRules(rules, parties)).toEqual({
      denied: null,
      widened: [
        { scope: 'storage.read:/data', rule: 'a' },
        { scope: 'compute.read', rule: 'a' },
        { scope: 'storage.stage:/data', rule: 'b' },
      ],
      limits: [],
      withheld: [{ scope: 'storage.read:/data/secret', rule: 'b' }],
    });
  });

  test.each([
    ['the client that exchanges is another', { target: byId('fts') }],
    ['the subject token is of another client', { origin: byId('fts') }],
    ['the client that exchanges is not registered for the scope', { target: byScope('fts.exchange') }],
    ['the subject token is for another audience', { audiences: ['https://xrootd.example'] }],
    ['it has not begun', { from: 1001 }],
    ['it has ended, to the millisecond', { until: 1000 }],
  ])('does not apply a rule when %s', (_, more: Partial<ExchangeRule>) => {
    expect(findExchangeRules([rule('a', { effect: 'deny', ...more })], parties).denied).toBeNull();
  });

  test.each([
    ['clients by their ids', { origin: byId('portal'), target: byId('rucio') }],
    ['clients by a scope of their registration', { origin: byScope('openid'), target: byScope('rucio.exchange') }],
    [
      'an audience among those of the subject token',
      { audiences: ['https://other.example', 'https://dcache.example'] },
    ],
    ['the first millisecond of its time', { from: 1000, until: 1001 }],
  ])('applies a rule that names %s', (_, more: Partial<ExchangeRule>) => {
    expect(findExchangeRules([rule('a', { effect: 'deny', ...more })], parties).denied?.id).toBe('a');
  });

  test('lets a deny go before a permit that is as specific, and then nothing is added', () => {
    const rules = [
      rule('yes', { origin: byId('portal'), scopes: ['compute.read'] }),
      rule('no', { target: byId('rucio'), effect: 'deny' }),
    ];

    expect(findExchangeRules(rules, parties)).toMatchObject({ denied: { id: 'no' }, widened: [] });
  });

  test('lets the most specific rules decide: by id before by scope, by scope before any', () => {
    const general = rule('any', { effect: 'deny' });
    const scoped = rule('scope', { target: byScope('rucio.exchange'), scopes: ['compute.read'] });
    const exact = rule('id', { target: byId('rucio'), effect: 'deny' });

    expect(findExchangeRules([general, scoped], parties)).toEqual({
      denied: null,
      widened: [{ scope: 'compute.read', rule: 'scope' }],
      limits: [],
      withheld: [],
    });
    expect(findExchangeRules([general, scoped, exact], parties).denied?.id).toBe('id');
  });

  test('adds what the origin client is registered for, where the rule says so', () => {
    expect(findExchangeRules([rule('a', { originScopes: true })], parties).widened).toEqual([
      { scope: 'openid', rule: 'a' },
      { scope: 'storage.read:/data', rule: 'a' },
    ]);
  });
});
