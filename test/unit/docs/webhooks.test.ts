/** docs/integration/webhooks.md: its code accepts what is signed, and its example and table are what the program does. */
import { parseWebhooks } from '../../../src/config/webhooks.ts';
import { findRetryDelay } from '../../../src/events/backoff.ts';
import { type RuleEvent, renderMessage } from '../../../src/events/event.ts';
import { signMessage } from '../../../src/events/signature.ts';
import { eventTypes } from '../../../src/shared/event-type.ts';
import { blocksOf } from '../../support/documented-commands.ts';
import { readPage } from '../../support/pages-of-docs.ts';

const page = 'docs/integration/webhooks.md';
const block = (mark: string) => blocksOf(page).find(({ marks }) => marks.includes(mark))?.text ?? '';

type IsAuthentic = (headers: Record<string, string>, body: string, secret: string, now?: number) => boolean;

describe('the documented check of a signature', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const newer = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
  const now = Date.parse('2026-11-22T12:00:00Z');
  const body = '{"type":"grant.created"}';
  const headersOf = (secrets: readonly string[]) => ({
    'webhook-id': 'a',
    'webhook-timestamp': String(now / 1000),
    'webhook-signature': signMessage(secrets, 'a', now / 1000, body),
  });

  let isAuthentic: IsAuthentic;
  beforeAll(async () => {
    const module = await import(`data:text/javascript,${encodeURIComponent(block('verify'))}`);
    isAuthentic = module.isAuthentic;
  });

  test('accepts what the server signs, for five minutes', () => {
    expect(isAuthentic(headersOf([secret]), body, secret, now)).toBe(true);
    expect(isAuthentic(headersOf([secret]), body, secret, now + 300_000)).toBe(true);
    expect(isAuthentic(headersOf([secret]), body, secret, now + 301_000)).toBe(false);
  });

  test('accepts either secret while one is being replaced', () => {
    expect(isAuthentic(headersOf([newer, secret]), body, secret, now)).toBe(true);
    expect(isAuthentic(headersOf([newer, secret]), body, newer, now)).toBe(true);
    expect(isAuthentic(headersOf([newer]), body, secret, now)).toBe(false);
  });

  test('refuses another body, another id, and what is not signed', () => {
    expect(isAuthentic(headersOf([secret]), `${body} `, secret, now)).toBe(false);
    expect(isAuthentic({ ...headersOf([secret]), 'webhook-id': 'b' }, body, secret, now)).toBe(false);
    expect(isAuthentic({}, body, secret, now)).toBe(false);
  });
});

test('the documented message is how an event is written', () => {
  const shown = JSON.parse(block('message'));
  const { kind, id, version, policyVersion, ...data } = shown.data;
  const { timestamp, ...rest } = shown;
  const event: RuleEvent = { ...rest, at: Date.parse(timestamp), kind, ruleId: id, version, policyVersion, data };
  expect(JSON.parse(renderMessage(event))).toEqual(shown);
});

test('the documented setting is accepted', () => {
  const setting = blocksOf(page).find(({ heading }) => heading === 'Register a webhook')?.text ?? '';
  const parsed = parseWebhooks(setting);
  expect(parsed.ok && parsed.value.map(({ name, events }) => ({ name, events }))).toEqual([
    { name: 'catalogue', events: ['embargo.*'] },
  ]);
});

test('every type of event is documented', () => {
  const text = readPage(page);
  expect(eventTypes.filter((type) => !text.includes(`\`${type}\``))).toEqual([]);
});

test('the documented pauses are those that are made', () => {
  const units = { s: 1, min: 60, h: 3600 } as const;
  const rows = [...readPage(page).matchAll(/^\| (\d)(?: and more)? \| ([\d.a-z ]+) \|$/gm)];
  const seconds = rows.map(([, , pause = '']) =>
    [...pause.matchAll(/([\d.]+) (s|min|h)/g)].reduce((sum, [, count, unit]) => {
      return sum + Number(count) * units[unit as keyof typeof units];
    }, 0),
  );
  expect(rows).toHaveLength(8);
  expect(seconds).toEqual(rows.map(([, attempts]) => findRetryDelay(Number(attempts), 0.5) / 1000));
});
