/** A server's work on events, from what changes the rules to what a webhook gets and what the log and the metrics tell. */
import { startIssuer } from '../support/issuer.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { freePort } from '../support/server-process.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const webhook = () => ({
  name: 'catalogue',
  url: `${receiver.url}?key=hunter2`,
  secrets: [secret],
  events: ['embargo.*'],
});
const lake = (until: string) => `version: 1
vo: escape
groups: [{ path: /escape }]
embargoes:
  - id: p17
    path: /p17
    from: 2026-01-01T00:00:00Z
    until: ${until}
    retroactive: true
    parties: [{ subject: "group:/escape", role: collaboration, actions: [read] }]
`;

test('a server sends what an applied lake file changes', async () => {
  const issuer = await startIssuer({ config: { webhooks: [webhook()] } });
  await issuer.apply(lake('2027-11-30T00:00:00Z'));
  await receiver.count(1);
  await issuer.close();
  expect(receiver.received.map(({ message }) => message)).toEqual([
    expect.objectContaining({
      type: 'embargo.created',
      data: expect.objectContaining({ id: 'p17', rule: expect.objectContaining({ path: '/p17' }) }),
    }),
  ]);
});

test('a server tells at its start of a date that passed while none ran', async () => {
  const issuer = await startIssuer({ lake: lake('2026-11-22T11:00:00Z'), config: { webhooks: [webhook()] } });
  await receiver.count(1);
  await issuer.close();
  expect(receiver.names()).toEqual(['embargo.released p17 1']);
});

test('a server writes to its log that an event was not taken, without address and secret', async () => {
  receiver.answer((response) => void response.writeHead(500).end());
  const issuer = await startIssuer({ config: { webhooks: [webhook()] } });
  await issuer.apply(lake('2027-11-30T00:00:00Z'));
  await receiver.count(1);
  await issuer.close();
  const lines = issuer.logLines();
  expect(lines).toContainEqual(
    expect.objectContaining({
      msg: 'an event was not taken',
      target: 'catalogue',
      error: 'answered 500',
      attempts: 1,
    }),
  );
  expect(JSON.stringify(lines)).not.toMatch(/hunter2|whsec_/);
});

test('the metrics tell how much a webhook has not taken, and since when', async () => {
  receiver.answer((response) => void response.writeHead(500).end());
  const metricsPort = await freePort();
  const issuer = await startIssuer({ config: { webhooks: [webhook()], metricsPort }, realTime: true });
  await issuer.apply(lake('2027-11-30T00:00:00Z'));
  await receiver.count(1);
  let metrics = '';
  // The attempt is counted a moment after the receiver has seen it.
  while (!metrics.includes('sluice_event_attempts_total{target="catalogue",outcome="failed"} 1\n')) {
    metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  }
  await issuer.close();
  expect(metrics).toContain('sluice_events_waiting{target="catalogue"} 1\n');
  expect(metrics).toMatch(/sluice_events_oldest_waiting_seconds\{target="catalogue"\} [0-9.]+\n/);
});
