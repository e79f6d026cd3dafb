/** Makes a mail of its text: plain text, and HTML with every value escaped (RFC 2046 section 5.1.4). */
import type { MailText } from './mail-text.ts';

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const longestSubject = 200;

/** `sender` names the server at the end of the mail. */
export function renderMail({ subject, paragraphs, action }: MailText, sender: { readonly url: string }): RenderedMail {
  const title = oneLine(subject).slice(0, longestSubject);
  const closing = `This mail was sent by ${sender.url}. Nobody reads answers to it.`;
  const link = action === undefined ? [] : [`${action.label}:\n${action.url}`];
  return {
    subject: title,
    text: `${[...paragraphs, ...link, `-- \n${closing}`].join('\n\n')}\n`,
    html: page(title, [
      ...paragraphs.map((paragraph) => `<p>${lines(paragraph)}</p>`),
      ...(action === undefined ? [] : [button(action)]),
      `<p style="color:#555;font-size:14px">${lines(closing)}</p>`,
    ]),
  };
}

function page(title: string, parts: readonly string[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>
<body style="font-family:sans-serif;font-size:16px;line-height:1.5;max-width:36em">
${parts.join('\n')}
</body></html>
`;
}

/** The address stands there too: a button alone hides where it leads. */
function button({ label, url }: NonNullable<MailText['action']>): string {
  const href = escapeHtml(url);
  return `<p><a href="${href}" style="display:inline-block;padding:10px 18px;border-radius:6px;background:#0b5ea8;color:#fff;text-decoration:none">${escapeHtml(label)}</a></p>
<p style="color:#555;font-size:14px;word-break:break-all">${href}</p>`;
}

function lines(text: string): string {
  return escapeHtml(text).replaceAll('\n', '<br>');
}

/** INVARIANT: a subject is one line, so that nothing in it becomes a header. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
