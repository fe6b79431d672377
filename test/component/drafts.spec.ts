import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useDrafts } from '../../src-renderer/panel/drafts.ts'
import { stubBridge } from './support.ts'

const ref = { serverId: 's1', key: 'INT-2' }
const base = { summary: 'A <> B', description: 'Old' }

let asked: ReturnType<typeof stubBridge>
beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  asked = stubBridge()
})
afterEach(async () => {
  // Anything not stored yet would be stored with the next test's window.
  await vi.runAllTimersAsync()
  vi.useRealTimers()
})

/** What was stored last, once typing has paused. */
async function stored(): Promise<unknown> {
  await vi.advanceTimersByTimeAsync(300)
  return asked.filter(({ channel }) => channel === 'drafts:set').at(-1)?.args
}

describe('a draft', () => {
  it('holds the fields that differ from their base; one that is back there is no change any more', async () => {
    const drafts = useDrafts()
    drafts.set(ref, base, 'summary', 'New')
    drafts.set(ref, base, 'description', 'Newer')
    expect(drafts.get(ref)).toEqual({ base, values: { summary: 'New', description: 'Newer' } })
    drafts.set(ref, base, 'summary', 'A <> B')
    expect(drafts.get(ref)).toEqual({ base, values: { description: 'Newer' } })
    drafts.set(ref, base, 'description', 'Old')
    expect(drafts.get(ref)).toBeUndefined()
    expect(await stored()).toEqual({ ref, draft: null })
  })

  it('keeps the base it began with, whatever the server shows meanwhile', () => {
    const drafts = useDrafts()
    drafts.set(ref, base, 'summary', 'New')
    drafts.set(ref, { ...base, description: 'By somebody else' }, 'description', 'By somebody else')
    expect(drafts.get(ref)).toEqual({ base, values: { summary: 'New', description: 'By somebody else' } })
  })

  it('takes its changes back one by one, and none where nothing was changed', () => {
    const drafts = useDrafts()
    expect(drafts.canUndo(ref)).toBe(false)
    drafts.set(ref, base, 'summary', 'New')
    drafts.set(ref, base, 'summary', 'Newer')
    drafts.undo(ref)
    expect(drafts.get(ref)?.values).toEqual({ summary: 'New' })
    expect(drafts.canUndo(ref)).toBe(true)
    drafts.undo(ref)
    expect([drafts.get(ref), drafts.canUndo(ref)]).toEqual([undefined, false])
    drafts.undo(ref)
    expect(drafts.get(ref)).toBeUndefined()
  })

  it('drops what the server has by now, and keeps the rest', async () => {
    const drafts = useDrafts()
    drafts.set(ref, base, 'summary', 'New')
    drafts.set(ref, base, 'description', 'Newer')
    drafts.prune(ref, { summary: 'New', description: 'Old' })
    // Nor is it a change by somebody else that the rest would have to be compared with.
    const rest = { base: { ...base, summary: 'New' }, values: { description: 'Newer' } }
    expect(drafts.get(ref)).toEqual(rest)
    expect(await stored()).toEqual({ ref, draft: rest })
    const before = asked.length
    drafts.prune(ref, { summary: 'New', description: 'Old' })
    drafts.prune({ ...ref, key: 'INT-3' }, base)
    await stored()
    expect(asked).toHaveLength(before)
  })

  it('is stored once typing has paused, and before the window closes', async () => {
    const drafts = useDrafts()
    drafts.set(ref, base, 'summary', 'N')
    await vi.advanceTimersByTimeAsync(299)
    drafts.set(ref, base, 'summary', 'New')
    await vi.advanceTimersByTimeAsync(299)
    expect(asked).toEqual([])
    window.dispatchEvent(new Event('pagehide'))
    await flushPromises()
    expect(asked.map(({ args }) => args)).toEqual([{ ref, draft: { base, values: { summary: 'New' } } }])
    await stored()
    expect(asked).toHaveLength(1)
  })

  it('of another synchronization is another one', () => {
    const drafts = useDrafts()
    drafts.set(ref, base, 'summary', 'New')
    expect([drafts.get({ ...ref, key: 'INT-3' }), drafts.get({ ...ref, serverId: 's2' })]).toEqual([
      undefined,
      undefined,
    ])
  })

  it('stays while it is applied and where that failed, and is gone once it got through', () => {
    const drafts = useDrafts()
    drafts.set(ref, base, 'summary', 'New')
    drafts.sent(ref, 't1')
    expect(drafts.applying.size).toBe(1)
    drafts.settle(ref, false)
    expect([drafts.get(ref)?.values, drafts.applying.size]).toEqual([{ summary: 'New' }, 0])
    drafts.sent(ref, 't2')
    drafts.settle(ref, true)
    expect([drafts.get(ref), drafts.canUndo(ref)]).toEqual([undefined, false])
  })

  it('keeps what was typed while it was applied, over what the server has since', () => {
    const drafts = useDrafts()
    drafts.set(ref, base, 'summary', 'New')
    drafts.sent(ref, 't1')
    drafts.set(ref, base, 'description', 'Half an hour of typing')
    drafts.settle(ref, true)
    expect(drafts.get(ref)).toEqual({
      base: { ...base, summary: 'New' },
      values: { description: 'Half an hour of typing' },
    })
  })

  it('keeps a field that was put back while it was applied, as a change now', () => {
    const drafts = useDrafts()
    drafts.set(ref, base, 'summary', 'New')
    drafts.sent(ref, 't1')
    drafts.set(ref, base, 'summary', 'A <> B')
    drafts.set(ref, base, 'description', 'Newer')
    drafts.settle(ref, true)
    expect(drafts.get(ref)).toEqual({
      base: { ...base, summary: 'New' },
      values: { summary: 'A <> B', description: 'Newer' },
    })
  })

  it('puts nothing back that a reading showed before the task had ended', () => {
    const drafts = useDrafts()
    drafts.set(ref, base, 'summary', 'New')
    drafts.sent(ref, 't1')
    drafts.set(ref, base, 'description', 'Newer')
    drafts.prune(ref, { ...base, summary: 'New' })
    drafts.settle(ref, true)
    expect(drafts.get(ref)).toEqual({ base: { ...base, summary: 'New' }, values: { description: 'Newer' } })
  })

  it('that was discarded while it was applied leaves nothing', () => {
    const drafts = useDrafts()
    drafts.set(ref, base, 'summary', 'New')
    drafts.sent(ref, 't1')
    drafts.discard(ref)
    drafts.settle(ref, true)
    expect(drafts.get(ref)).toBeUndefined()
  })

  it('never stores an address that holds a password', async () => {
    const drafts = useDrafts()
    drafts.set(ref, base, 'description', 'See https://anna:canary@jira.example')
    await stored()
    expect(asked.map(({ args }) => args)).toEqual([{ ref, draft: null }])
    drafts.set(ref, base, 'summary', 'New')
    expect(await stored()).toEqual({ ref, draft: { base, values: { summary: 'New' } } })
  })

  it('that was kept over a restart is there again', async () => {
    asked = stubBridge({ 'drafts:list': () => [{ ...ref, draft: { base, values: { summary: 'New' } } }] })
    const drafts = useDrafts()
    const fill = await drafts.load()
    expect(drafts.get(ref)).toBeUndefined()
    fill()
    expect(drafts.get(ref)?.values).toEqual({ summary: 'New' })
  })
})
