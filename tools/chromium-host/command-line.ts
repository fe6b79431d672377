import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** The command line of the host: the application's folder, then switches as Electron and Chromium know them. */
export interface CommandLine {
  readonly appFolder: string
  readonly switches: ReadonlyMap<string, string>
}

export function parseCommandLine(args: readonly string[]): CommandLine {
  const [appFolder, ...rest] = args
  if (appFolder === undefined) throw new Error('Name the folder of the application')
  const switches = rest.map((arg): [string, string] => {
    const [, name, value] = /^--([^=]+)=?(.*)$/s.exec(arg) ?? []
    if (name === undefined) throw new Error(`Not a switch: ${arg}`)
    return [name, value ?? '']
  })
  return { appFolder: resolve(appFolder), switches: new Map(switches) }
}

/** As Electron: the switch, else a folder named after the product in the user's configuration. */
export function userDataFolder({ switches }: CommandLine, productName: string): string {
  const given = switches.get('user-data-dir')
  if (given) return resolve(given)
  return join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), productName)
}
