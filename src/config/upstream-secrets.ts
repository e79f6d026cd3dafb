/** Secrets of this server at upstream providers: a setting and not the lake file's, as that is read and exported by many. */
import { z } from 'zod';
import { err, ok, type Result } from '../shared/result.ts';

const secrets = z.record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/), z.string().min(1).max(2000));

export function parseUpstreamSecrets(text: string): Result<Readonly<Record<string, string>>, string> {
  const parsed = secrets.safeParse(readJson(text), { reportInput: false });
  return parsed.success ? ok(parsed.data) : err('is not accepted, expected a JSON object of names and secrets');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
