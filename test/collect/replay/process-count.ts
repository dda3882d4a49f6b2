import {spawnSync} from 'node:child_process';

/**
 * A pid namespace of its own: its numbers count what was started in it, and nothing else of the
 * machine.
 */
export const NAMESPACE = [
  ['--pid', '--fork'],
  ['--user', '--map-root-user', '--pid', '--fork'],
].find((flags) => spawnSync('unshare', [...flags, 'true']).status === 0);

/** Programs of one process each, as FreeBSD's own are, where those of the replay are of several. */
export const ONE_PROCESS = {
  rcorder: 'shift 2; for file in "$@"; do echo "$file"; done',
  stat: `case "$1 $2" in
'-f %u %p %N')
	shift 2
	for file in "$@"; do
		if [ -d "$file" ]; then echo "0 40755 $file"; elif [ -f "$file" ]; then echo "0 100644 $file"; fi
	done ;;
*) shift 2; for file in "$@"; do echo "-rw-r--r-- root wheel - 11"; done ;;
esac`,
  ldd: 'exec cat "$root/replay/ldd"',
};
