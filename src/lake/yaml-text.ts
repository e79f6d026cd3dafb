/** Writes a lake file as YAML: one field a line, inner lists and objects on the line. */
import { dump } from 'js-yaml';
import type { FileObject } from './export.ts';

export function writeYaml(file: FileObject): string {
  return dump(file, { flowLevel: 3, lineWidth: -1, noRefs: true });
}
