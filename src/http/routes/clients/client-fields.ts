/** Fields of the forms of clients. */
import type { PeopleRefusal } from '../../../accounts/refusal.ts';
import type { ClientDefinition } from '../../../clients/definition.ts';
import type { ClientGrants } from '../../../clients/grants.ts';
import type { Field } from '../../pages/parts.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.clients;

/** `given`: the refused form, whose values are shown again. */
export interface FormState {
  readonly given?: URLSearchParams | undefined;
  readonly refusal?: PeopleRefusal | undefined;
}

type FieldOptions = Omit<Field, 'id' | 'label' | 'value' | 'error'>;

/** A field with what was typed before, and with the refusal when it is to blame; `of` is its name in refusals. */
export function field(
  { given, refusal }: FormState,
  id: string,
  label: string,
  value: string,
  { of = id, ...options }: FieldOptions & { readonly of?: string } = {},
): Field {
  const error = refusal?.field === of ? refusal.message : null;
  return { id, label, value: given?.get(id) ?? value, error, ...options };
}

export function lines(
  state: FormState,
  id: string,
  label: string,
  values: readonly string[] = [],
  options: FieldOptions & { readonly of?: string } = {},
): Field {
  return field(state, id, label, values.join('\n'), {
    type: 'textarea',
    rows: Math.min(Math.max(values.length + 1, 2), 12),
    ...options,
  });
}

export function reasonField(state: FormState, required = false, id = 'reason'): Field {
  return field(state, id, texts.member.reason, '', {
    ...{ name: 'reason', of: 'reason', maxlength: 1000, required, hint: texts.member.reasonHint },
  });
}

/** What may be asked for, or granted. */
export function grantFields(state: FormState, value: ClientGrants, hasAudiences: boolean): Field[] {
  const yes = (flag: boolean | undefined) => (flag ? 'yes' : 'no');
  const choice = (id: string, label: string, flag: boolean | undefined, of: string) =>
    field(state, id, label, yes(flag), {
      ...{ of, type: 'select' as const },
      options: [
        ['no', texts.member.no],
        ['yes', texts.member.yes],
      ],
    });
  return [
    lines(state, 'ask-scopes', t.askScopes, value.scopes, { of: 'scopes', hint: t.askScopesHint }),
    ...(hasAudiences || value.audiences !== undefined
      ? [lines(state, 'ask-audiences', t.askAudiences, value.audiences, { of: 'audiences', hint: t.askAudiencesHint })]
      : []),
    lines(state, 'ask-grants', t.askGrants, value.grantTypes, { of: 'grantTypes', hint: t.askGrantsHint }),
    choice('ask-offline', t.askOffline, value.exchangeOffline, 'exchangeOffline'),
    choice('ask-privileged', t.askPrivileged, value.privileged, 'privileged'),
  ];
}

export function noteField(state: FormState, required = true): Field {
  return field(state, 'note', t.note, '', { type: 'textarea', hint: t.noteHint, maxlength: 1000, required });
}

/** What an owner may change. */
export function ownerFields(state: FormState, own: ClientDefinition): Field[] {
  const methods = Object.entries(t.methods);
  return [
    field(state, 'name', t.name, own.name ?? '', { hint: t.nameHint, maxlength: 200 }),
    lines(state, 'redirectUris', t.redirectUris, own.redirectUris, { hint: t.redirectUrisHint }),
    lines(state, 'postLogoutRedirectUris', t.postLogoutRedirectUris, own.postLogoutRedirectUris, {
      hint: t.postLogoutHint,
    }),
    lines(state, 'contacts', t.contacts, own.contacts, { hint: t.contactsHint }),
    lines(state, 'scopes', t.scopes, own.scopes, { hint: t.scopesHint }),
    lines(state, 'grantTypes', t.grantTypes, own.grantTypes, { hint: t.flowsHint }),
    field(state, 'method', t.method, own.tokenEndpointAuthMethod ?? 'client_secret_basic', {
      ...{ of: 'tokenEndpointAuthMethod', type: 'select', options: methods },
    }),
    field(state, 'jwks', t.jwks, own.jwks === undefined ? '' : JSON.stringify(own.jwks, null, 2), {
      ...{ type: 'textarea', hint: t.jwksHint, rows: 4 },
    }),
    field(state, 'jwksUri', t.jwksUri, own.jwksUri ?? '', { type: 'url' }),
  ];
}
