import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { EventPayload } from '#contract/contract.ts'
import type { ServerTested, TestStep } from '#contract/diagnosis.ts'
import type { Server } from '#contract/servers.ts'
import { ask } from '../backend/ask.ts'
import type { EventFeed } from '../backend/event-feed.ts'

/** Servers that need action. */
export type ServerTrouble = 'blocked' | 'no-credential' | 'unreachable' | 'failing' | null

/** The servers, in the user's order. Mirrors the main process's registry, with what is known about each. */
export const useServers = defineStore('servers', () => {
  const list = ref<Server[]>([])
  const testSteps = ref<Record<string, TestStep[]>>({})
  /** The results of tests of several: by test, then by server. */
  const tested = ref<Record<string, Record<string, ServerTested>>>({})

  const byId = computed(() => new Map(list.value.map((server) => [server.id, server])))
  const isAnyAsking = computed(() => list.value.some((server) => server.reach.isAsking))
  const hasDemo = computed(() => list.value.some((server) => server.isDemo))
  const troubled = computed(() => list.value.filter((server) => troubleOf(server) !== null))

  function replace(servers: Server[]): void {
    list.value = servers
  }

  function apply({ put, order }: EventPayload<'servers:changed'>): void {
    const next = new Map([...list.value, ...put].map((server) => [server.id, server]))
    list.value = (order ?? list.value.map(({ id }) => id)).flatMap((id) => next.get(id) ?? [])
  }

  function takeTestStep({ testId, step }: EventPayload<'servers:test-step'>): void {
    const steps = testSteps.value[testId] ?? []
    const index = steps.findIndex((known) => known.step === step.step)
    testSteps.value = {
      ...testSteps.value,
      [testId]: index === -1 ? [...steps, step] : steps.with(index, step),
    }
  }

  function takeTested({ testId, tested: result }: EventPayload<'servers:tested'>): void {
    tested.value = { ...tested.value, [testId]: { ...tested.value[testId], [result.serverId]: result } }
  }

  async function load(): Promise<() => void> {
    const servers = await ask('servers:list', {})
    return () => replace(servers)
  }

  function follow(feed: Pick<EventFeed, 'on'>): void {
    feed.on('servers:changed', apply)
    feed.on('servers:test-step', takeTestStep)
    feed.on('servers:tested', takeTested)
  }

  return {
    list,
    byId,
    isAnyAsking,
    hasDemo,
    troubled,
    testSteps,
    tested,
    replace,
    apply,
    takeTestStep,
    takeTested,
    load,
    follow,
  }
})

export function troubleOf(server: Server): ServerTrouble {
  if (server.access.state === 'blocked') return 'blocked'
  if (server.credential === null || server.credential.kept === 'missing') return 'no-credential'
  if (server.reach.state === 'unreachable') return 'unreachable'
  return server.reach.error === null ? null : 'failing'
}

/** Whether a server is blocked until the user acts. */
export function needsUser(server: Server): boolean {
  return ['blocked', 'no-credential'].includes(troubleOf(server) ?? '')
}

/** Whether a server's rows only show its last known state. */
export function isStale(server: Server | undefined): boolean {
  return server === undefined || troubleOf(server) !== null
}
