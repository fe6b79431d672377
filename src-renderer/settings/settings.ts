import { defineStore } from 'pinia'
import { computed, ref, shallowRef, type Ref } from 'vue'
import type { AppInfo } from '#contract/application.ts'
import type { VaultState } from '#contract/vault.ts'
import { defaultSettings, type Settings } from '#contract/settings.ts'
import { ask } from '../backend/ask.ts'
import type { EventFeed } from '../backend/event-feed.ts'
import type { ThemeChoice } from '../ui/theme.ts'
import type { Message } from '#contract/messages/message.ts'

/** The user's settings, and what is known about the application and the keychain. */
export const useSettings = defineStore('settings', () => {
  const info = ref<AppInfo | null>(null)
  const stored = ref<Settings>(defaultSettings)
  /** Flags on their way to be stored, oldest first. */
  const leaving = shallowRef<readonly Partial<Settings>[]>([])
  /** With flags as the user set them: a second click undoes the first, stored already or not. */
  const current = computed<Settings>(() => Object.assign({}, stored.value, ...leaving.value) as Settings)
  const vault = ref<VaultState>('ready')
  const systemIsDark = ref(false)
  const systemWantsContrast = ref(false)
  /** Why readings cannot be stored; empty while they can. */
  const storageProblem = ref<Message | null>(null)

  /** Whether shortcuts follow Apple's conventions. */
  const isApple = computed(() => info.value?.platform === 'darwin')
  const theme = computed<ThemeChoice>(() => {
    const { appearance, palette, density } = current.value
    const isDark = appearance === 'system' ? systemIsDark.value : appearance === 'dark'
    return {
      brightness: isDark ? 'dark' : 'light',
      palette: palette === 'standard' && systemWantsContrast.value ? 'highContrast' : palette,
      density,
    }
  })

  /** Follows the system's appearance from now on. */
  function followSystem(): void {
    followQuery('(prefers-color-scheme: dark)', systemIsDark)
    followQuery('(prefers-contrast: more)', systemWantsContrast)
  }

  async function load(): Promise<() => void> {
    const [appInfo, settings, vaultState] = await Promise.all([
      ask('app:info', {}),
      ask('settings:get', {}),
      ask('vault:state', {}),
    ])
    return () => {
      info.value = appInfo
      stored.value = settings
      vault.value = vaultState
      storageProblem.value = appInfo.storageProblem
    }
  }

  function follow(feed: Pick<EventFeed, 'on'>): void {
    feed.on('settings:changed', (settings) => {
      stored.value = settings
    })
    feed.on('vault:changed', (state) => {
      vault.value = state
    })
    feed.on('storage:changed', ({ problem }) => {
      storageProblem.value = problem
    })
  }

  /**
   * Flags are shown at once, and reverted if they cannot be stored; other values are shown once main has accepted them.
   * Rejects with the reason.
   */
  async function set(change: Partial<Settings>): Promise<void> {
    const flags = Object.fromEntries(Object.entries(change).filter(([, value]) => typeof value === 'boolean'))
    leaving.value = [...leaving.value, flags]
    try {
      stored.value = await ask('settings:set', change)
    } finally {
      leaving.value = leaving.value.filter((other) => other !== flags)
    }
  }

  return { info, current, vault, storageProblem, theme, isApple, followSystem, load, follow, set }
})

function followQuery(query: string, answer: Ref<boolean>): void {
  const list = window.matchMedia(query)
  answer.value = list.matches
  list.addEventListener('change', (event) => {
    answer.value = event.matches
  })
}
