/** Reads client metadata (RFC 7591 section 2) as hostile input: what may be registered, what is left out, what is refused. */
import { z } from 'zod';
import { publicKey } from '../lake/schema/public-key.ts';
import { text } from '../lake/schema/scalars.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { type RegistrationRefusal, registrableAuthMethods } from './registration.ts';
import { fetchProblem, linkProblem, redirectProblem } from './registration-uri.ts';

/** An address with one of the rules of registration-uri.ts. */
const address = (problemOf: (uri: string) => string | undefined) =>
  z.string().check((context) => {
    const message = problemOf(context.value);
    if (message !== undefined) context.issues.push({ code: 'custom', input: context.value, message });
  });

const redirects = z.array(address(redirectProblem)).max(64, 'expected at most 64');
const words = z.array(z.string().max(255)).max(64);
const algorithm = z.enum(['RS256', 'ES256'], 'expected `RS256` or `ES256`');
const link = address(linkProblem).optional();
const neverFetched = z.never('is not supported').optional();

/** Members that are not named here mean nothing to this server and are left out of the answer. */
const metadata = z.object(
  {
    redirect_uris: redirects.default([]),
    post_logout_redirect_uris: redirects.optional(),
    client_name: text(200).optional(),
    contacts: z.array(text(254)).max(20, 'expected at most 20 addresses').optional(),
    scope: z.string().max(20_000).optional(),
    grant_types: words.default(['authorization_code']),
    response_types: words.optional(),
    token_endpoint_auth_method: z
      .enum(registrableAuthMethods, `expected one of ${registrableAuthMethods.join(', ')}`)
      .default('client_secret_basic'),
    jwks: z
      .object({ keys: z.array(publicKey).min(1, 'expected at least one key').max(50, 'expected at most 50 keys') })
      .optional(),
    jwks_uri: address(fetchProblem).optional(),
    id_token_signed_response_alg: algorithm.optional(),
    backchannel_logout_uri: address(fetchProblem).optional(),
    dpop_bound_access_tokens: z.boolean().optional(),
    require_pushed_authorization_requests: z.boolean().optional(),
    require_signed_request_object: z.boolean().optional(),
    subject_type: z.literal('public', 'expected `public`').optional(),
    application_type: z.string().max(255).optional(),
    // Shown nowhere yet; an address that runs something is refused all the same.
    client_uri: link,
    logo_uri: link,
    policy_uri: link,
    tos_uri: link,
    initiate_login_uri: link,
    sector_identifier_uri: neverFetched,
    request_uris: neverFetched,
    software_statement: z.never('software statements are not accepted').optional(),
  },
  'expected a JSON object',
);

/** Metadata as far as it counts, in the words of RFC 7591. */
export type Metadata = z.output<typeof metadata>;

/** `json` is what JSON.parse gave, members that are null left out. */
export function readMetadata(json: unknown): Result<Metadata, RegistrationRefusal> {
  const parsed = metadata.safeParse(json);
  if (!parsed.success) return err(refusalOf(parsed.error.issues[0]));
  return check(parsed.data);
}

const errorOf: Readonly<Record<string, RegistrationRefusal['error']>> = {
  redirect_uris: 'invalid_redirect_uri',
  post_logout_redirect_uris: 'invalid_redirect_uri',
  software_statement: 'invalid_software_statement',
};

/** Names of members only: what was sent is not repeated. */
function refusalOf(issue: z.core.$ZodIssue | undefined): RegistrationRefusal {
  const member = String(issue?.path[0] ?? '');
  const description = member === '' ? 'expected a JSON object' : `\`${member}\`: ${issue?.message}`;
  return { error: errorOf[member] ?? 'invalid_client_metadata', description };
}

/** Rules that join several members. */
function check(given: Metadata): Result<Metadata, RegistrationRefusal> {
  const { token_endpoint_auth_method: method, jwks, jwks_uri } = given;
  const refuse = (description: string) => err({ error: 'invalid_client_metadata' as const, description });
  if (jwks !== undefined && jwks_uri !== undefined) return refuse('expected `jwks` or `jwks_uri`, not both');
  if (method === 'private_key_jwt' && (jwks ?? jwks_uri) === undefined) {
    return refuse('`private_key_jwt` needs `jwks` or `jwks_uri`');
  }
  return ok(given);
}
