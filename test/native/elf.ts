import {readFileSync} from 'node:fs';

export interface Section {
  readonly type: number;
  readonly link: number;
  readonly bytes: Buffer;
}

export interface Elf {
  readonly header: Buffer;
  readonly segments: readonly {
    readonly type: number;
    readonly flags: number;
    readonly bytes: Buffer;
  }[];
  readonly sections: readonly Section[];
}

export const SEGMENT = {load: 1, dynamic: 2, interpreter: 3, note: 4, stack: 0x6474e551};
export const SECTION = {
  symbols: 2,
  strings: 3,
  relocationsWithAddends: 4,
  dynamic: 6,
  relocations: 9,
  dynamicSymbols: 11,
};
export const DYNAMIC = {needed: 1, soname: 14, flags1: 0x6ffffffb};

/** As much of an ELF file as tests ask about (System V ABI, 64 bits, little-endian). */
export function readElf(file: string): Elf {
  const elf = readFileSync(file);
  const table = (at: number, size: number, count: number): Buffer[] =>
    Array.from({length: count}, (_, i) => elf.subarray(at + i * size, at + (i + 1) * size));
  const u64 = (b: Buffer, at: number): number => Number(b.readBigUInt64LE(at));
  return {
    header: elf.subarray(0, 64),
    segments: table(u64(elf, 32), elf.readUInt16LE(54), elf.readUInt16LE(56)).map((p) => ({
      type: p.readUInt32LE(0),
      flags: p.readUInt32LE(4),
      bytes: elf.subarray(u64(p, 8), u64(p, 8) + u64(p, 32)),
    })),
    sections: table(u64(elf, 40), elf.readUInt16LE(58), elf.readUInt16LE(60)).map((s) => ({
      type: s.readUInt32LE(4),
      link: s.readUInt32LE(40),
      bytes: elf.subarray(u64(s, 24), u64(s, 24) + (s.readUInt32LE(4) === 8 ? 0 : u64(s, 32))),
    })),
  };
}

/** The entries of a section, each so many bytes long, and the string table they refer to. */
function entries(
  elf: Elf,
  type: number,
  size: number,
): {items: readonly Buffer[]; strings: Buffer} {
  const section = elf.sections.find((s) => s.type === type);
  if (section === undefined) return {items: [], strings: Buffer.alloc(0)};
  const items = Array.from({length: section.bytes.length / size}, (_, i) =>
    section.bytes.subarray(i * size, (i + 1) * size),
  );
  return {items, strings: elf.sections[section.link]?.bytes ?? Buffer.alloc(0)};
}

const stringAt = (strings: Buffer, at: number): string =>
  strings.subarray(at, strings.indexOf(0, at)).toString('latin1');

/** What the dynamic section says of one tag: the value, and the string at that offset. */
export function dynamicEntries(elf: Elf, tag: number): readonly {value: number; text: string}[] {
  const {items, strings} = entries(elf, SECTION.dynamic, 16);
  return items
    .filter((item) => Number(item.readBigUInt64LE(0)) === tag)
    .map((item) => Number(item.readBigUInt64LE(8)))
    .map((value) => ({value, text: value < strings.length ? stringAt(strings, value) : ''}));
}

/** Names of the dynamic symbols, by whether the object defines them. */
export function dynamicSymbols(elf: Elf): {
  defined: readonly string[];
  undefined: readonly string[];
} {
  const {items, strings} = entries(elf, SECTION.dynamicSymbols, 24);
  const named = items
    .map((item) => ({name: stringAt(strings, item.readUInt32LE(0)), section: item.readUInt16LE(6)}))
    .filter(({name}) => name !== '');
  return {
    defined: named.filter(({section}) => section !== 0).map(({name}) => name),
    undefined: named.filter(({section}) => section === 0).map(({name}) => name),
  };
}
