/** Takes a compact JWS apart and judges its header before any key is looked for (RFC 7515, RFC 8725). */
import { ok, type Result } from '../shared/result.ts';
import { quote, refuse, type ValidationError } from './validation-error.ts';

/** W-ISS-2, W-RS-6: the allow-list; each is bound to one type of key in public-key.ts. */
const acceptedAlgorithms = ['RS256', 'ES256'] as const;

export type Algorithm = (typeof acceptedAlgorithms)[number];

export interface CompactJws {
  readonly algorithm: Algorithm;
  readonly kid: string;
  /** Not verified yet. Parsed once, so that what is checked is what is used. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Characters; headers of servers end at 8 or 16 KiB. */
const maxTokenLength = 16_384;

const compactForm = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Absent, `JWT`, or the type of RFC 9068; never an ID token hint, a logout token or the like. */
const acceptedTypes = ['jwt', 'at+jwt', 'application/at+jwt'];

/** Header members that bring a key along (`jwk`, `jku`, `x5u`, `x5c`) are not looked at: keys come from the issuer only. */
export function readCompactJws(token: string): Result<CompactJws, ValidationError> {
  if (typeof token !== 'string' || token.length > maxTokenLength || !compactForm.test(token)) return malformed();
  const [header, payload] = token.split('.').map(decodeObject);
  if (header === undefined || payload === undefined) return malformed();
  const bad = findBadHeader(header);
  if (bad !== undefined) return bad;
  return ok({ algorithm: header.alg as Algorithm, kid: header.kid as string, payload });
}

function malformed(): Result<never, ValidationError> {
  return refuse('token_malformed', 'not a signed JWT in compact form');
}

function decodeObject(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const bytes = Buffer.from(part, 'base64url');
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function findBadHeader({
  alg,
  typ,
  crit,
  kid,
}: Readonly<Record<string, unknown>>): Result<never, ValidationError> | undefined {
  if (typ !== undefined && !acceptedTypes.includes(String(typ).toLowerCase())) {
    return refuse('token_type_not_accepted', `token type ${quote(typ)} not accepted, expected \`JWT\``);
  }
  if (crit !== undefined) return refuse('header_not_accepted', 'header member `crit` not accepted');
  if (!(acceptedAlgorithms as readonly unknown[]).includes(alg)) {
    return refuse('algorithm_not_accepted', `algorithm ${quote(alg)} not accepted, expected \`RS256\` or \`ES256\``);
  }
  if (typeof kid !== 'string' || kid === '') return refuse('key_unknown', 'header member `kid` is missing');
  return undefined;
}
