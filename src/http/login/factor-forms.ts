/** The forms with which second factors are set up and proved, alike on the pages of a login and of an account. */
import { toString as drawQrCode } from 'qrcode';
import type { OneTimeCodeOffer, PasskeyQuestion } from '../../authentication/second-factors.ts';
import type { OneTimeCodeForm, PasskeyForm } from '../pages/models/authentication.ts';
import type { Field } from '../pages/parts.ts';
import { texts } from '../pages/texts.ts';

const t = texts.authentication;

export function passkeyForm(
  { ticket, options }: PasskeyQuestion,
  form: {
    readonly action: string;
    readonly kind: PasskeyForm['kind'];
    readonly submit: string;
    readonly field?: Field;
  },
): PasskeyForm {
  return { ...form, ticket, options: JSON.stringify(options) };
}

export async function oneTimeCodeForm(
  { ticket, text, address }: OneTimeCodeOffer,
  action: string,
  error: string | null,
): Promise<OneTimeCodeForm> {
  const picture = await drawQrCode(address, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' });
  return { action, ticket, text, picture, field: codeField({ label: t.codeField, error }) };
}

export function codeField(
  about: Pick<Field, 'label'> & { readonly hint?: string; readonly error: string | null },
): Field {
  return { id: 'code', autocomplete: 'one-time-code', required: true, maxlength: 30, ...about };
}

export function passkeyNameField(value = ''): Field {
  const [id, label, hint] = ['name', t.passkeyName, t.passkeyNameHint];
  return { id, label, hint, value, required: true, maxlength: 100 };
}

/** The answer that the script put into the form. */
export function passkeyAnswer(form: URLSearchParams): { readonly ticket: string; readonly answer: string } {
  return { ticket: form.get('ticket') ?? '', answer: form.get('answer') ?? '' };
}
