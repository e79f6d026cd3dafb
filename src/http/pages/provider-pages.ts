/** The pages that the protocol library shows in the middle of its own routes: device, logout, errors (RFC 8628 section 3.3, RP-Initiated Logout). */
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ProviderPages } from '../../provider/pages.ts';
import type { UpstreamLogouts } from '../login/upstream-logout.ts';
import { noteUnknownCode } from '../middleware/device-guesses.ts';
import { errorPage, isForBrowsers } from './error-page.ts';
import type { Pages } from './render.ts';
import { formTargetsOf } from './security-headers.ts';
import { texts } from './texts.ts';

const t = texts.device;

export function createProviderPages(pages: Pages, logouts: Pick<UpstreamLogouts, 'offer'>): ProviderPages {
  return {
    async deviceInput(ctx, _form, out, error) {
      if (nameOf(error) === 'AbortedError') {
        pages.render(
          ctx,
          'message',
          { title: t.refusedTitle, text: t.refused, good: false },
          { heading: t.refusedTitle },
        );
        return;
      }
      if (nameOf(error) === 'NotFoundError') noteUnknownCode(ctx);
      const model = {
        action: pathFor(ctx, 'code_verification'),
        xsrf: xsrfOf(ctx),
        code: userCodeOf(error),
        error: error === undefined ? null : inputProblem(error, out),
      };
      pages.render(ctx, 'device-input', model, { status: inputStatus(ctx, error), heading: t.title });
    },
    async deviceConfirm(ctx, _form, client, deviceInfo, code) {
      const model = {
        action: pathFor(ctx, 'code_verification'),
        xsrf: xsrfOf(ctx),
        clientName: client.clientName ?? client.clientId,
        code,
        address: stringOf(deviceInfo.address) ?? t.unknownAddress,
        agent: stringOf(deviceInfo.agent),
      };
      pages.render(ctx, 'device-confirm', model, { heading: t.confirmTitle });
    },
    async deviceSuccess(ctx) {
      const text = t.success(clientName(ctx) ?? texts.product);
      pages.render(ctx, 'message', { title: t.successTitle, text, good: true }, { heading: t.successTitle });
    },
    async logout(ctx) {
      const { accountId, loginTs: authTime } = ctx.oidc.session ?? {};
      const there =
        accountId === undefined || authTime === undefined ? undefined : await logouts.offer({ accountId, authTime });
      const action = pathFor(ctx, 'end_session_confirm');
      const upstream = there === undefined ? null : { title: there.title, action: `${action}?upstream` };
      const model = { action, xsrf: xsrfOf(ctx), clientName: clientName(ctx), upstream };
      const formTargets = [stateOf(ctx)?.postLogoutRedirectUri, there?.url.href].flatMap(formTargetsOf);
      pages.render(ctx, 'logout', model, { heading: texts.logout.title, formTargets });
    },
    async loggedOut(ctx) {
      const { title, text } = endOfLogout(clientName(ctx), await isSignedIn(ctx));
      pages.render(ctx, 'message', { title, text, good: true }, { heading: title });
    },
    async error(ctx, out, error) {
      if (!isForBrowsers(ctx)) {
        ctx.body = out;
        return;
      }
      const problem = { code: out.error, description: out.error_description ?? null, kind: nameOf(error) };
      errorPage(pages, ctx, ctx.status, problem);
    },
  };
}

/** The library sends whoever chose to stay to the same page as whoever signed out. */
function endOfLogout(client: string | null, stays: boolean) {
  const { logout } = texts;
  if (stays) return { title: logout.stayedTitle, text: client === null ? logout.stayed : logout.stayedClient(client) };
  return { title: logout.doneTitle, text: client === null ? logout.done : logout.doneClient(client) };
}

async function isSignedIn(ctx: KoaContextWithOIDC): Promise<boolean> {
  const { accountId } = await ctx.oidc.provider.Session.get(ctx);
  return accountId !== undefined;
}

/** What was wrong with the last try. The library also shows this page for faults of its own and for forms that are too old. */
function inputProblem(error: unknown, out: unknown): string {
  const problems: Readonly<Record<string, string>> = {
    NoCodeError: t.missing,
    NotFoundError: t.unknown,
    ExpiredError: t.expired,
    AlreadyUsedError: t.used,
    SessionNotFound: t.stale,
  };
  const known = problems[nameOf(error)];
  if (known !== undefined) return known;
  return (out as { error?: string } | undefined)?.error === 'invalid_request' ? t.stale : t.failed;
}

/** A code that is not known is an answer, not a fault: the library says 200. */
function inputStatus(ctx: KoaContextWithOIDC, error: unknown): number {
  return error === undefined || ctx.status < 400 ? 200 : ctx.status;
}

function userCodeOf(error: unknown): string {
  const code = (error as { userCode?: unknown } | undefined)?.userCode;
  return typeof code === 'string' ? code.slice(0, 32) : '';
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : '';
}

/** The library's own protection of its forms: a secret kept in the session for this page. */
function xsrfOf(ctx: KoaContextWithOIDC): string {
  return String(stateOf(ctx)?.secret ?? '');
}

function stateOf(ctx: KoaContextWithOIDC): Record<string, unknown> | undefined {
  return ctx.oidc.session?.state as Record<string, unknown> | undefined;
}

function pathFor(ctx: KoaContextWithOIDC, route: string): string {
  return new URL(ctx.oidc.urlFor(route)).pathname;
}

function clientName(ctx: KoaContextWithOIDC): string | null {
  const client = ctx.oidc.client;
  return client ? (client.clientName ?? client.clientId) : null;
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
