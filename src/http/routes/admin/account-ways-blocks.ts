/** What the page of an account's ways in shows: what there is, and the forms that add and remove. */
import type { Factors } from '../../../authentication/factors.ts';
import type { KnownAs } from '../../../federation/identities.ts';
import type { Upstream } from '../../../federation/upstream.ts';
import type { Block } from '../../pages/blocks.ts';
import { certificateTable, identityTable, sshKeyTable } from '../../pages/known-as.ts';
import { type Field, instantText } from '../../pages/parts.ts';
import { texts } from '../../pages/texts.ts';
import type { Refused } from './account-form.ts';

const t = texts.knownAs;

export interface WaysModel {
  /** Address of the account's page. */
  readonly here: string;
  readonly known: KnownAs;
  readonly factors: Factors;
  readonly providers: readonly Pick<Upstream, 'issuer' | 'title'>[];
  readonly mayWrite: boolean;
  /** It is the account of who looks. */
  readonly isOwn: boolean;
  readonly again: Refused | null;
}

export function createWaysBlocks(model: WaysModel): readonly Block[] {
  const { here, known, providers } = model;
  const titles = new Map(providers.map(({ issuer, title }) => [issuer, title]));
  return [
    { kind: 'heading', text: t.identities },
    identityTable(known.identities, (issuer) => titles.get(issuer) ?? issuer),
    ...identityForms(model),
    { kind: 'heading', text: t.sshKeys },
    sshKeyTable(known.sshKeys),
    ...sshKeyForms(model),
    { kind: 'heading', text: t.certificates },
    certificateTable(known.certificates),
    ...certificateForms(model),
    { kind: 'heading', text: t.factors },
    ...factorBlocks(model),
    { kind: 'links', links: [{ href: here, label: t.back }] },
  ];
}

function identityForms(model: WaysModel): Block[] {
  const { known, providers } = model;
  const options = known.identities.map(({ issuer, subject }) => option([issuer, subject], `${subject}, ${issuer}`));
  return forms(model, 'identities', [t.link, t.unlink], options, [
    {
      ...{ id: 'issuer', label: t.issuerUrl, hint: t.issuerHint, required: true, maxlength: 1000, autocomplete: 'off' },
      suggestions: providers.map(({ issuer }) => issuer),
    },
    { id: 'subject', label: t.sub, hint: t.subHint, required: true, maxlength: 1000, autocomplete: 'off' },
  ]);
}

function sshKeyForms(model: WaysModel): Block[] {
  const options = model.known.sshKeys.map(({ fingerprint, name }) =>
    option([fingerprint], name === null ? fingerprint : `${name}, ${fingerprint}`),
  );
  return forms(model, 'ssh-keys', [t.addKey, t.removeKey], options, [
    { id: 'key', label: t.key, hint: t.keyHint, type: 'textarea', rows: 3, required: true, maxlength: 20_000 },
  ]);
}

function certificateForms(model: WaysModel): Block[] {
  const options = model.known.certificates.map(({ subject, issuer }) =>
    option([subject, issuer], issuer === '' ? subject : `${subject}, ${issuer}`),
  );
  const text = { label: t.certificate, hint: t.certificateHint, required: true, maxlength: 20_000 };
  return forms(model, 'certificates', [t.addCertificate, t.removeCertificate], options, [
    { id: 'certificate', type: 'textarea', rows: 4, ...text },
    { id: 'authority', label: t.authority, hint: t.authorityHint, maxlength: 1000, autocomplete: 'off' },
  ]);
}

/** One form to add; where there is something, one to remove it. What was typed stands there again after a refusal. */
function forms(
  { here, mayWrite, again }: WaysModel,
  kind: string,
  [add, remove]: readonly [string, string],
  options: readonly (readonly [string, string])[],
  fields: readonly Field[],
): Block[] {
  if (!mayWrite) return [];
  const typed = fields.map((field) => ({
    ...field,
    value: again?.form.get(field.id) ?? '',
    error: again?.form.has(field.id) && again.refusal.field === field.id ? again.refusal.message : null,
  }));
  const which: Field = { id: `${kind}-which`, name: 'which', label: t.which, type: 'select', options };
  const action = `${here}/${kind}`;
  return [
    ...(options.length === 0
      ? []
      : [
          form({ action: `${action}/remove`, submit: remove, fields: [which, reason(`${kind}-remove`)], danger: true }),
        ]),
    { kind: 'text', look: 'hint', text: t.vouch },
    form({ action, submit: add, fields: [...typed, reason(kind)] }),
  ];
}

function factorBlocks({ here, factors, mayWrite, isOwn }: WaysModel): Block[] {
  const { passkeys, oneTimeCode, recoveryCodesLeft } = factors;
  if (passkeys.length === 0 && oneTimeCode === null) return [{ kind: 'text', text: t.noFactors }];
  const facts: Block = {
    kind: 'facts',
    facts: [
      [t.passkeys, passkeys.length === 0 ? t.none : { lines: passkeys.map(({ name }) => name) }],
      [t.codes, oneTimeCode === null ? t.none : t.setUp(instantText(oneTimeCode.createdAt))],
      [t.recoveryCodes, String(recoveryCodesLeft)],
    ],
  };
  if (!mayWrite) return [facts];
  if (isOwn) return [facts, { kind: 'text', look: 'hint', text: t.ownFactors }];
  const fields = [reason('factors')];
  return [
    facts,
    { kind: 'text', look: 'hint', text: t.removeFactorsHint },
    form({ action: `${here}/factors`, submit: t.removeFactors, fields, danger: true }),
  ];
}

function form(said: { action: string; submit: string; fields: readonly Field[]; danger?: boolean }): Block {
  return { kind: 'form', method: 'post', ...said };
}

function reason(id: string): Field {
  const { reason: label, reasonHint: hint } = texts.member;
  return { id: `${id}-reason`, name: 'reason', label, hint, maxlength: 1000, required: true };
}

function option(parts: readonly string[], label: string): readonly [string, string] {
  return [JSON.stringify(parts), label];
}

/** What `option` made; nothing of what it did not make. */
export function partsOf(text: string | null): readonly string[] {
  try {
    const parts: unknown = JSON.parse(text ?? '');
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string' && !part.includes('\0')) ? parts : [];
  } catch {
    return [];
  }
}
