/** What `zbufctl completion SHELL` prints. */
export {loadCompletion, SHELLS} from '../../io/package/completion.js';
