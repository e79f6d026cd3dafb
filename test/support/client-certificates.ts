/** Certificates of clients, made with the `openssl` command: from an authority, from another one, and by the client itself. */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ClientCertificates {
  /** Path of the authority's PEM file. */
  readonly ca: string;
  /** `/C=CH/O=Example, Inc./CN=robot`, with the DNS name `robot.example.org`. */
  readonly robot: X509Certificate;
  /** Issued by the authority to somebody else. */
  readonly stranger: X509Certificate;
  /** For servers only. */
  readonly server: X509Certificate;
  /** The robot's name from an authority that nobody knows. */
  readonly forged: X509Certificate;
  readonly selfSigned: X509Certificate;
}

export async function createClientCertificates(directory: string): Promise<ClientCertificates> {
  const path = (name: string) => join(directory, name);
  const make = async (name: string, subject: string, extensions: readonly string[], issuer?: string) => {
    const signed = issuer === undefined ? [] : ['-CA', path(`${issuer}.pem`), '-CAkey', path(`${issuer}.key`)];
    const added = extensions.flatMap((extension) => ['-addext', extension]);
    const fresh = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '2'];
    const files = ['-subj', subject, '-keyout', path(`${name}.key`), '-out', path(`${name}.pem`)];
    await run('openssl', ['req', ...fresh, ...files, ...added, ...signed]);
    return new X509Certificate(await readFile(path(`${name}.pem`)));
  };
  const authority = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'];
  const leaf = (usage: string, name: string) => [
    'basicConstraints=critical,CA:FALSE',
    `extendedKeyUsage=${usage}`,
    `subjectAltName=DNS:${name}`,
  ];
  const robotName = '/C=CH/O=Example, Inc./CN=robot';
  await make('ca', '/CN=Test authority', authority);
  await make('evil', '/CN=Test authority', authority);
  return {
    ca: path('ca.pem'),
    robot: await make('robot', robotName, leaf('clientAuth', 'robot.example.org'), 'ca'),
    stranger: await make('stranger', '/C=CH/O=Example, Inc./CN=stranger', leaf('clientAuth', 'x.example.org'), 'ca'),
    server: await make('server', robotName, leaf('serverAuth', 'robot.example.org'), 'ca'),
    forged: await make('forged', robotName, leaf('clientAuth', 'robot.example.org'), 'evil'),
    selfSigned: await make('self', '/CN=self', leaf('clientAuth', 'self.example.org')),
  };
}
