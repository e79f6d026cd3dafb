/**
 * Shows that the no-leak property catches each of the six single-line faults of policy-semantics 10.1: breaks one line at a time in a copy of the
 * source and counts the leaks: `node test/fuzz/faults.ts [--worlds N] [--seed N]`.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Fault {
  readonly name: string;
  readonly file: string;
  /** Occurs once in the file. */
  readonly line: string;
  readonly broken: string;
}

const faults: readonly Fault[] = [
  {
    name: 'no slash',
    file: 'verifier-form.ts',
    line: 'return bare.allowed ? bare : judgeForm(asking, reading, cap, true);',
    broken: 'return bare.allowed ? bare : { allowed: true, slash: false, cap };',
  },
  {
    name: 'holes ignored',
    file: 'subtree.ts',
    line: 'if (!meet(asking, embargo, met)) met.piercing ??= embargo;',
    broken: 'meet(asking, embargo, met);',
  },
  {
    name: 'future gate ignored',
    file: 'subtree.ts',
    line: 'met.cap = capOfLater(asking, embargo, met.cap);',
    broken: '',
  },
  {
    name: 'guard dropped',
    file: 'question.ts',
    line: 'guard: policy.settings.guardSeconds * 1000,',
    broken: 'guard: 0,',
  },
  {
    name: 'closed ignored',
    file: 'subtree.ts',
    line: 'if (!meet(asking, embargo, met)) met.closing ??= embargo;',
    broken: 'if (!meet(asking, embargo, met)) continue;',
  },
  {
    name: 'admission end ignored',
    file: 'subtree.ts',
    line: 'if (admission.until < embargo.until) {',
    broken: 'if (Number.isNaN(admission.until)) {',
  },
];

const project = fileURLToPath(new URL('../..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'sluice-faults-'));
try {
  for (const part of ['src', 'test/support', 'test/fuzz', 'package.json']) {
    cpSync(join(project, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  console.log(`none: ${countLeaks()}`);
  for (const fault of faults) console.log(`${fault.name}: ${withFault(fault)}`);
} finally {
  rmSync(copy, { recursive: true });
}

function withFault({ name, file, line, broken }: Fault): string {
  const path = join(copy, 'src/policy', file);
  const source = readFileSync(path, 'utf8');
  if (source.split(line).length !== 2) throw new Error(`\`${name}\`: expected \`${line}\` once in ${file}`);
  writeFileSync(path, source.replace(line, broken));
  const counted = countLeaks();
  writeFileSync(path, source);
  if (counted.includes('"leakingTokens":0')) process.exitCode = 1;
  return counted;
}

function countLeaks(): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['test/fuzz/leak-count.ts', ...process.argv.slice(2)],
    {
      cwd: copy,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}
