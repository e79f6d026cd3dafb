/** `upstreams` of the lake file: OpenID Connect providers that people log in with. Their secrets are settings of the server and never in the file. */
import { z } from 'zod';
import { strictly, text, visibleAscii } from './scalars.ts';

const claimName = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'expected the name of a claim');

/** With `*` for any characters. */
const pattern = text(500);

const issuer = z
  .url('expected the URL of an issuer')
  .max(500)
  .refine((value) => {
    const { protocol, hostname, search, hash } = new URL(value);
    const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
    return (protocol === 'https:' || (protocol === 'http:' && isLoopback)) && search === '' && hash === '';
  }, 'expected an https URL without query (http for this machine only)');

const defaults = {
  username: 'preferred_username',
  name: 'name',
  givenName: 'given_name',
  familyName: 'family_name',
  email: 'email',
};

export const upstreamSchema = strictly({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'expected a name of lower-case letters, digits and dashes')
    .describe('Short name: in addresses, in `idp_hint`, and before its secret in `SLUICE_UPSTREAM_SECRETS`.'),
  title: text(200).describe('What people look for on the login page.'),
  issuer: issuer.describe('Issuer, as in its discovery document.'),
  clientId: visibleAscii('a client id').describe('Of this server at the provider.'),
  scopes: z
    .array(visibleAscii('a scope'))
    .optional()
    .describe('What is asked for. Default `openid`, `profile`, `email`.'),
  claims: strictly({
    username: claimName.optional().describe(`Default \`${defaults.username}\`.`),
    name: claimName.optional().describe(`Default \`${defaults.name}\`.`),
    givenName: claimName.optional().describe(`Default \`${defaults.givenName}\`.`),
    familyName: claimName.optional().describe(`Default \`${defaults.familyName}\`.`),
    email: claimName.optional().describe(`Default \`${defaults.email}\`.`),
    affiliation: claimName.optional().describe('Absent: none is taken over.'),
  })
    .optional()
    .describe('Claims that fill the fields of an account.'),
  required: z
    .array(
      strictly({
        claim: claimName.describe('Such as `eduperson_entitlement`.'),
        anyOf: z
          .array(pattern)
          .min(1, 'expected at least one value')
          .describe('Values, `*` for any characters; one is enough.'),
      }),
    )
    .max(20)
    .optional()
    .describe('Who does not have all of these is not let in.'),
  assurance: strictly({
    take: z
      .array(pattern)
      .optional()
      .describe('Values of `eduperson_assurance` that are believed, `*` for any characters. Default none.'),
    always: z.array(visibleAscii('a value', 500)).optional().describe('What is known of every login here.'),
  })
    .optional()
    .describe('What tokens say of assurance after a login here (A-ASS-4).'),
  acr: z
    .record(z.string().max(500), visibleAscii('an acr', 500))
    .optional()
    .describe(
      'From what the provider says in `acr` to what tokens say. What is not named here is SFA, and REFEDS MFA, said or meant, is so unless `secondFactor` is `accepted`.',
    ),
  secondFactor: z
    .enum(['accepted', 'ignored'])
    .optional()
    .describe(
      '`accepted`: who proved two factors there (REFEDS MFA, or what `acr` maps to it) is not asked for one here, and tokens say MFA. Default `ignored`: the second factor of this server is asked for where one is needed.',
    ),
  trusted: z
    .boolean()
    .optional()
    .describe('Whether who is not known yet gets an account at once, without registration. Default false.'),
  logout: z.boolean().optional().describe('Whether a logout here offers one there. Default true.'),
});
