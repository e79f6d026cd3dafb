/** Hands mails to an SMTP server (RFC 5321) over TLS where the server offers it (RFC 3207, RFC 8314). */
import { createTransport } from 'nodemailer';
import { isMailAddress } from '../shared/mail-address.ts';
import type { MailTransport, SendOutcome } from './delivery.ts';

export interface SmtpSettings {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  readonly url: string;
  /** Address, or `Name <address>`. */
  readonly from: string;
}

/** Each step's patience in milliseconds; together they stay below the lease of a mail. */
const timeouts = { dnsTimeout: 10_000, connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 30_000 };

const longestError = 300;

export function createSmtpTransport({ url, from }: SmtpSettings): MailTransport {
  // What a mail names is never fetched or read from files.
  const transport = createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true });
  const domain = from.slice(from.lastIndexOf('@') + 1).replace('>', '');
  return {
    send: async ({ to, id, subject, text, html }) => {
      if (!isMailAddress(to)) return { sent: false, error: 'the recipient is not a mail address', final: true };
      try {
        await transport.sendMail({
          from,
          // Not as text, which would be parsed as a list of addresses.
          to: { name: '', address: to },
          subject,
          text,
          html,
          messageId: `<sluice-${id}@${domain}>`,
          // RFC 3834: nobody's absence is answered to us.
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        });
        return { sent: true };
      } catch (error) {
        return outcomeOf(error);
      }
    },
    close: () => transport.close(),
  };
}

/** A server that refuses the recipient or the message for good (5yz) will not take it later; whatever else is wrong may be mended. */
function outcomeOf(error: unknown): SendOutcome {
  const { code, command, responseCode, response, message } = error as {
    code?: string;
    command?: string;
    responseCode?: number;
    response?: string;
    message?: string;
  };
  const isOfMail = command === 'RCPT TO' || command === 'DATA';
  const final = isOfMail && responseCode !== undefined && responseCode >= 500;
  // The answer to a login may repeat what was sent.
  const said = code === 'EAUTH' ? 'the mail server refused the login' : (response ?? message ?? 'unknown');
  const text = `${code ?? 'error'}: ${said}`.replace(/[\p{C}]+/gu, ' ').slice(0, longestError);
  return { sent: false, error: text, final };
}
