/** Storages and services of the lake file: what tokens may be made for (policy-semantics 2.3). */
import { z } from 'zod';
import { path, strictly, visibleAscii, word } from './scalars.ts';

/** The string of `aud`; lists of audiences are separated by blanks. */
export const audience = visibleAscii('an audience', 512);

export const mountSchema = strictly({
  path: path.describe("The storage's own prefix."),
  at: path.describe('The place in the logical tree that it shows.'),
});

export const storageSchema = strictly({
  name: word('a name', 128).describe('Name of the storage, for operators.'),
  audience: audience.describe('The string that tokens carry in `aud`, compared exactly (W-AUD-2).'),
  aliases: z.array(audience).optional().describe('Further audiences under which the storage is asked for.'),
  kind: z
    .enum(['storage', 'service'])
    .optional()
    .describe('A `service` is an audience that is no storage. Default `storage`.'),
  matching: z
    .enum(['segment', 'string', 'prefix'])
    .optional()
    .describe(
      'How its verifier compares paths: whole segments; characters with `.` as wildcard (default); or characters.',
    ),
  mounts: z
    .array(mountSchema)
    .optional()
    .describe('Which parts of the logical tree it shows, and where. Absent: the logical tree itself.'),
});
