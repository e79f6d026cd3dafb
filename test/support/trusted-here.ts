/** Makes this process trust a throw-away authority as well, for its own requests over HTTPS. */
import { readFile } from 'node:fs/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** Returns what takes the trust back. */
export async function trustHere(ca: string): Promise<() => void> {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, await readFile(ca, 'utf8')]);
  return () => setDefaultCACertificates(before);
}
