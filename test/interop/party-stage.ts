/** The stage for real programs of other people: an authority that they trust, the issuer over HTTPS, and a place for their files. */
import { type Certificates, createCertificates } from '../support/certificates.ts';
import type { Installed } from '../support/installed-once.ts';
import { exampleLake, startIssuer, type TestIssuer } from '../support/issuer.ts';
import { createServerPlace, type ServerPlace } from '../support/server-place.ts';
import { trustHere } from '../support/trusted-here.ts';
import { printConfiguration } from './party-configuration.ts';

export interface PartyStage {
  readonly issuer: TestIssuer;
  /** The text of the lake file. */
  readonly lake: string;
  readonly place: ServerPlace;
  readonly certificates: Certificates;
  /** The text of one file that `sluice config SERVICE` prints for this lake; `here`: what of it is otherwise in this run. */
  configuration(args: readonly string[], here?: Readonly<Record<string, string>>): Promise<string>;
  /** Variables with which Python's and Node's programs trust the authority. */
  readonly trust: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** `lake` changes the example lake, for instance to the redirect URIs of this run. */
export async function openPartyStage(lake: (example: string) => string = (example) => example): Promise<PartyStage> {
  const place = await createServerPlace();
  const certificates = await createCertificates(place.directory);
  const distrust = await trustHere(certificates.ca);
  const text = lake(await exampleLake());
  const issuer = await startIssuer({ certificates, realTime: true, lake: text });
  const { ca } = certificates;
  return {
    issuer,
    lake: text,
    place,
    certificates,
    configuration: (args, here) =>
      printConfiguration({ directory: place.directory, issuer: issuer.url, lake: text }, args, here),
    trust: { REQUESTS_CA_BUNDLE: ca, SSL_CERT_FILE: ca, NODE_EXTRA_CA_CERTS: ca },
    async close() {
      await place.clear();
      await issuer.close();
      distrust();
    },
  };
}

/** Milliseconds that the programs of a party may take to start, on a machine that does other things too. */
export const startTimeout = 180_000;

/** `describe`, or what skips the party and says the reason. */
export function describeParty(name: string, { missing }: Pick<Installed, 'missing'>, tests: () => void): void {
  if (missing === null) {
    describe(name, tests);
  } else {
    process.stderr.write(`${name} is skipped: ${missing}\n`);
    describe.skip(`${name} (skipped: ${missing})`, tests);
  }
}
