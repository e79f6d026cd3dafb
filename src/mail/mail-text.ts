/** What a mail says: plain sentences; the rendering makes text and HTML of them and escapes. */
export interface MailText {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** The one thing to do: a button in HTML, an address in text. */
  readonly action?: { readonly label: string; readonly url: string };
}
