/** What the administrators' pages show of an upstream provider: what the lake file says, how it answered, who uses it. */
import { defaultClaims, defaultScopes, type Upstream } from '../../../federation/upstream.ts';
import type { UpstreamDiscovery } from '../../../federation/upstream-client.ts';
import { mostLogins, type UpstreamState } from '../../../federation/upstream-states.ts';
import type { Block, Cell, CellParts } from '../../pages/blocks.ts';
import { instantText } from '../../pages/parts.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.upstreams;

/** What happened last counts; a failure from before an answer is still told. */
export function stateCell({
  answeredAt = null,
  failedAt = null,
  failure = null,
}: Partial<UpstreamState> = {}): CellParts {
  const failed = failedAt === null ? '' : t.failure(failure ?? '', instantText(failedAt));
  if (failedAt !== null && failedAt >= (answeredAt ?? 0)) return { badge: t.failed, tone: 'bad', note: failed };
  if (answeredAt === null) return { text: t.unused };
  return { text: t.answered(instantText(answeredAt)), ...(failed !== '' && { note: failed }) };
}

export function usedCell({ linked = 0, logins = 0, lastLoginAt = null }: Partial<UpstreamState> = {}): CellParts {
  if (lastLoginAt === null) return { text: t.linked(linked), note: t.noLogin };
  return {
    lines: [t.linked(linked), t.recent(logins, mostLogins)],
    note: t.lastLogin(instantText(lastLoginAt)),
  };
}

export interface UpstreamFacts {
  /** Of this server. */
  readonly issuer: string;
  readonly state: UpstreamState | undefined;
  readonly hasSecret: boolean;
  /** As it was asked just now; undefined: nobody asked. */
  readonly answer: UpstreamDiscovery | undefined;
  /** Where the form leads that asks now; null: not for who looks. */
  readonly askAt: string | null;
}

export function upstreamBlocks(
  upstream: Upstream,
  { issuer, state, hasSecret, answer, askAt }: UpstreamFacts,
): Block[] {
  const { name } = upstream;
  const at = (path: string): Cell => ({ codes: [new URL(path, issuer).href] });
  return [
    ...(answer === undefined ? [] : answerBlocks(answer)),
    {
      kind: 'facts',
      facts: [
        [t.state, stateCell(state)],
        [t.logins, usedCell(state)],
        [t.name, { codes: [name] }],
        [t.client, { codes: [upstream.clientId] }],
        [t.secret, hasSecret ? t.withSecret : t.withoutSecret],
        ...declared(upstream),
      ],
    },
    { kind: 'heading', text: t.register },
    {
      kind: 'facts',
      facts: [
        [t.redirect, at(`upstream/callback/${name}`)],
        [t.afterLogout, at('upstream/signed-out')],
        [t.tellsLogout, at(`upstream/backchannel-logout/${name}`)],
      ],
    },
    ...(askAt === null ? [] : askBlocks(askAt)),
  ];
}

/** What the lake file says, with its defaults. */
function declared(upstream: Upstream): [string, Cell][] {
  const { required = [], assurance = {}, acr = {}, trusted = false, logout = true } = upstream;
  const codes = (values: readonly string[]): Cell => (values.length === 0 ? t.nothing : { codes: values });
  const claims = Object.entries({ ...defaultClaims, ...upstream.claims });
  const means = Object.entries(acr).map(([said, meant]) => `${said} → ${meant}`);
  return [
    [t.scopes, codes([(upstream.scopes ?? defaultScopes).join(' ')])],
    [t.newcomers, trusted ? t.trusted : t.registers],
    [t.required, codes(required.map(({ claim, anyOf }) => t.requiredLine(claim, anyOf)))],
    [t.claims, codes(claims.map(([field, claim]) => `${field} ← ${claim}`))],
    [t.assuranceTaken, codes(assurance.take ?? [])],
    [t.assuranceAlways, codes(assurance.always ?? [])],
    [t.strength, { codes: means, note: t.strengthOther }],
    [t.secondFactor, upstream.secondFactor === 'accepted' ? t.accepted : t.ignored],
    [t.logout, logout ? t.logoutOffered : t.logoutNever],
  ];
}

function askBlocks(action: string): Block[] {
  return [
    { kind: 'text', look: 'hint', text: t.nowHint },
    { kind: 'form', method: 'post', action, fields: [], submit: t.now },
  ];
}

function answerBlocks({ places, algorithms }: UpstreamDiscovery): Block[] {
  const found = Object.entries(places).map(([place, url]): [string, Cell] => [place, { codes: [url] }]);
  return [
    { kind: 'heading', text: t.said },
    { kind: 'facts', facts: [...found, [t.algorithms, algorithms.join(', ')]] },
  ];
}
