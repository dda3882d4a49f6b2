import type {ServerChannel} from 'ssh2';

/** Noise that is neither text nor a record: every byte value, over and over. */
const NOISE = Buffer.from(Array.from({length: 32768}, (_, i) => i % 256));

/** Sends so many bytes as fast as the other side takes them, then ends as if all were well. */
export function flood(channel: ServerChannel, bytes: number): void {
  let left = bytes;
  const send = (): void => {
    while (left > 0 && !channel.destroyed) {
      const chunk = NOISE.subarray(0, Math.min(left, NOISE.length));
      left -= chunk.length;
      if (!channel.write(chunk)) {
        channel.once('drain', send);
        return;
      }
    }
    channel.exit(0);
    channel.end();
  };
  send();
}
