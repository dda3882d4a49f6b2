import type {Result} from '../../model/failure.js';
import {fail, ok} from '../../model/failure.js';
import type {Message} from '../../model/notify.js';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Posts a message. The URL is a secret: no error text holds it, a redirect is not followed, and it
 * goes over TLS unless it stays on this machine.
 */
export async function post(
  address: string,
  token: string | undefined,
  {headers, body}: Message,
  timeoutMs: number,
): Promise<Result<undefined, string>> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return fail('what the file holds is not an http or https URL');
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
    return fail('the URL is plain http, which would show it to everybody on the way; use https');
  if (url.username !== '' || url.password !== '')
    return fail('the URL has a password in it; put that into the tokenFile');
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        ...headers,
        ...(token === undefined ? {} : {authorization: `Bearer ${token}`}),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    // Whatever it says is not wanted, however long it is.
    await response.body?.cancel();
    return response.ok ? ok(undefined) : fail(`it answered with HTTP status ${response.status}`);
  } catch (error) {
    return fail(reasonOf(error, timeoutMs));
  }
}

/** fetch(3) hides the reason in a cause; its own text may hold the URL. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} seconds`;
  const {cause} = error;
  const code =
    typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : 'the connection failed';
}
