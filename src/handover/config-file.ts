/** Files of another service's configuration, and how they are printed: what the promise of the policy rests on comes first. */

export interface Block {
  /** Why the lines are there; blank lines part paragraphs. */
  readonly why: string;
  readonly lines: readonly string[];
  /** The rules of the lake do not hold at the service without these lines. */
  readonly critical?: boolean;
}

export interface ConfigFile {
  readonly name: string;
  /** Where the service reads it, or what is done with it. */
  readonly place: string;
  /** How a comment begins; null: the format has none. */
  readonly comment: '#' | '--' | null;
  readonly blocks: readonly Block[];
}

export interface Handover {
  readonly files: readonly ConfigFile[];
  /** What of the lake does not fit the service, with what is to be done. */
  readonly warnings: readonly string[];
}

const width = 110;
const criticalHeading = 'Without this the rules of the lake do not hold here.';

/** The content of one file, ready for use. */
export function renderFile({ comment, blocks }: ConfigFile): string {
  return blocks.map((block) => renderBlock(block, comment)).join('\n');
}

/** All files one after the other, each below its name. */
export function renderFiles(files: readonly ConfigFile[]): string {
  return files.map(renderWithHeading).join('\n');
}

function renderWithHeading(file: ConfigFile): string {
  const heading = `${file.comment ?? '#'} ==> ${file.name}: ${file.place} <==\n`;
  if (file.comment !== null) return `${heading}${renderFile(file)}`;
  // The format has no comments, so the reasons are not part of the file.
  const reasons = file.blocks.map(({ why, critical }) => commented(why, critical === true, '#')).join('');
  return `${heading}${reasons}${renderFile(file)}`;
}

function renderBlock({ why, critical, lines }: Block, comment: ConfigFile['comment']): string {
  const reasons = comment === null ? '' : commented(why, critical === true, comment);
  return `${reasons}${lines.map((line) => `${line}\n`).join('')}`;
}

function commented(why: string, critical: boolean, comment: string): string {
  const paragraphs = [...(critical ? [criticalHeading] : []), ...(why === '' ? [] : why.split('\n\n'))];
  return paragraphs
    .flatMap((paragraph) => wrapped(paragraph, width - comment.length - 1))
    .map((line) => `${comment} ${line}\n`)
    .join('');
}

function wrapped(text: string, longest: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > longest) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
