import {createHash} from 'node:crypto';

interface Sbom {
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * npm's CycloneDX document without what differs each time: no moment (the format does not ask for
 * one), and a serial number that follows from the content.
 */
export function reproducibleSbom(text: string): string {
  const {serialNumber: _random, ...sbom} = JSON.parse(text) as Sbom & Record<string, unknown>;
  const {timestamp: _now, ...metadata} = sbom.metadata;
  const {$schema, bomFormat, specVersion, ...rest} = {...sbom, metadata} as Record<string, unknown>;
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(rest))}`;
  return `${JSON.stringify({$schema, bomFormat, specVersion, serialNumber, ...rest}, undefined, 2)}\n`;
}

/** A version 8 UUID (RFC 9562: of the maker's own choice) from the SHA-256 of the content. */
function uuidOf(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex').split('');
  hex[12] = '8';
  hex[16] = '8';
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ]
    .map((part) => part.join(''))
    .join('-');
}
