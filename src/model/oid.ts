/** What `sysctl -t` calls the type of a value; `node` has values below it and none of its own. */
export const OID_TYPES = [
  'integer',
  'unsigned integer',
  'long integer',
  'unsigned long',
  'uint8_t',
  'uint16_t',
  'uint32_t',
  'uint64_t',
  'int8_t',
  'int16_t',
  'int32_t',
  'int64_t',
  'string',
  'opaque',
  'node',
  'unknown',
] as const;
export type OidType = (typeof OID_TYPES)[number];

export const isOidType = (text: string): text is OidType =>
  (OID_TYPES as readonly string[]).includes(text);

/** What the running kernel says of a name in a sysctl.conf file, without setting anything. */
export interface OidFacts {
  readonly type: OidType;
  /** sysctl -W lists it. */
  readonly writable: boolean;
  /** sysctl -T lists it: the loader sets it, from loader.conf(5). */
  readonly tunable: boolean;
}
