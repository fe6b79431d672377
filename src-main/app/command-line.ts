import { message, type Message } from '#contract/messages/message.ts'

/** The exit code for a command line that is not understood (`EX_USAGE` of `sysexits.h`). */
export const USAGE_EXIT_CODE = 64

/** Syncdeck's own switches, in the order in which they are listed. */
export const OWN_SWITCHES = ['demo', 'portable', 'read-only', 'self-check', 'user-data-dir'] as const

/**
 * Switches of Chromium and Electron that concern screens, graphics, the log and the keychain, and that people need on
 * some computers. The others are refused: many weaken the page or run another program, and a misspelt one of our own
 * would have no effect that anybody notices.
 */
const PLATFORM_SWITCHES = new Set([
  'allow-file-access-from-files', // Added by Chromium itself where a second start reports to the first.
  'class',
  'disable-dev-shm-usage',
  'disable-features',
  'disable-gpu',
  'disable-gpu-compositing',
  'disable-gpu-sandbox',
  'disable-renderer-backgrounding',
  'disable-setuid-sandbox',
  'disable-software-rasterizer',
  'display',
  'enable-features',
  'enable-logging',
  'enable-wayland-ime',
  'force-device-scale-factor',
  'force-renderer-accessibility',
  'force_high_performance_gpu',
  'force_low_power_gpu',
  'gtk-version',
  'high-dpi-support',
  'lang',
  'log-file',
  'log-level',
  'log-net-log',
  'name',
  'no-sandbox',
  'no-stdio-init',
  'no-xshm',
  'original-process-start-time',
  'ozone-platform',
  'ozone-platform-hint',
  'password-store',
  'self-check-run', // By which `--self-check` starts the program that is checked.
  'use-angle',
  'use-gl',
  'v',
  'vmodule',
  'wayland-text-input-version',
  'xdg-portal-required-version',
])

/**
 * Switches by which somebody else could control the page or the main process. A test driver and the developer's tools
 * use them with a program that is not packaged.
 */
const DEBUGGING_SWITCHES = [
  'auto-open-devtools-for-tabs',
  'inspect',
  'inspect-brk',
  'inspect-brk-node',
  'inspect-port',
  'inspect-publish-uid',
  'js-flags',
  'remote-allow-origins',
  'remote-debugging-address',
  'remote-debugging-pipe',
  'remote-debugging-port',
]

/** What has to be known of the program. */
export interface Started {
  readonly isPackaged: boolean
  /** Whether Chromium has understood a switch: on Windows it also takes `/name`, and everywhere `-name`. */
  readonly hasSwitch: (name: string) => boolean
}

/**
 * Why Syncdeck does not start with these arguments; null if it does. A packaged program does not let itself be debugged.
 * Otherwise only what begins with two hyphens is looked at: desktops add words and options of their own, such as
 * `-psn_0_1` on macOS.
 */
export function refusalOf(args: readonly string[], { isPackaged, hasSwitch }: Started): Message | null {
  const debugging = isPackaged
    ? DEBUGGING_SWITCHES.filter((name) => hasSwitch(name) || switchesIn(args).includes(name))
    : []
  if (debugging.length > 0) return message('shell.switches.debugging', { switches: listed(debugging) })
  const unknown = switchesIn(args).filter(
    (name) =>
      !OWN_SWITCHES.some((own) => own === name) && !PLATFORM_SWITCHES.has(name) && !DEBUGGING_SWITCHES.includes(name),
  )
  return unknown.length === 0
    ? null
    : message('shell.switches.unknown', { switches: listed(unknown), known: listed(OWN_SWITCHES) })
}

/** The names of the switches among the arguments, each once; what follows a lone `--` is none. */
function switchesIn(args: readonly string[]): string[] {
  const end = args.indexOf('--')
  const names = args.slice(0, end < 0 ? undefined : end).flatMap((arg) => /^--([^=]+)/.exec(arg)?.[1] ?? [])
  return [...new Set(names)]
}

function listed(names: readonly string[]): string {
  return names.map((name) => `--${name}`).join(', ')
}
