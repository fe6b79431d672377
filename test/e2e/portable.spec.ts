import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { startKeyring } from '../../tools/keyring/keyring.ts'
import { electronExecutable, launchSyncdeck } from '../../tools/launch/launch-syncdeck.ts'
import { scratchFolder } from '../support/scratch.ts'

/** Starts a program in its own folder, with another folder for the user's data. */
async function startOnStick(stick: string, home: string, switches: readonly string[] = []): Promise<void> {
  const keyring = await startKeyring()
  onTestFinished(() => keyring.stop())
  const app = await launchSyncdeck({
    userData: null,
    switches,
    env: { ...keyring.env, APPIMAGE: join(stick, 'Syncdeck.AppImage'), XDG_CONFIG_HOME: home },
  })
  onTestFinished(() => app.kill().catch(() => undefined))
  await app.page.getByText('Syncdeck', { exact: true }).waitFor()
  await app.quit()
}

it.runIf(process.platform === 'linux')(
  'portable: all that is kept is beside the program, and nothing is elsewhere',
  async () => {
    const [stick, home] = [scratchFolder(), scratchFolder()]
    await startOnStick(stick, home, ['--portable'])
    expect(readdirSync(stick)).toEqual(['syncdeck-data'])
    expect(existsSync(join(stick, 'syncdeck-data/state.db'))).toBe(true)
    if (electronExecutable() === null) expect(readdirSync(home)).not.toContain('Syncdeck')
    // From now on the folder says so.
    await startOnStick(stick, home)
    if (electronExecutable() === null) expect(readdirSync(home)).not.toContain('Syncdeck')
  },
)

it.runIf(process.platform === 'linux')(
  'beside a program where nobody may write, it is told why, and ends',
  async () => {
    const stick = scratchFolder()
    // A file cannot hold a folder, not even for root.
    writeFileSync(join(stick, 'read-only'), '')
    const start = startOnStick(join(stick, 'read-only'), scratchFolder(), ['--portable'])
    await expect(start).rejects.toThrow(
      /ended with code 1[^]*cannot keep its data next to the program[^]*syncdeck-data/,
    )
  },
)

it.runIf(process.platform === 'linux')(
  'without the folder and the switch, nothing is put beside the program',
  async () => {
    const [stick, home] = [scratchFolder(), scratchFolder()]
    mkdirSync(home, { recursive: true })
    await startOnStick(stick, home)
    expect(readdirSync(stick)).toEqual([])
    expect(existsSync(join(home, 'Syncdeck/state.db'))).toBe(true)
  },
)
