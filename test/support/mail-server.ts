/** A mail server for tests: a real SMTP server that keeps what it gets, and answers as a test says. */

import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Header fields by their names in lower case, unfolded. */
  readonly headers: Readonly<Record<string, string>>;
  /** The plain text part, decoded. */
  readonly text: string;
  readonly html: string;
  readonly raw: string;
  /** The first address in the text that begins like this. */
  link(prefix: string): string;
}

/** What becomes of a recipient or a message: an error with the code of the answer, or a dropped connection. */
export type Behaviour = 'accept' | 'drop' | { readonly code: number; readonly text: string };

export interface MailServer {
  readonly url: string;
  readonly mails: readonly ReceivedMail[];
  /** The mails to an address once there are so many. */
  to(address: string, least?: number): Promise<readonly ReceivedMail[]>;
  behave(behaviour: Behaviour): void;
  /** How often somebody connected. */
  connections(): number;
  close(): Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  let behaviour: Behaviour = 'accept';
  let connected = 0;
  let noticed = (): void => {};
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onConnect: (_session, callback) => {
      connected += 1;
      callback();
    },
    onRcptTo: (_address, _session, callback) => {
      if (typeof behaviour === 'object') {
        callback(Object.assign(new Error(behaviour.text), { responseCode: behaviour.code }));
      } else {
        callback();
      }
    },
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (behaviour === 'drop') {
          // After the whole message, before the answer: the sender cannot know whether it was taken.
          (stream as unknown as { _connection?: unknown })._connection = undefined;
          for (const connection of server.connections as Set<{ _socket: { destroy(): void } }>)
            connection._socket.destroy();
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        mails.push(
          parse(
            from,
            rcptTo.map(({ address }) => address),
            Buffer.concat(chunks).toString(),
          ),
        );
        callback();
        noticed();
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = (server.server as Server).address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    to: async (address, least = 1) => {
      const find = () => mails.filter(({ to }) => to.includes(address));
      while (find().length < least) {
        await new Promise<void>((resolve) => {
          noticed = resolve;
        });
      }
      return find();
    },
    behave: (next) => {
      behaviour = next;
    },
    connections: () => connected,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** The address of a mail server that is away. */
export async function absentMailServer(): Promise<string> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  return `smtp://127.0.0.1:${port}`;
}

function parse(from: string, to: readonly string[], raw: string): ReceivedMail {
  const [head = '', body = ''] = splitHead(raw);
  const headers = readHeaders(head);
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1] ?? '';
  const parts = body.split(`--${boundary}`).map(readPart);
  const part = (type: string) => parts.find((one) => one.type.startsWith(type))?.text ?? '';
  const text = part('text/plain');
  return {
    from,
    to,
    headers,
    text,
    html: part('text/html'),
    raw,
    link: (prefix) => {
      const found = text.split(/\s/).find((one) => one.startsWith(prefix));
      if (found === undefined) throw new Error(`no address that begins with ${prefix} in the mail ${headers.subject}`);
      return found;
    },
  };
}

function splitHead(raw: string): [string, string] {
  const at = raw.indexOf('\r\n\r\n');
  return [raw.slice(0, at), raw.slice(at + 4)];
}

function readHeaders(head: string): Record<string, string> {
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

function readPart(part: string): { type: string; text: string } {
  const [head, body] = splitHead(part.replace(/^\r\n/, ''));
  const headers = readHeaders(head);
  const encoding = headers['content-transfer-encoding'] ?? '7bit';
  return { type: headers['content-type'] ?? '', text: decode(body, encoding) };
}

function decode(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding !== 'quoted-printable') return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
