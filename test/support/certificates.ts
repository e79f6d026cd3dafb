/** A throw-away certificate authority with one server certificate for `localhost`, made with the `openssl` command. */
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Paths of PEM files. */
export interface Certificates {
  readonly ca: string;
  /** The server's certificate, signed by the authority. */
  readonly cert: string;
  readonly key: string;
}

/** Valid for two days. The authority's own key is gone afterwards, so that it signs nothing else. */
export async function createCertificates(directory: string): Promise<Certificates> {
  const path = (name: string) => join(directory, name);
  const caKey = path('ca.key');
  await request(path('ca.pem'), caKey, '/CN=Sluice test authority', [
    'basicConstraints=critical,CA:TRUE',
    'keyUsage=critical,keyCertSign,cRLSign',
  ]);
  const leaf = ['basicConstraints=critical,CA:FALSE', 'extendedKeyUsage=serverAuth', 'subjectAltName=DNS:localhost'];
  const signed = ['-CA', path('ca.pem'), '-CAkey', caKey];
  await request(path('host.pem'), path('host.key'), '/CN=localhost', leaf, signed);
  await rm(caKey);
  await chain(path('host.pem'), path('ca.pem'));
  return { ca: path('ca.pem'), cert: path('host.pem'), key: path('host.key') };
}

async function request(
  cert: string,
  key: string,
  subject: string,
  extensions: readonly string[],
  more: readonly string[] = [],
): Promise<void> {
  const added = extensions.flatMap((extension) => ['-addext', extension]);
  const fresh = ['-x509', '-newkey', 'rsa:2048', '-noenc', '-days', '2', '-subj', subject];
  await run('openssl', ['req', ...fresh, '-keyout', key, '-out', cert, ...added, ...more]);
}

async function chain(cert: string, ca: string): Promise<void> {
  const [own, above] = await Promise.all([readFile(cert, 'utf8'), readFile(ca, 'utf8')]);
  await writeFile(cert, own + above);
}
