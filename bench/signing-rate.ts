/** The machine's raw RS256 signing rate: `node:crypto`'s asynchronous `sign` with a 2048-bit key and nothing around it, for so many milliseconds. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { promisify } from 'node:util';

const signAsync = promisify(sign) as (algorithm: string, data: Buffer, key: object) => Promise<Buffer>;
/** As many at a time as the load generators have connections. */
const concurrency = 16;

const milliseconds = Number(process.argv[2] ?? 2000);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
// As long as the signing input of a token of this benchmark.
const input = Buffer.alloc(700, 'x');
let signatures = 0;

const begun = performance.now();
const worker = async () => {
  while (performance.now() - begun < milliseconds) {
    await signAsync('sha256', input, privateKey);
    signatures += 1;
  }
};
await Promise.all(Array.from({ length: concurrency }, worker));
const seconds = (performance.now() - begun) / 1000;
process.stdout.write(JSON.stringify({ perSecond: signatures / seconds }));
