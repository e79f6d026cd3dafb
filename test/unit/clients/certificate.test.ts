import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasDnsName, hasSubject, isIssuedBy } from '../../../src/clients/certificate.ts';
import { type ClientCertificates, createClientCertificates } from '../../support/client-certificates.ts';

let certificates: ClientCertificates;
let authority: X509Certificate;

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-certificate-'));
  certificates = await createClientCertificates(directory);
  authority = new X509Certificate(await readFile(certificates.ca));
  await rm(directory, { recursive: true });
});

test.each([
  ['as RFC 4514 writes it', 'CN=robot,O=Example\\, Inc.,C=CH', true],
  ['with spaces and small letters in the types', 'cn=robot, o=Example\\, Inc., c=CH', true],
  ['with hexadecimal escapes', 'CN=ro\\62ot,O=Example\\2C Inc.,C=CH', true],
  ['in the other order', 'C=CH,O=Example\\, Inc.,CN=robot', false],
  ['without its comma', 'CN=robot,O=Example,C=CH', false],
  ['with a part less', 'CN=robot,O=Example\\, Inc.', false],
  ['with a part more', 'CN=robot,O=Example\\, Inc.,C=CH,DC=org', false],
  ['in other letters', 'CN=Robot,O=Example\\, Inc.,C=CH', false],
  ['empty', '', false],
])('a subject %s', (_name, name, expected) => {
  expect(hasSubject(certificates.robot, name)).toBe(expected);
});

test('a DNS name counts among the alternative names alone, letter by letter', () => {
  expect(hasDnsName(certificates.robot, 'robot.example.org')).toBe(true);
  for (const name of ['robot', 'example.org', 'x.robot.example.org', '*.example.org']) {
    expect(hasDnsName(certificates.robot, name)).toBe(false);
  }
});

test('an authority counts when it signed, not when it has the name of one that did', () => {
  const now = Date.now();
  expect(isIssuedBy(certificates.robot, [authority], now)).toBe(true);
  expect(isIssuedBy(certificates.forged, [authority], now)).toBe(false);
  expect(isIssuedBy(certificates.robot, [], now)).toBe(false);
  expect(isIssuedBy(certificates.robot, [certificates.selfSigned], now)).toBe(false);
});

test('a certificate counts from its beginning to its end, for clients, and never that of an authority', () => {
  const { validFromDate, validToDate } = certificates.robot;
  expect(isIssuedBy(certificates.robot, [authority], validFromDate.getTime() - 1)).toBe(false);
  expect(isIssuedBy(certificates.robot, [authority], validToDate.getTime() + 1)).toBe(false);
  expect(isIssuedBy(certificates.server, [authority], Date.now())).toBe(false);
  expect(isIssuedBy(authority, [authority], Date.now())).toBe(false);
});
