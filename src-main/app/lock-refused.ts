import { readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/**
 * Why Electron did not give the lock of a profile: `running`: another Syncdeck holds it; `impossible`: the folder
 * cannot hold a lock, as on a FAT file system; `elsewhere`: it was taken under another name of this computer, or by
 * another computer. Electron says `false` for all of them. Chromium's lock is a symbolic link named `SingletonLock`, to
 * “host name-process id” (`process_singleton_posix.cc`); Windows has none, nor has the Chromium host.
 */
export function whyLockRefused(
  folder: string,
  isElectron: boolean,
  platform: string,
): 'running' | 'impossible' | 'elsewhere' {
  if (!isElectron || platform === 'win32') return 'running'
  try {
    const holder = readlinkSync(join(folder, 'SingletonLock'))
    return holder.slice(0, holder.lastIndexOf('-')) === hostname() ? 'running' : 'elsewhere'
  } catch {
    return 'impossible'
  }
}
