/** What an upstream login proved of somebody without an account, kept for the form that asks for one: in this browser alone, for an hour. */
import type { Context } from 'koa';
import type { TicketStore } from '../../accounts/tickets.ts';
import type { EnrolmentProof } from '../../enrolment/enrolment.ts';
import type { Clock } from '../../shared/clock.ts';

const life = 3_600_000;

export interface EnrolmentProofs {
  /** Before the browser is sent to `/register-account`; what was kept before is forgotten. */
  keep(ctx: Context, proof: EnrolmentProof): Promise<void>;
  find(ctx: Context): Promise<EnrolmentProof | null>;
  /** It has led to what it was for. */
  forget(ctx: Context): Promise<void>;
}

export interface EnrolmentProofDeps {
  readonly tickets: TicketStore;
  readonly clock: Clock;
  /** The issuer is served over https. */
  readonly secure: boolean;
}

export function createEnrolmentProofs({ tickets, clock, secure }: EnrolmentProofDeps): EnrolmentProofs {
  // No other host may set a cookie of this prefix (RFC 6265bis section 4.1.3.2).
  const cookieName = secure ? '__Host-sluice_enrolment' : 'sluice_enrolment';
  const cookie = { httpOnly: true, sameSite: 'lax', path: '/', secure, signed: false } as const;

  const forget = async (ctx: Context) => {
    const secret = ctx.cookies.get(cookieName, { signed: false });
    if (secret === undefined) return;
    await tickets.redeem('enrolment', secret);
    ctx.cookies.set(cookieName, null, cookie);
  };

  return {
    forget,
    keep: async (ctx, proof) => {
      await forget(ctx);
      const expiresAt = clock.now() + life;
      const ticket = { purpose: 'enrolment', binding: null, accountId: null, payload: proof, expiresAt } as const;
      ctx.cookies.set(cookieName, await tickets.issue(ticket), cookie);
    },
    find: async (ctx) => {
      const secret = ctx.cookies.get(cookieName, { signed: false });
      const ticket = secret === undefined ? undefined : await tickets.find('enrolment', secret);
      return ticket === undefined ? null : (ticket.payload as EnrolmentProof);
    },
  };
}
