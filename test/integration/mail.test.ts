import { type DeliveryDeps, deliverMails, giveUpDays } from '../../src/mail/delivery.ts';
import { createSmtpTransport } from '../../src/mail/smtp.ts';
import { addMail, createMailQueue } from '../../src/storage/outbox.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startIssuer } from '../support/issuer.ts';
import { absentMailServer, type Behaviour, type MailServer, startMailServer } from '../support/mail-server.ts';

const issuer = 'https://issuer.example/';
const url = 'https://issuer.example/register-account/confirm?token=secret';

let database: TestDatabase;
let server: MailServer;
let now: number;

beforeEach(async () => {
  database = await createTestDatabase();
  server = await startMailServer();
  now = Date.parse('2026-11-22T12:00:00Z');
});
afterEach(async () => {
  await server?.close();
  await database?.drop();
});

function round(smtpUrl = server.url): Promise<void> {
  const transport = createSmtpTransport({ url: smtpUrl, from: 'Lake <noreply@issuer.example>' });
  const deps: DeliveryDeps = {
    queue: createMailQueue(database.db),
    transport,
    issuer,
    clock: { now: () => now },
    random: () => 0.5,
    onFailure: () => {},
  };
  return deliverMails(deps, new AbortController().signal).finally(() => transport.close());
}

const write = (recipient = 'alice@example.org', name = 'Alice') =>
  addMail(
    database.db,
    { kind: 'enrolment.confirm', recipient, accountId: null, data: { name, product: 'Lake', url } },
    now,
  );
function behaving(behaviour: Behaviour): string {
  server.behave(behaviour);
  return server.url;
}

const row = () => database.db.selectFrom('outbox').selectAll().orderBy('id').executeTakeFirstOrThrow();

test('a mail arrives once, in plain text and HTML, and what it was made of is forgotten', async () => {
  await write();
  await round();
  await round();
  const [mail, ...others] = server.mails;
  expect(others).toEqual([]);
  expect(mail?.text).toContain(url);
  expect(mail?.html).toContain(`href="${url}"`);
  expect(mail?.headers).toMatchObject({
    from: 'Lake <noreply@issuer.example>',
    to: 'alice@example.org',
    'auto-submitted': 'auto-generated',
    'message-id': expect.stringMatching(/^<sluice-\d+@issuer\.example>$/),
  });
  expect(await row()).toMatchObject({ outcome: 'sent', data: {}, attempts: 1, last_error: null });
});

test('nothing that a person entered becomes a header or a recipient (XI-12)', async () => {
  await write('alice@example.org', 'Eve\r\nBcc: all@example.org\r\n\r\n<b>');
  await write('alice@example.org\r\nBcc: all@example.org');
  await write('alice@example.org, all@example.org');
  await round();
  expect(server.mails.map(({ to }) => to)).toEqual([['alice@example.org']]);
  expect(server.mails[0]?.headers.bcc).toBeUndefined();
  expect(server.mails[0]?.html).toContain('&lt;b&gt;');
});

test.each([
  ['away', async () => absentMailServer()],
  ['refusing for now', async () => behaving({ code: 451, text: 'greylisted' })],
  ['dropping the connection', async () => behaving('drop')],
])('with a mail server %s it is tried again later, with growing pauses, and sent when it can be', async (_, urlOf) => {
  await write();
  const smtpUrl = await urlOf();
  await round(smtpUrl);
  const failed = await row();
  expect(failed).toMatchObject({ outcome: null, attempts: 1, last_error: expect.any(String) });
  expect(failed.next_attempt_at.getTime()).toBeGreaterThan(now);
  expect(failed.last_error).not.toContain('secret');
  await round(smtpUrl);
  expect((await row()).attempts).toBe(1);
  const pause = failed.next_attempt_at.getTime() - now;
  now = failed.next_attempt_at.getTime();
  await round(smtpUrl);
  const again = await row();
  expect(again.next_attempt_at.getTime() - now).toBeGreaterThan(pause);
  server.behave('accept');
  now = again.next_attempt_at.getTime();
  await round();
  expect(await row()).toMatchObject({ outcome: 'sent', attempts: 3 });
  expect(server.mails).toHaveLength(1);
});

test('a recipient that the server will never take is given up at once, others after days', async () => {
  server.behave({ code: 550, text: 'no such user' });
  await write();
  await round();
  expect(await row()).toMatchObject({
    outcome: 'failed',
    data: {},
    last_error: expect.stringContaining('no such user'),
  });
  await database.db.deleteFrom('outbox').execute();
  server.behave({ code: 450, text: 'later' });
  await write();
  now += giveUpDays * 86_400_000;
  await round();
  expect(await row()).toMatchObject({ outcome: 'failed', data: {} });
});

test('several processes send every mail once', async () => {
  for (let count = 0; count < 30; count += 1) await write(`user${count}@example.org`);
  await Promise.all([round(), round(), round()]);
  const recipients = server.mails.flatMap(({ to }) => to);
  expect([recipients.length, new Set(recipients).size]).toEqual([30, 30]);
});

test('a running server sends what waits, and logs nothing of what it says', async () => {
  const running = await startIssuer({ config: { smtpUrl: server.url } });
  try {
    const data = { name: 'Bob', product: 'Lake', url };
    const mail = { kind: 'enrolment.confirm', recipient: 'bob@example.org', accountId: null, data } as const;
    await addMail(running.database.db, mail, running.clock.now());
    await server.to('bob@example.org');
    expect(JSON.stringify(running.logLines())).not.toContain('token=secret');
  } finally {
    await running.close();
  }
});
