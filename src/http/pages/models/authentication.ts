/** What the views of passwords, passkeys, one-time codes are given. */
import type { Field } from '../parts.ts';

/** For `partials/passkey.ejs`: the form that the script fills in. */
export interface PasskeyForm {
  readonly action: string;
  readonly kind: 'create' | 'get';
  /** JSON for the browser. */
  readonly options: string;
  readonly ticket: string;
  readonly submit: string;
  readonly field?: Field;
}

/** For `partials/one-time-code.ejs`. */
export interface OneTimeCodeForm {
  readonly action: string;
  readonly ticket: string;
  readonly text: string;
  /** SVG of ours. */
  readonly picture: string;
  readonly field: Field;
}

interface PasskeyRow {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly added: string;
  readonly lastUsed: string;
}

interface LoginRow {
  readonly when: string;
  readonly how: string;
  readonly agent: string;
  readonly address: string;
}

interface FormPage {
  readonly csrf: string;
  readonly error: string | null;
}

export interface AuthenticationModels {
  readonly 'second-factor': FormPage & {
    readonly username: string;
    readonly passkey: PasskeyForm | null;
    /** Null: there are neither one-time codes nor recovery codes. */
    readonly code: { readonly action: string; readonly field: Field } | null;
    /** Where the login begins again. */
    readonly restart: string;
  };
  readonly 'second-factor-setup': FormPage & { readonly passkey: PasskeyForm; readonly offer: OneTimeCodeForm };
  readonly 'recovery-codes': {
    readonly csrf: string;
    readonly action: string;
    readonly recoveryCodes: readonly string[];
  };
  readonly passkey: FormPage & {
    readonly passkey: PasskeyForm;
    readonly to: string | null;
    /** Where the other ways to sign in are. */
    readonly back: string;
  };
  readonly 'account/security': FormPage & {
    readonly said: string | null;
    readonly hasPassword: boolean;
    readonly passkeys: readonly PasskeyRow[];
    /** Null: not set up. */
    readonly oneTimeCode: readonly (readonly [label: string, value: string])[] | null;
    /** Null: there is no second factor that they could stand in for. */
    readonly recoveryCodesLeft: number | null;
    readonly logins: readonly LoginRow[];
  };
  readonly 'account/password': FormPage & { readonly username: string; readonly fields: readonly Field[] };
  readonly 'account/one-time-code': FormPage & { readonly offer: OneTimeCodeForm };
  readonly 'account/passkey': FormPage & { readonly passkey: PasskeyForm };
  readonly 'account/recovery-codes': { readonly recoveryCodes: readonly string[] };
}
