import { dirname, join, resolve } from 'node:path'

/** What has to be known about the running program; `process` has all of it. */
export interface Program {
  readonly platform: string
  readonly execPath: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * The folder beside the program that holds everything in portable mode. The program may be unpacked elsewhere before it
 * starts: an AppImage names itself in `APPIMAGE` (AppImage's documentation, “Environment variables”),
 * electron-builder's portable program its folder in `PORTABLE_EXECUTABLE_DIR`; on macOS the program is deep inside its
 * bundle.
 */
export function portableFolder({ platform, execPath, env }: Program): string {
  return join(besideProgram(platform, execPath, env), 'syncdeck-data')
}

function besideProgram(platform: string, execPath: string, env: Program['env']): string {
  if (env.APPIMAGE) return dirname(env.APPIMAGE)
  if (env.PORTABLE_EXECUTABLE_DIR) return env.PORTABLE_EXECUTABLE_DIR
  return platform === 'darwin' ? resolve(dirname(execPath), '../../..') : dirname(execPath)
}
