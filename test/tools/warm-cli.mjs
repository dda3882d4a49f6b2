/**
 * Runs command lines of the built program one after the other in one process: to start Node and
 * load the program anew takes ten times what most commands take. Started by test/e2e/cli.ts.
 */
import {createRequire} from 'node:module';

const {program} = createRequire(import.meta.url)(process.argv[2]);

/** What a process of its own would begin with. */
function settle({cwd, env}) {
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.exitCode = undefined;
}

/** Takes what is written to a stream of this process; the function ends that, and tells all. */
function taken(stream) {
  const chunks = [];
  const {write} = stream;
  stream.write = (chunk, encoding, done) => {
    chunks.push(Buffer.from(chunk, typeof encoding === 'string' ? encoding : undefined));
    const then = typeof encoding === 'function' ? encoding : done;
    if (then !== undefined) setImmediate(then);
    return true;
  };
  return () => {
    stream.write = write;
    stream.removeAllListeners('error');
    return Buffer.concat(chunks).toString();
  };
}

process.on('message', async ({args, ...around}) => {
  settle(around);
  const [stdout, stderr] = [taken(process.stdout), taken(process.stderr)];
  await program(args);
  await new Promise((resolve) => setImmediate(resolve));
  process.send({code: process.exitCode ?? 0, stdout: stdout(), stderr: stderr()});
});
