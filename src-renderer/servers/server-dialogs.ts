import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { ServerId } from '#contract/ids.ts'
import { useServers } from './servers.ts'

/**
 * Which server's dialogs are open. The window shows them, not the component that opened them: a notice disappears once
 * its server answers, and its dialog must stay.
 */
export const useServerDialogs = defineStore('server-dialogs', () => {
  const servers = useServers()
  /** A server's id, `new` for a new server, or none. */
  const editing = ref<string | null>(null)
  const isImporting = ref(false)
  /** The servers of the test of several; null while it is not open. */
  const testing = ref<readonly string[] | null>(null)
  const diagnosing = ref<string | null>(null)
  const diagnosed = computed(() => (diagnosing.value === null ? undefined : servers.byId.get(diagnosing.value)))

  const noting = ref<string | null>(null)
  /** The server whose tags and note are edited. */
  const noted = computed(() => (noting.value === null ? undefined : servers.byId.get(noting.value)))

  const judging = ref<string | null>(null)
  /** The server that the copy question, or the permission to start, is about; none once there are no signs any more. */
  const judged = computed(() => {
    const server = judging.value === null ? undefined : servers.byId.get(judging.value)
    return server?.copyGuard === undefined ? undefined : server
  })
  const stoppingAt = ref<string | null>(null)
  /** The server on which to stop everything. */
  const stopping = computed(() => (stoppingAt.value === null ? undefined : servers.byId.get(stoppingAt.value)))

  function judge(serverId: ServerId): void {
    judging.value = serverId
  }

  function closeJudging(): void {
    judging.value = null
  }

  function stopAll(serverId: ServerId): void {
    stoppingAt.value = serverId
  }

  function closeStopping(): void {
    stoppingAt.value = null
  }

  function add(): void {
    editing.value = 'new'
  }

  function edit(serverId: ServerId): void {
    editing.value = serverId
  }

  function diagnose(serverId: ServerId): void {
    diagnosing.value = serverId
  }

  function note(serverId: ServerId): void {
    noting.value = serverId
  }

  function closeNote(): void {
    noting.value = null
  }

  function importList(): void {
    isImporting.value = true
  }

  /** Closes the import; the servers that it added, if any, can be tested. */
  function endImport(added: readonly string[] = []): void {
    isImporting.value = false
    if (added.length > 0) test(added)
  }

  function test(serverIds: readonly ServerId[]): void {
    testing.value = serverIds
  }

  function closeTest(): void {
    testing.value = null
  }

  function closeEditing(): void {
    editing.value = null
  }

  function closeDiagnosis(): void {
    diagnosing.value = null
  }

  return {
    editing,
    diagnosed,
    noted,
    judged,
    stopping,
    isImporting,
    testing,
    add,
    edit,
    diagnose,
    note,
    judge,
    closeJudging,
    stopAll,
    closeStopping,
    closeNote,
    importList,
    endImport,
    test,
    closeTest,
    closeEditing,
    closeDiagnosis,
  }
})
