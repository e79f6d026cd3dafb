/** The lake file as a schema: the sections, and the file as a whole, from which the JSON Schema and the reference are generated. */
import { z } from 'zod';
import { accountSchema } from './schema/account.ts';
import { clientSchema } from './schema/client.ts';
import { acceptableUseSchema, enrolmentSchema } from './schema/enrolment.ts';
import { exchangeRuleSchema } from './schema/exchange-rule.ts';
import { groupSchema } from './schema/group.ts';
import { lifeCycleSchema } from './schema/life-cycle.ts';
import { embargoSchema, grantSchema } from './schema/rule.ts';
import { path, strictly } from './schema/scalars.ts';
import { secondFactorSchema } from './schema/second-factor.ts';
import { entitlementsSchema, policySchema, registrationSchema } from './schema/settings.ts';
import { storageSchema } from './schema/storage.ts';
import { upstreamSchema } from './schema/upstream.ts';

/** What stands at the top of the file beside the lists. */
export const headSchema = strictly({
  version: z.literal(1).describe('Version of this format.'),
  vo: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'expected a name of letters, digits and `_.-`')
    .optional()
    .describe('Name of the community; every group lies at or below `/<vo>`. Absent: as an earlier file said.'),
  policy: policySchema.optional().describe('Settings of the policy.'),
  registration: registrationSchema.optional().describe('Dynamic client registration.'),
  entitlements: entitlementsSchema
    .optional()
    .describe('How groups are written as entitlements (AARC-G069); the token profile `aarc` needs it.'),
  secondFactor: secondFactorSchema.optional().describe('Which logins need a second factor.'),
  enrolment: enrolmentSchema.optional().describe('How people get accounts.'),
  upstreams: z
    .array(upstreamSchema)
    .max(2000, 'expected at most 2000 providers')
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'expected each name once')
    .refine((all) => new Set(all.map(({ issuer }) => issuer)).size === all.length, 'expected each issuer once')
    .optional()
    .describe('OpenID Connect providers that people log in with.'),
  lifeCycle: lifeCycleSchema.optional().describe('What happens before and after the end of accounts.'),
  acceptableUse: acceptableUseSchema.optional().describe('What people have to agree to before they get tokens.'),
});

/** The lists of the file, in the order in which they are written. */
export const sectionSchemas = {
  groups: groupSchema,
  accounts: accountSchema,
  clients: clientSchema,
  storages: storageSchema,
  namespace: path,
  grants: grantSchema,
  embargoes: embargoSchema,
  exchangeRules: exchangeRuleSchema,
} as const;

export type SectionName = keyof typeof sectionSchemas;

export const sectionNames = Object.keys(sectionSchemas) as SectionName[];

/** The whole file. A file may hold a part of the lake: what it does not name stays as it is. */
export const lakeFileSchema = strictly({
  ...headSchema.shape,
  groups: z.array(groupSchema).optional().describe('Groups of the community.'),
  accounts: z.array(accountSchema).optional().describe('People and robots that can log in.'),
  clients: z.array(clientSchema).optional().describe('OAuth clients.'),
  storages: z.array(storageSchema).optional().describe('Resource servers: storages and services.'),
  namespace: z.array(path).optional().describe('Registered logical paths, for the expansion of broad requests.'),
  grants: z.array(grantSchema).optional().describe('Rights on paths; positive only, order has no meaning.'),
  embargoes: z.array(embargoSchema).optional().describe('Gates that close a subtree to everyone but their parties.'),
  exchangeRules: z
    .array(exchangeRuleSchema)
    .optional()
    .describe('Who may exchange whose tokens for more than they hold, and who not at all.'),
});

export type LakeGroup = z.output<typeof groupSchema>;
export type LakeAccount = z.output<typeof accountSchema>;
export type LakeClient = z.output<typeof clientSchema>;
export type LakeStorage = z.output<typeof storageSchema>;
export type LakeGrant = z.output<typeof grantSchema>;
export type LakeEmbargo = z.output<typeof embargoSchema>;
export type LakeExchangeRule = z.output<typeof exchangeRuleSchema>;
export type LakeHead = z.output<typeof headSchema>;
export type LakePolicySettings = NonNullable<LakeHead['policy']>;
export type LakeRegistration = NonNullable<LakeHead['registration']>;
export type LakeEntitlements = NonNullable<LakeHead['entitlements']>;
export type LakeSecondFactor = NonNullable<LakeHead['secondFactor']>;
export type LakeEnrolment = NonNullable<LakeHead['enrolment']>;
export type LakeUpstream = NonNullable<LakeHead['upstreams']>[number];
export type LakeLifeCycle = NonNullable<LakeHead['lifeCycle']>;
export type LakeAcceptableUse = NonNullable<LakeHead['acceptableUse']>;
