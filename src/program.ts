import {fileURLToPath} from 'node:url';

/** What follows the door (main.ts): loaded when neither the version nor help was asked for. */
export async function program(argv: readonly string[]): Promise<void> {
  const [first, ...rest] = argv;
  // A shell that waits for a Tab: everything oclif does would take four times as long.
  if (first === '__complete') {
    const {complete} = await import('./cli/completion/complete.js');
    process.stdout.write(await complete(rest, process.env).catch(() => ''));
    return;
  }
  const {runCli} = await import('./cli/run-cli.js');
  await runCli([...argv], fileURLToPath(import.meta.url));
}

/** What the door could not write: because nobody reads yet, or because of what is told then. */
export async function say(answer: string, error: unknown): Promise<void> {
  const {noticeLoss} = await import('./cli/terminal/stdout-gone.js');
  process.stdout.on('error', noticeLoss);
  if (codeOf(error) === 'EAGAIN') process.stdout.write(answer);
  else if (error instanceof Error) noticeLoss(error);
}

const codeOf = (error: unknown): unknown => (error as {readonly code?: unknown} | null)?.code;
