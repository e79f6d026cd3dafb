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
  readonly 'enrolment/register': {
    readonly csrf: string;
    readonly action: string;
    readonly error: string | null;
    readonly paragraphs: readonly string[];
    /** What an upstream provider says, which cannot be changed; null: the form alone. */
    readonly proof: { readonly upstream: string; readonly facts: readonly (readonly [string, string])[] } | null;
    readonly fields: readonly Field[];
    /** Path of the page that led here. */
    readonly to: string | null;
  };
  readonly 'enrolment/confirm': {
    readonly csrf: string;
    readonly action: string;
    readonly email: string;
    readonly token: string;
  };
  readonly 'enrolment/note': {
    readonly text: string;
    readonly link: { readonly href: string; readonly label: string } | null;
  };
  readonly 'enrolment/forgotten': { readonly csrf: string; readonly action: string; readonly error: string | null };
  readonly 'enrolment/new-password': {
    readonly csrf: string;
    readonly action: string;
    readonly error: string | null;
    readonly username: string;
    readonly token: string;
    readonly fields: readonly Field[];
  };
  readonly 'enrolment/requests': {
    readonly csrf: string;
    readonly action: string;
    readonly said: string | null;
    readonly error: string | null;
    readonly mayWrite: boolean;
    readonly tabs: readonly { readonly href: string; readonly label: string; readonly current: boolean }[];
    readonly requests: readonly RequestCard[];
    readonly pager: Pager;
  };
  readonly 'enrolment/outbox': {
    readonly csrf: string;
    readonly action: string;
    readonly said: string | null;
    readonly mayWrite: boolean;
    readonly isUnset: boolean;
    readonly isWaiting: boolean;
    /** Whether the column of errors has anything in it. */
    readonly hasErrors: boolean;
    readonly tabs: readonly { readonly href: string; readonly label: string; readonly current: boolean }[];
    readonly search: Search;
    readonly mails: readonly {
      readonly id: string;
      readonly recipient: string;
      readonly kind: string;
      readonly state: 'waiting' | 'sent' | 'failed';
      readonly written: string;
      readonly attempts: number;
      readonly next: string | null;
      readonly settled: string | null;
      readonly error: string | null;
    }[];
    readonly webhooks: readonly { readonly name: string; readonly waiting: number }[];
    readonly pager: Pager;
  };
}

/** A registration with the forms that decide about it. */
export interface RequestCard {
  readonly id: string;
  readonly name: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly note: string | null;
  /** Null once it is decided. */
  readonly fields: { readonly username: Field; readonly reason: Field } | null;
}
