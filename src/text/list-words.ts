/** Words as a sentence lists them: "sudo, doas and su". */
export const listWords = (words: readonly string[], joint: 'and' | 'or' = 'and'): string =>
  words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} ${joint} ${words.at(-1) ?? ''}`;
