/** What the views of registration of people, and acceptable use are given. */
import type { Field, Pager, Search } from '../parts.ts';

/** A version as pages show it. */
export interface PolicyText {
  readonly name: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly url: string | null;
  /** When it comes or came into force; null: since ever. */
  readonly validFrom: string | null;
  readonly validDays: number | null;
  /** Of what is shown, for the form that agrees to it. */
  readonly digest: string;
}

export interface SignatureRow {
  readonly username: string;
  readonly version: string;
  readonly at: string;
  readonly by: string;
  readonly from: string;
  readonly until: string;
}

export interface EnrolmentModels {
  readonly 'enrolment/agreement': {
    readonly action: string;
    readonly cancelAction: string;
    readonly csrf: string;
    readonly clientName: string;
    readonly policy: PolicyText;
    readonly error: string | null;
  };
  readonly 'enrolment/policy': {
    readonly csrf: string;
    readonly action: string;
    readonly said: string | null;
    readonly error: string | null;
    /** Null: there is nothing to agree to. */
    readonly present: PolicyText | null;
    readonly coming: PolicyText | null;
    readonly isAgreed: boolean;
    readonly standing: string;
    readonly signatures: readonly SignatureRow[];
    readonly owned: readonly { readonly accountId: string; readonly username: string; readonly until: string }[];
  };
  readonly 'enrolment/policy-admin': {
    readonly csrf: string;
    readonly action: string;
    readonly said: string | null;
    readonly error: string | null;
    readonly mayWrite: boolean;
    readonly versions: readonly {
      readonly name: string;
      readonly from: string;
      readonly days: string;
      readonly state: 'present' | 'coming' | 'past';
    }[];
    readonly fields: readonly Field[];
    readonly signFields: readonly Field[];
    readonly search: Search;
    readonly signatures: readonly SignatureRow[];
    readonly pager: Pager;
  };
}
