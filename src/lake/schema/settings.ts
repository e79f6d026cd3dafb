/** `policy`, `registration` and `entitlements` of the lake file: settings of the community as a whole. */
import { z } from 'zod';
import { defaultRegistration } from '../../clients/registration.ts';
import { defaultPolicySettings } from '../policy-defaults.ts';
import { strictly } from './scalars.ts';

const seconds = (least: number, most: number) =>
  z
    .int()
    .min(least, `expected ${least} to ${most} seconds`)
    .max(most, `expected ${least} to ${most} seconds`)
    .optional();

/** Policy-semantics 2: guard and minLife; W-LIFE-3: below six hours from `nbf` on. */
export const policySchema = strictly({
  guardSeconds: seconds(0, 3600).describe(
    `Seconds by which a closing is anticipated, for clocks and caches of verifiers. Default ${defaultPolicySettings.guardSeconds}.`,
  ),
  minLifetimeSeconds: seconds(1, 3600).describe(
    `Shortest useful token in seconds; nothing shorter is issued. Default ${defaultPolicySettings.minLifetimeSeconds}.`,
  ),
  maxTokenLifetimeSeconds: seconds(300, 86_400).describe(
    `Longest access token in seconds, whatever a client says. Default ${defaultPolicySettings.maxTokenLifetimeSeconds}: with the backdated \`nbf\` six hours.`,
  ),
});

export const registrationSchema = strictly({
  allow: z
    .enum(['nobody', 'users', 'anyone'])
    .optional()
    .describe(
      'Who may register clients dynamically (RFC 7591); `users`: who brings an access token of a logged-in user. Default `nobody`.',
    ),
  unusedDays: z
    .int()
    .min(1, 'expected 1 to 3650 days')
    .max(3650, 'expected 1 to 3650 days')
    .optional()
    .describe(
      `A registered client that had no token for so many days is suspended. Default ${defaultRegistration.unusedDays}.`,
    ),
  noticeDays: z
    .int()
    .min(0, 'expected 0 to 365 days')
    .max(365, 'expected 0 to 365 days')
    .optional()
    .describe(
      `So many days before that its owners are told by mail; at most half of \`unusedDays\`. Default ${defaultRegistration.noticeDays}.`,
    ),
  graceDays: z
    .int()
    .min(0, 'expected 0 to 3650 days')
    .max(3650, 'expected 0 to 3650 days')
    .optional()
    .describe(
      `So many days after its suspension for being unused it is deleted. Default ${defaultRegistration.graceDays}.`,
    ),
  administeredUnusedDays: z
    .int()
    .min(1, 'expected 1 to 3650 days')
    .max(3650, 'expected 1 to 3650 days')
    .optional()
    .describe(
      'A client of the lake file or of an administrator that had no token for so many days is suspended. Absent: never.',
    ),
});

/** RFC 8141, in the canonical form of AARC-G069: lower case, no final colon. */
const urn = /^urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9](?::[a-z0-9()+,.=@;$_!*'-]+)+$/;

export const entitlementsSchema = strictly({
  namespace: z
    .string()
    .max(128, 'expected at most 128 characters')
    .regex(urn, 'expected a URN in lower case such as `urn:geant:example.org`, without a final colon')
    .describe('Delegated namespace of the community (AARC-G069), such as `urn:geant:example.org`.'),
  authority: z
    .string()
    .regex(/^[a-z0-9.-]{1,128}$/i, 'expected a host name')
    .optional()
    .describe('Host name behind `#` of each entitlement, for services that follow AARC-G002. Absent: none.'),
});
