/**
 * A text as a string of awk, inside single quotes of sh(1). What is not printable ASCII becomes a
 * question mark.
 */
export const awkString = (text: string): string =>
  `"${text
    .replaceAll(/[^ -~]/g, '?')
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll("'", String.raw`\047`)}"`;
