/** What a development start prints: where to log in, as whom, and three commands to paste. */
import type { Config } from '../config/schema.ts';
import type { Demonstration } from './demonstration.ts';

const client = 'catalogue:catalogue-demo-secret';
const audience = 'https://localhost:8444';

/** `demonstration` is null when the database holds other accounts than the example's. */
export function renderBanner(config: Config, demonstration: Demonstration | null): string {
  const address = `  Login page  ${config.issuer}login\n`;
  if (demonstration === null) {
    return `\nSluice is ready.\n\n${address}\n`;
  }
  const accounts = demonstration.accounts.map(({ username, password }) => `${username.padEnd(7)}${password}`);
  return `
Sluice is ready.

${address}  Accounts    ${accounts.join('\n              ')}

A token for a storage, from a service that acts for itself:

  ${request(config, 'storage.read:/cta/open')}

Its decoded claims:

  ${request(config, 'storage.read:/cta/open')} | ${decode}

Data under embargo is refused:

  ${request(config, 'storage.read:/cta/restricted/p17')}

`;
}

function request({ issuer, tls }: Config, scope: string): string {
  // The certificate of a development server is its own authority.
  const trust = tls === null ? '' : ` --cacert ${tls.certFile}`;
  return `curl -s${trust} -u ${client} -d grant_type=client_credentials -d audience=${audience} -d scope=${scope} ${issuer}token`;
}

/** Node is the one program that is surely there; base64url needs no padding for it. */
const decode = `node -p 'JSON.parse(Buffer.from(JSON.parse(require("fs").readFileSync(0)).access_token.split(".")[1],"base64url"))'`;
