/** A lake whose people have to agree to an acceptable use policy. */
import { exchangeLake } from './exchange-lake.ts';

export interface AgreementOptions {
  readonly versions?: readonly object[];
  readonly reminderDays?: readonly number[];
  readonly more?: object;
}

export const firstVersion = { name: '2026-1', text: 'Be kind.\n\nDo not mine coins.', validDays: 365 };

/** The lake of exchanges, with a policy. */
export function agreementLake({ versions = [firstVersion], reminderDays, more }: AgreementOptions = {}): string {
  return JSON.stringify({
    ...JSON.parse(exchangeLake()),
    acceptableUse: { versions, ...(reminderDays && { reminderDays }) },
    ...more,
  });
}
