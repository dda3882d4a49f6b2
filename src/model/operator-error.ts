/**
 * A mistake or a missing thing that only the operator can mend (wrong usage, unreadable input,
 * refused change). Thrown only in cli/, app/ and the readers of io/; everything that can happen to
 * a host is a Failure instead.
 */
export class OperatorError extends Error {
  /**
   * @param message what is wrong, naming the file and line where there is one
   * @param fix what to do next, one sentence
   * @param exitCode the contract's exit code: 2 usage or unreadable input, 5 refused
   */
  constructor(
    message: string,
    readonly fix: string,
    readonly exitCode: 2 | 5 = 2,
  ) {
    super(message);
    this.name = 'OperatorError';
  }
}
