import {readModeMap} from '../freebsd/mode-map.js';
import type {Evidence} from '../model/evidence.js';
import type {ObjectMode} from '../model/mode.js';
import {MODE_LIBPCAP, MODE_MAP, objectPath} from '../model/mode.js';
import {read} from '../model/reading.js';

import type {ModeChanges} from './mode-changes.js';

/** The evidence as it would be once they are there: what the gate judges. */
export function afterModeChanges(
  evidence: Evidence,
  {map, install}: Pick<ModeChanges, 'map' | 'install'>,
): Evidence {
  const {linking, modes} = evidence;
  if (
    linking === undefined ||
    modes?.state !== 'read' ||
    (map === undefined && install.length === 0)
  )
    return evidence;
  const objects = [
    ...modes.value.objects.filter(({path}) => !install.some(({file}) => file === path)),
    ...install.flatMap(({file, mode, to}) =>
      to === null ? [] : [{path: file, sha256: read(to), ours: mode}],
    ),
  ];
  const made = {...evidence, modes: read({...modes.value, objects})};
  if (map === undefined) return made;
  const after =
    map.to === null
      ? new Map<string, ObjectMode>()
      : (readModeMap(map.to) ?? new Map<string, ObjectMode>());
  const [folder, name] = [
    MODE_MAP.slice(0, MODE_MAP.lastIndexOf('/')),
    MODE_MAP.slice(MODE_MAP.lastIndexOf('/') + 1),
  ];
  const others = linking.libmapFolders.filter(({path}) => path !== folder);
  const own = linking.libmapFolders.find(({path}) => path === folder)?.names;
  const names = own?.state === 'read' ? own.value.filter((one) => one !== name) : [];
  return {
    ...made,
    linking: {
      ...linking,
      libmap: [
        ...linking.libmap.filter(({path}) => path !== MODE_MAP && path !== folder),
        ...(map.to === null ? [] : [{path: MODE_MAP, content: read(map.to)}]),
      ],
      libmapFolders: [
        ...others,
        {path: folder, names: read(map.to === null ? names : [...names, name])},
      ],
    },
    programs: evidence.programs.map((program) => {
      const mode = after.get(program.path);
      if (program.libpcap.state !== 'read') return program;
      const own = mode === undefined ? MODE_LIBPCAP.path : objectPath(mode);
      const isOurs =
        mode !== undefined || program.libpcap.value.startsWith('/usr/local/lib/zbufctl/');
      return isOurs ? {...program, libpcap: read(own)} : program;
    }),
  };
}
