import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { useServers } from './servers.ts'

/**
 * Which server's dialogs are open. They are shown by the window, not by what led to them: the notice about a server goes away once
 * it answers, and the dialog must not go with it.
 */
export const useServerDialogs = defineStore('server-dialogs', () => {
  const servers = useServers()
  /** A server's id, `new` for one more, or none. */
  const editing = ref<string | null>(null)
  const diagnosing = ref<string | null>(null)
  const diagnosed = computed(() => (diagnosing.value === null ? undefined : servers.byId.get(diagnosing.value)))

  function add(): void {
    editing.value = 'new'
  }

  function edit(serverId: string): void {
    editing.value = serverId
  }

  function diagnose(serverId: string): void {
    diagnosing.value = serverId
  }

  function closeEditing(): void {
    editing.value = null
  }

  function closeDiagnosis(): void {
    diagnosing.value = null
  }

  return { editing, diagnosed, add, edit, diagnose, closeEditing, closeDiagnosis }
})
