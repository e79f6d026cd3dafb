/** Where the scripts beside the interop tests lie. */
import { fileURLToPath } from 'node:url';

export const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));
