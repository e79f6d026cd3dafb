/** Who may ask for an account, and how, with the defaults of what the lake file leaves open. */
import type { LakeEnrolment } from '../lake/schema.ts';
import type { EnrolmentSettings } from './enrolment.ts';

const field = (name: string, required: boolean) => ({ name, title: null, hint: null, required });

/** Nobody, until an administrator says otherwise. */
export const defaultEnrolment: EnrolmentSettings = {
  allow: 'nobody',
  approval: 'administrators',
  confirmEmail: true,
  fields: [field('givenName', true), field('familyName', true), field('affiliation', false), field('username', false)],
  note: 'optional',
  groups: [],
  text: null,
};

export function enrolmentSettings(said: LakeEnrolment | null): EnrolmentSettings {
  if (said === null) return defaultEnrolment;
  const { fields, ...rest } = said;
  return {
    ...defaultEnrolment,
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    ...(fields && {
      fields: fields.map(({ name, title = null, hint = null, required = false }) => ({ name, title, hint, required })),
    }),
  };
}
