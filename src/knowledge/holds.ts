import type {FlagCondition} from '../model/service.js';
import {globMatches} from '../text/glob.js';

import type {ParsedOptions} from './options.js';

/** Whether a condition holds; `maybe` when the command line does not decide it. */
export type Holds = 'yes' | 'no' | 'maybe';

export function holds(condition: FlagCondition, options: ParsedOptions): Holds {
  const answers = [
    ...condition.all.map((member) => given(member, options)),
    ...condition.none.map((member) => not(given(member, options))),
  ];
  if (answers.includes('no')) return 'no';
  return answers.includes('maybe') ? 'maybe' : 'yes';
}

const not = (answer: Holds): Holds => (answer === 'yes' ? 'no' : answer === 'no' ? 'yes' : 'maybe');

/** One member of a condition: any of its alternatives given? */
function given(member: string, options: ParsedOptions): Holds {
  const answers = member.split('|').map((alternative) => givenOption(alternative, options));
  if (answers.includes('yes')) return 'yes';
  return answers.includes('maybe') ? 'maybe' : 'no';
}

function givenOption(alternative: string, options: ParsedOptions): Holds {
  const at = alternative.indexOf('=');
  const name = at === -1 ? alternative : alternative.slice(0, at);
  const glob = at === -1 ? '*' : alternative.slice(at + 1);
  if (options.given.get(name)?.some((value) => globMatches(glob, value)) === true) return 'yes';
  return options.open || options.doubtful.has(name) ? 'maybe' : 'no';
}
