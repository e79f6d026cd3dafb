/** One HTTP exchange over a kept connection, with as little work for this process as `node:http` allows. */
import { type Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Exchange {
  readonly issuer: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export function exchange(agent: Agent, { issuer, path, method, headers, form }: Exchange): Promise<Answer> {
  const { host, port } = new URL(issuer);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        method,
        path,
        host: '127.0.0.1',
        port,
        headers: {
          host,
          ...headers,
          ...(form !== undefined && {
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': Buffer.byteLength(form),
          }),
        },
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          body += text;
        });
        response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
        response.once('error', reject);
      },
    );
    sent.once('error', reject);
    sent.end(form);
  });
}
