import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { until } from '../until.ts'

/** A real Secret Service on its own message bus, with an empty, unlocked keyring. */
export interface Keyring {
  /** What a program needs in its environment to meet this keyring, and no other. */
  readonly env: Readonly<Record<string, string>>
  /** Locks the keyring, as a user does. */
  lock(): Promise<void>
  stop(): Promise<void>
}

/** The environment of a computer without any keychain. */
export const NO_KEYRING: Readonly<Record<string, string>> = {
  DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus',
}

const COLLECTION = '/org/freedesktop/secrets/collection/login'

/** Starts a message bus and GNOME Keyring on it. */
export async function startKeyring(): Promise<Keyring> {
  const folder = mkdtempSync(join(tmpdir(), 'syncdeck-keyring-'))
  for (const name of ['data', 'run']) mkdirSync(join(folder, name), { mode: 0o700 })
  writeFileSync(join(folder, 'bus.conf'), busConfiguration(join(folder, 'bus')))
  const bus = spawn('dbus-daemon', [`--config-file=${join(folder, 'bus.conf')}`, '--nofork', '--print-address=1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const address = await firstLine(bus)
  const env = {
    DBUS_SESSION_BUS_ADDRESS: address,
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
    HOME: folder,
  }
  const daemon = spawn('gnome-keyring-daemon', ['--unlock', '--components=secrets', '--foreground'], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  daemon.stdin.end('password of the keyring')
  await until('the Secret Service offers its keyring', () => hasKeyring(env))
  return {
    env,
    lock: async () => {
      const { status, stderr } = call(env, 'org.freedesktop.Secret.Service.Lock', `array:objpath:${COLLECTION}`)
      if (status !== 0) throw new Error(`The keyring was not locked: ${stderr}`)
    },
    stop: async () => {
      for (const child of [daemon, bus]) await end(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A session bus that starts no services: one asked too early would start a second keyring beside the test's. */
function busConfiguration(socket: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>`
}

function call(env: Readonly<Record<string, string>>, ...message: string[]) {
  return spawnSync(
    'dbus-send',
    ['--session', '--print-reply', '--dest=org.freedesktop.secrets', '/org/freedesktop/secrets', ...message],
    {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    },
  )
}

/** The service answers a moment before its keyring is there. */
function hasKeyring(env: Readonly<Record<string, string>>): boolean {
  const { status, stdout } = spawnSync(
    'dbus-send',
    [
      '--session',
      '--print-reply',
      '--dest=org.freedesktop.secrets',
      COLLECTION,
      'org.freedesktop.DBus.Properties.Get',
      'string:org.freedesktop.Secret.Collection',
      'string:Locked',
    ],
    { env: { ...process.env, ...env }, encoding: 'utf8' },
  )
  return status === 0 && stdout.includes('boolean false')
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) return reject(new Error('No output to read'))
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('exit', (code) => reject(new Error(`The message bus ended with code ${code}`)))
  })
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}
