import { join } from 'node:path'
import { flipFuses, FuseState, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses'
import type { AfterPackContext, LinuxPackager } from 'electron-builder'

/**
 * The bits in Electron's program that decide what it can be made to do (“Fuses” in Electron's documentation). All are
 * stated, so that a new one is decided and not inherited. Without Node's options `NODE_EXTRA_CA_CERTS` has no effect
 * either: a server's own authority is entered in its settings. The page keeps no cookies: to encrypt them would ask for
 * an entry in the keychain, for nothing. The archive's integrity is looked at on Windows and macOS alone; Linux has no
 * such check.
 */
export const FUSES: Readonly<Record<keyof typeof FuseV1Options, boolean>> = {
  RunAsNode: false,
  EnableCookieEncryption: false,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
  WasmTrapHandlers: true,
}

/**
 * electron-builder's hook: sets the fuses of the program that was just packed, before it is signed. electron-builder's
 * own setting leaves out the fuses that its older library does not know. Throws if Electron has a fuse that is not
 * decided here.
 */
export default async function setFuses({ appOutDir, electronPlatformName, packager }: AfterPackContext): Promise<void> {
  const program = programOf(
    appOutDir,
    electronPlatformName,
    electronPlatformName === 'linux' ? (packager as LinuxPackager).executableName : packager.appInfo.productFilename,
  )
  const present = Object.keys(await fusesOf(program))
  const decided = Object.entries(FUSES).filter(([name]) => present.includes(name))
  await flipFuses(program, {
    version: FuseVersion.V1,
    strictlyRequireAllFuses: true,
    // Changing the program breaks the signature that Electron's has for Apple's processors; codesign is there on macOS
    // alone.
    resetAdHocDarwinSignature: process.platform === 'darwin',
    ...(Object.fromEntries(
      decided.map(([name, isOn]) => [FuseV1Options[name as keyof typeof FuseV1Options], isOn]),
    ) as Record<FuseV1Options, boolean>),
  })
}

/** The path of a packed program, as `@electron/fuses` expects it. */
export function programOf(folder: string, platform: string, name: string): string {
  return join(folder, name + ({ win32: '.exe', darwin: '.app' }[platform] ?? ''))
}

/** The fuses that a packed program has, by name; `null` for one that is neither on nor off. */
export async function fusesOf(program: string): Promise<Readonly<Record<string, boolean | null>>> {
  const { version: _version, ...wire } = await getCurrentFuseWire(program)
  const isOn = (state: unknown): boolean | null =>
    state === FuseState.ENABLE ? true : state === FuseState.DISABLE ? false : null
  return Object.fromEntries(
    Object.entries(wire).map(([index, state]) => [FuseV1Options[Number(index)] ?? index, isOn(state)]),
  )
}
