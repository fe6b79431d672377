import { defineStore } from 'pinia'
import { computed, ref, shallowRef, triggerRef } from 'vue'
import * as v from 'valibot'
import type { ServerId } from '#contract/ids.ts'
import type { Server } from '#contract/servers.ts'
import {
  refId,
  synchronizationRowSchema,
  type SynchronizationDelta,
  type SynchronizationRef,
  type SynchronizationRow,
} from '#contract/synchronizations.ts'
import { answered, ask } from '../backend/ask.ts'
import type { EventFeed } from '../backend/event-feed.ts'
import { CountsByServer, type HealthCounts } from './health-counts.ts'

/** When what a row shows was read: one that took part in its server's last reading is as old as that. Epoch ms. */
export function readAtOf({ source, fetchedAt }: SynchronizationRow, server: Pick<Server, 'reach'> | undefined): number {
  return source === 'live' ? Math.max(fetchedAt, server?.reach.lastReadAt ?? 0) : fetchedAt
}

/** Rows checked in one go: a few milliseconds of work. */
const ROWS_AT_ONCE = 500
const rowsSchema = v.array(synchronizationRowSchema)
const jsonSchema = v.pipe(v.string(), v.parseJson(), v.array(v.unknown()))

/** The rows of a list, all checked, with room in between for what else the window has to do. */
async function rowsOf(json: string): Promise<SynchronizationRow[]> {
  const given = answered('synchronizations:list', jsonSchema, json)
  const rows: SynchronizationRow[] = []
  for (let from = 0; from < given.length; from += ROWS_AT_ONCE) {
    if (from > 0) await new Promise((resolve) => setTimeout(resolve))
    rows.push(...answered('synchronizations:list', rowsSchema, given.slice(from, from + ROWS_AT_ONCE)))
  }
  return rows
}

/**
 * All rows of all servers. Rows are plain objects that are replaced, never changed: with tens of thousands, making each
 * reactive would cost more than everything else.
 */
export const useSynchronizations = defineStore('synchronizations', () => {
  const rows = shallowRef(new Map<string, SynchronizationRow>())

  const counts = shallowRef(new CountsByServer())

  /** The expected number of rows while only the first are loaded. */
  const expected = ref<number | null>(null)
  const total = computed(() => expected.value ?? rows.value.size)

  /** `ofTotal`: the list has only the first of this many. */
  function replace(list: SynchronizationRow[], ofTotal: number | null = null): void {
    rows.value = new Map(list.map((row) => [refId(row), row]))
    counts.value = new CountsByServer(list)
    expected.value = ofTotal
  }

  function apply({ put, removed }: SynchronizationDelta): void {
    for (const row of put) {
      counts.value.replace(find(row), row)
      rows.value.set(refId(row), row)
    }
    for (const ref of removed) {
      counts.value.replace(find(ref), undefined)
      rows.value.delete(refId(ref))
    }
    triggerRef(rows)
    triggerRef(counts)
  }

  function find(ref: SynchronizationRef): SynchronizationRow | undefined {
    return rows.value.get(refId(ref))
  }

  /** How many synchronizations of a server are in which health. */
  function countsOf(serverId: ServerId): HealthCounts {
    return counts.value.of(serverId)
  }

  /** The current list, or its first `most` rows, with the place of this reading among the events. */
  async function load(
    most: number | null,
  ): Promise<{ readonly rows: SynchronizationRow[]; readonly sequence: number }> {
    const { rows: json, sequence } = await ask('synchronizations:list', most === null ? {} : { most })
    return { rows: await rowsOf(json), sequence }
  }

  function follow(feed: Pick<EventFeed, 'on'>): void {
    feed.on('synchronizations:changed', apply)
  }

  return { rows, total, replace, apply, find, countsOf, load, follow }
})
