/** What `sluice config` makes of the example's lake, or of one that a test changes, without the command. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDirectory } from '../../src/config/env.ts';
import { type Handover, renderFile } from '../../src/handover/config-file.ts';
import type { ServiceContext } from '../../src/handover/service-context.ts';
import { services } from '../../src/handover/services.ts';
import { readLake } from '../../src/lake/apply.ts';
import { allGroups, lakeToFacts } from '../../src/lake/facts.ts';

export const issuer = 'https://issuer.example.org/';

/** The context of a lake file's text; the example's when there is none. */
export function contextOf(text?: string, more: Partial<ServiceContext> = {}): ServiceContext {
  const lake = readLake(text ?? readFileSync(join(projectDirectory, 'examples', 'escape.yaml'), 'utf8'), 'lake.yaml');
  const { policy, clients } = lakeToFacts(lake);
  const registration = lake.head.registration?.allow ?? 'nobody';
  return {
    ...policy,
    groups: allGroups(lake),
    clients,
    registration,
    issuer,
    basePath: null,
    mapGroups: false,
    ...more,
  };
}

/** `subject` is a storage's name or a client's id. */
export function handoverOf(service: string, subject: string, context: ServiceContext = contextOf()): Handover {
  const { forStorage, forClient } = services[service] ?? {};
  const storage = context.storages.find(({ name }) => name === subject);
  const client = context.clients.get(subject);
  const made = storage === undefined ? client && forClient?.(context, client) : forStorage?.(context, storage);
  if (made === undefined) throw new Error(`expected a storage or client for ${service}, got ${subject}`);
  return made;
}

/** The content of one file. */
export function partOf(handover: Handover, name: string): string {
  const file = handover.files.find((one) => one.name === name);
  if (file === undefined) throw new Error(`expected a file ${name}`);
  return renderFile(file);
}

/** A small reader of INI and `key = value` files, which takes no line that it does not understand. */
export function readIni(text: string): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {};
  let section = '';
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const [, heading] = /^\[([^\]]+)\]$/.exec(line) ?? [];
    const [, key, value = ''] = /^([\w.!-]+) *= *(.*)$/.exec(line) ?? [];
    if (heading !== undefined) section = heading;
    else if (key !== undefined) sections[section] = { ...sections[section], [key]: value };
    else throw new Error(`not understood: ${line}`);
  }
  return sections;
}
