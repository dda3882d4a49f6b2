import type {Result} from '../../model/failure.js';
import {fail, ok} from '../../model/failure.js';

import type {CannotBuild} from './native-build.js';
import type {NativeProbe} from './native-probe.js';

type Loader = () => Promise<{readonly loadNativeProbe: (path: string) => NativeProbe}>;

/**
 * Loads the library through koffi. That package is optional (package.json): an installation without
 * it, or without its part for this system, can do everything else.
 */
export async function openProbe(
  path: string,
  load: Loader = async () => import('./native-probe.js'),
): Promise<Result<NativeProbe, CannotBuild>> {
  const module = await load().catch((error: unknown) => {
    if (error instanceof Error && /\bkoffi\b/i.test(error.message)) return error;
    throw error;
  });
  return module instanceof Error
    ? fail({...WITHOUT_KOFFI, detail: module.message})
    : ok(module.loadNativeProbe(path));
}

const WITHOUT_KOFFI: CannotBuild = {
  message: 'koffi is not installed, with which zbufctl calls its native library on this machine',
  fix: 'Install zbufctl again with its optional packages (npm install -g --include=optional), or name a host instead of --local.',
};
