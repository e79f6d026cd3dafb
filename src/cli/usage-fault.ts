/** Wrong usage in one line, in the project's words: `parseArgs` explains itself in several, in others. */

/** True for a fault of the arguments, whether a command or `parseArgs` found it. */
export function isUsageFault(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code);
  return code === 'usage' || code.startsWith('ERR_PARSE_ARGS');
}

/** The first sentence, quoted and cased as ours are. */
export function describeUsageFault({ code, message }: { readonly code?: string; readonly message: string }): string {
  if (code === 'usage') return message;
  const [sentence = ''] = message.split(/\.(?=\s|$)|\n/);
  return (sentence.charAt(0).toLowerCase() + sentence.slice(1))
    .replace(/'([^']*)'/g, '`$1`')
    .replace(/argument (missing|is ambiguous)$/, 'needs a value');
}
