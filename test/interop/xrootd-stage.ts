/** The stage of the proof: an authority, the issuer over HTTPS, XRootD that trusts both, and curl. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCertificates } from '../support/certificates.ts';
import { createServerPlace } from '../support/server-place.ts';
import { freePort } from '../support/server-process.ts';
import { startXrootd, type XrootdOptions } from '../support/xrootd.ts';
import { type Answer, type Curl, createCurl } from './xrootd-curl.ts';
import { clientSecret, renderLake, storedFiles } from './xrootd-lake.ts';
import { createHandSigner, type HandSigner } from './xrootd-tokens.ts';

export interface Stage {
  readonly curl: Curl;
  readonly issuer: string;
  /** The storage's own audience. */
  readonly audience: string;
  /** The certificate of the authority, a PEM file. */
  readonly ca: string;
  /** An empty directory. */
  readonly scratch: string;
  readonly byHand: HandSigner;
  /** Asks for a token as the client itself. */
  ask(client: string, scope: string, audience?: string): Promise<Answer>;
  /** The token, which must have exactly the scope asked for. */
  token(client: string, scope: string, audience?: string): Promise<string>;
  read(token: string | null, path: string): Promise<Answer>;
  /** Uploads a file that holds `content`. */
  write(token: string, path: string, content: string): Promise<Answer>;
  remove(token: string, path: string): Promise<Answer>;
  /** What lies on the disk of the storage. */
  stored(path: string): Promise<string | null>;
  /** Asks the issuer whether it is there. */
  health(): Promise<Answer>;
  stopIssuer(): Promise<void>;
  close(): Promise<void>;
}

/** A second storage of the lake, which nobody runs. */
export const otherAudience = 'https://other.example.org:8444';

export interface Play {
  /** The lake file, given the storage's audience. */
  readonly lake: (audience: string) => string;
  /** What the storage holds, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** How the storage is registered, when it is not as in the first play. */
  readonly storage?: XrootdOptions['storage'];
  readonly mapGroups?: boolean;
}

const firstPlay: Play = { lake: (audience) => renderLake(audience, otherAudience), files: storedFiles };

export async function openStage({ lake, files, ...how }: Play = firstPlay): Promise<Stage> {
  const place = await createServerPlace();
  const uploads = join(place.directory, 'uploads');
  await mkdir(uploads);
  const certificates = await createCertificates(place.directory);
  const port = await freePort();
  const audience = `https://localhost:${port}`;
  const lakeFile = join(place.directory, 'lake.json');
  await writeFile(lakeFile, lake(audience));
  const settings = await place.settings('var', {
    SLUICE_TLS_CERT_FILE: certificates.cert,
    SLUICE_TLS_KEY_FILE: certificates.key,
    SLUICE_LAKE_FILE: lakeFile,
  });
  const issuer = `https://localhost:${settings.SLUICE_PORT}/`;
  const server = await place.startReady({ ...settings, SLUICE_ISSUER: issuer });
  const xrootd = await startXrootd({ place, port, issuer, certificates, files, ...how });
  const curl = createCurl({
    ca: certificates.ca,
    directory: uploads,
    shown: [
      [issuer, 'https://issuer.example.org/'],
      [audience, 'https://storage.example.org:8444'],
      [clientSecret, '…'],
    ],
  });

  const ask = (client: string, scope: string, wanted = audience) =>
    curl.request(
      ...['--user', `${client}:${clientSecret}`, '--data', 'grant_type=client_credentials'],
      ...['--data', `audience=${wanted}`, '--data', `scope=${scope}`, `${issuer}token`],
    );
  const bearer = (token: string) => ['--header', `Authorization: Bearer ${token}`];
  const scratch = join(place.directory, 'scratch');
  await mkdir(scratch);
  return {
    curl,
    issuer,
    audience,
    ca: certificates.ca,
    scratch,
    byHand: await createHandSigner(settings.SLUICE_KEYS_DIR ?? '', issuer, audience),
    ask,
    async token(client, scope, wanted) {
      const { body } = await ask(client, scope, wanted);
      const answer = JSON.parse(body);
      if (answer.scope !== scope) {
        throw new Error(`expected a token with \`${scope}\`, got ${JSON.stringify({ ...answer, access_token: '…' })}`);
      }
      return answer.access_token;
    },
    read: (token, path) => curl.request(...(token === null ? [] : bearer(token)), audience + path),
    async write(token, path, content) {
      await writeFile(join(uploads, 'upload.dat'), content);
      return curl.request('--upload-file', 'upload.dat', ...bearer(token), audience + path);
    },
    remove: (token, path) => curl.request('--request', 'DELETE', ...bearer(token), audience + path),
    stored: xrootd.stored,
    health: () => curl.request(`${issuer}health`),
    async stopIssuer() {
      await server.stop();
    },
    async close() {
      await xrootd.stop();
      await place.clear();
    },
  };
}
