import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { EventFeed } from '../backend/event-feed.ts'

/** Changes whenever the audit trail does; views of the trail reload then. */
export const useAuditVersion = defineStore('audit-version', () => {
  const version = ref(0)

  function advance(): void {
    version.value += 1
  }

  /** Entries may have been added while events were lost. */
  function load(): Promise<() => void> {
    return Promise.resolve(advance)
  }

  function follow(feed: Pick<EventFeed, 'on'>): void {
    feed.on('audit:changed', advance)
  }

  return { version, load, follow }
})
