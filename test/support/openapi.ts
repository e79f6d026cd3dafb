/** Writes docs/reference/openapi.json from the contract: `node test/support/openapi.ts > docs/reference/openapi.json`. */
import { apiPrefix } from '../../src/http/api/api.ts';
import { answerSchemas, contract, requestSchemas } from '../../src/http/api/contract.ts';
import { openApiDocument } from '../../src/http/api/openapi.ts';

export function renderOpenApi(): string {
  const document = openApiDocument({ contract, requestSchemas, answerSchemas }, apiPrefix);
  return `${JSON.stringify(document, null, 2)}\n`;
}

if (import.meta.main) process.stdout.write(renderOpenApi());
