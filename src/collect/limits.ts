/**
 * What a host may say at most. More than a thousand times what an ordinary one does, and little
 * enough to hold.
 */
export const LIMITS = {
  /** Bytes of the whole stream. */
  stream: 8 * 1024 * 1024,
  /** Lines of the whole stream. */
  allLines: 600_000,
  sections: 4096,
  /**
   * Bytes and lines of the sections in which people's own words stand: each of these is looked
   * through for secrets.
   */
  freeText: 1536 * 1024,
  freeLines: 50_000,
  /** Lines of one section. */
  lines: 300_000,
  /** Bytes of one line; a configuration file of 256 KiB may be a single one. */
  line: 300 * 1024,
  /** Bytes a shell's start-up files may print before the first record. */
  noise: 64 * 1024,
  /** Entries of one list: variables, scripts, assignments, programs. */
  entries: 10_000,
  /**
   * Open BPF descriptors in one list. The collector prints no more (templates/collect), nor of the
   * next three.
   */
  descriptors: 1024,
  /** Processes that capture, and their relatives. */
  processes: 512,
  /** Processes whose memory map is read. */
  maps: 128,
  /** Mappings of one process. */
  mappings: 4096,
  /** Mappings of all of them together; those that come first decide most. */
  allMappings: 60_000,
  /** Files libmap.conf(5) names, and as many folders. */
  libmaps: 128,
  /** Lines of one of them, and names in one folder. */
  libmapLines: 1000,
  /** Characters of one short value: a name, a version, a path. */
  word: 1024,
  /** Characters of a table's line that ends in a path; PATH_MAX is 1024. */
  path: 1536,
  /** Characters of one process's arguments, or of one rc variable. */
  text: 8192,
} as const;
