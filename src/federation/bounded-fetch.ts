/** Requests to other servers whose answers are read to a limit: whoever answers without end must not fill the memory here. */

/** What discovery, keys, tokens and userinfo need is far less. */
const mostBytes = 1_048_576;

/** `fetch`, with the whole answer read; throws an error of code `ANSWER_TOO_LARGE` for one that is longer. */
export async function boundedFetch(url: string, options: object): Promise<Response> {
  const { status, headers, body } = await fetch(url, options as RequestInit);
  if (body === null) return new Response(null, { status, headers });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    // Leaving the loop ends the connection.
    if (bytes > mostBytes) throw Object.assign(new Error('an answer is too large'), { code: 'ANSWER_TOO_LARGE' });
    chunks.push(chunk);
  }
  return new Response(Buffer.concat(chunks), { status, headers });
}
