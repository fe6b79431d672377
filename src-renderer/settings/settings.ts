import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { AppInfo } from '#contract/application.ts'
import type { VaultState } from '#contract/vault.ts'
import { defaultSettings, type Settings } from '#contract/settings.ts'
import { ask } from '../backend/ask.ts'
import type { EventFeed } from '../backend/event-feed.ts'

/** The user's settings, and what is known of the application and the keychain. */
export const useSettings = defineStore('settings', () => {
  const info = ref<AppInfo | null>(null)
  const current = ref<Settings>(defaultSettings)
  const vault = ref<VaultState>('ready')
  const systemIsDark = ref(false)
  /** Why readings cannot be stored; empty while they can. */
  const storageProblem = ref('')

  /** Whether shortcuts follow Apple's conventions. */
  const isApple = computed(() => info.value?.platform === 'darwin')
  const isDark = computed(() =>
    current.value.appearance === 'system' ? systemIsDark.value : current.value.appearance === 'dark',
  )

  /** Follows the system's appearance from now on. */
  function followSystem(): void {
    const query = window.matchMedia('(prefers-color-scheme: dark)')
    systemIsDark.value = query.matches
    query.addEventListener('change', (event) => {
      systemIsDark.value = event.matches
    })
  }

  async function load(): Promise<() => void> {
    const [appInfo, settings, vaultState] = await Promise.all([
      ask('app:info', {}),
      ask('settings:get', {}),
      ask('vault:state', {}),
    ])
    return () => {
      info.value = appInfo
      current.value = settings
      vault.value = vaultState
      storageProblem.value = appInfo.storageProblem
    }
  }

  function follow(feed: Pick<EventFeed, 'on'>): void {
    feed.on('settings:changed', (settings) => {
      current.value = settings
    })
    feed.on('vault:changed', (state) => {
      vault.value = state
    })
    feed.on('storage:changed', ({ problem }) => {
      storageProblem.value = problem
    })
  }

  async function set(change: Partial<Settings>): Promise<void> {
    current.value = await ask('settings:set', change)
  }

  return { info, current, vault, storageProblem, isDark, isApple, followSystem, load, follow, set }
})
