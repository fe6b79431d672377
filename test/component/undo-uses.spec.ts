import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { describe, expect, it, vi } from 'vitest'
import { shallowRef } from 'vue'
import type { Conflict } from '../../src-contract/conflicts.ts'
import type { ApplyResult, Draft } from '../../src-contract/editing.ts'
import type { Snooze } from '../../src-contract/notifications.ts'
import type { Outcome } from '../../src-contract/tasks.ts'
import { markSeen } from '../../src-renderer/conflicts/marking.ts'
import { dismiss } from '../../src-renderer/notifications/marking.ts'
import { beginSnooze, endSnooze } from '../../src-renderer/notifications/snoozing.ts'
import { useNotifications } from '../../src-renderer/notifications/notifications.ts'
import { useDrafts } from '../../src-renderer/panel/drafts.ts'
import { offerUndoOfDiscard } from '../../src-renderer/panel/undo-discard.ts'
import { offerUndoOfEdit } from '../../src-renderer/panel/undo-edit.ts'
import { useDraft } from '../../src-renderer/panel/use-draft.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { useRunUndo } from '../../src-renderer/tasks/run-undo.ts'
import { useTasks } from '../../src-renderer/tasks/tasks.ts'
import TaskStatus from '../../src-renderer/tasks/TaskStatus.vue'
import { speak } from '../../src-renderer/text/t.ts'
import { useUndo } from '../../src-renderer/ui/undo.ts'
import { detail, row, server, stubBridge, task } from './support.ts'

const ref = { serverId: 's1', key: 'INT-2' }
const offered = (): string | undefined => useUndo().offer?.words
const refusal = (): string | undefined => useUndo().refusal?.error.message

/** The requests to the main process; earlier ones are forgotten. */
function begin(answers: Parameters<typeof stubBridge>[0] = {}, environment: 'test' | 'production' = 'test') {
  setActivePinia(createPinia())
  const asked = stubBridge(answers)
  useServers().replace([server({ environment })])
  useSynchronizations().replace([row(), row({ key: 'INT-3' })])
  return asked
}

const end = (id: string, key: string, outcome: Outcome): void =>
  useTasks().apply({ put: [task({ id, key, state: 'ended', outcome })], removedIds: [] })

describe('a renaming', () => {
  const draft: Draft = { base: { summary: 'Old', description: 'Same' }, values: { summary: 'New' } }

  async function apply(outcome: Outcome, applied = draft, answer: ApplyResult = { kind: 'started', taskId: 't2' }) {
    const asked = begin({ 'synchronizations:apply-edit': () => answer })
    const told = offerUndoOfEdit(ref, 't1', applied)
    end('t1', 'INT-2', outcome)
    await told
    return asked
  }

  it('can be undone once it has succeeded: the old name is sent, with the new one as what has to be there', async () => {
    const asked = await apply('succeeded')
    expect(offered()).toBe('Changed the name of INT-2 to “New”.')
    await useUndo().undo()
    expect(asked).toEqual([
      {
        channel: 'synchronizations:apply-edit',
        args: { ref, draft: { base: { summary: 'New' }, values: { summary: 'Old' } }, passwords: {} },
      },
    ])
    expect([offered(), refusal()]).toEqual([undefined, undefined])
  })

  it.each(['failed', 'refused', 'unknown', 'lost'] as const)('that ended as %s is not offered', async (outcome) => {
    await apply(outcome)
    expect(offered()).toBeUndefined()
  })

  it.each([
    ['a connection', { summary: 'New', 'firstConnector.projectKey': 'B' }, { 'firstConnector.projectKey': 'A' }],
    ['an address with a masked password', { description: 'New' }, { description: 'https://anna:•••@jira.example' }],
  ])('with %s has no inverse', async (_what, values, base) => {
    await apply('succeeded', { base: { summary: 'Old', ...base }, values })
    expect(offered()).toBeUndefined()
  })

  it('names what else was changed', async () => {
    const base = { summary: 'Old', description: 'Old text' }
    await apply('succeeded', { base, values: { description: 'Text' } })
    expect(offered()).toBe('Changed the description of INT-2.')
    await apply('succeeded', { base, values: { summary: 'New', description: 'Text' } })
    expect(offered()).toBe('Changed the name of INT-2 to “New”, and its description.')
  })

  it('that somebody else has overtaken stays, and the reason is said', async () => {
    const conflicts = [{ field: 'summary' as const, base: 'New', server: 'Theirs', draft: 'Old' }]
    await apply('succeeded', draft, { kind: 'changed-on-server', conflicts, server: { summary: 'Theirs' } })
    await useUndo().undo()
    expect(refusal()).toBe('The name of INT-2 was changed to “Theirs” in the meantime. Nothing was sent.')
  })
})

describe('a stop', () => {
  const stopped = [row({ health: 'stopped' }), row({ key: 'INT-3', health: 'stopped' })]

  /** INT-2 and INT-3 were running and are stopped now, each with this outcome. */
  async function stop(outcomes: readonly [Outcome, Outcome], environment: 'test' | 'production' = 'test') {
    const asked = begin({ 'synchronizations:start': () => ({ taskIds: ['t3'] }) }, environment)
    const told = useRunUndo().offer('stop', [row(), row({ key: 'INT-3' })], ['t1', 't2'])
    end('t1', 'INT-2', outcomes[0])
    end('t2', 'INT-3', outcomes[1])
    await told
    useSynchronizations().replace(stopped)
    return asked
  }
  const started = (...keys: string[]) => ({
    channel: 'synchronizations:start',
    args: { targets: keys.map((key) => ({ serverId: 's1', key })) },
  })

  it('is undone by a start of all that were stopped', async () => {
    const asked = await stop(['succeeded', 'succeeded'])
    expect(offered()).toBe('Stopped 2 synchronizations.')
    await useUndo().undo()
    expect(asked).toEqual([started('INT-2', 'INT-3')])
  })

  it.each(['unknown', 'lost', 'failed', 'cancelled'] as const)('that ended as %s is left out', async (outcome) => {
    const asked = await stop([outcome, 'succeeded'])
    expect(offered()).toBe('Stopped INT-3.')
    await useUndo().undo()
    expect(asked).toEqual([started('INT-3')])
  })

  it('can be undone, or what was stopped be started again once it cannot: one offer at a time', async () => {
    await stop(['succeeded', 'succeeded'])
    useTasks().replace(
      stopped.map(({ key }) => task({ id: key, key, operation: 'stop', state: 'ended', outcome: 'succeeded' })),
    )
    const bar = mount(TaskStatus, { props: { isOpen: false, isApple: false } })
    expect(bar.find('[data-test=start-stopped]').exists()).toBe(false)
    useUndo().dismiss()
    await flushPromises()
    expect(bar.get('[data-test=start-stopped]').text()).toBe('Start these 2 again…')
    useUndo().show({ words: 'Renamed INT-2 to “X”.', undo: () => Promise.resolve() })
    await flushPromises()
    expect(bar.find('[data-test=start-stopped]').exists()).toBe(true)
  })

  it('of what did not run before is not offered, nor is a restart', async () => {
    for (const [operation, health] of [
      ['stop', 'stopped'],
      ['stop', 'unknown'],
      ['start', 'running'],
      ['restart', 'running'],
    ] as const) {
      begin()
      const told = useRunUndo().offer(operation, [row({ health })], ['t1'])
      end('t1', 'INT-2', 'succeeded')
      await told
      expect(offered(), `${operation} of ${health}`).toBeUndefined()
    }
  })

  it('that somebody else has undone already is left alone, and that is said', async () => {
    const asked = await stop(['succeeded', 'failed'])
    useSynchronizations().replace([row(), row({ key: 'INT-3' })])
    await useUndo().undo()
    expect(asked).toEqual([])
    expect(refusal()).toContain('INT-2 is no longer stopped')
  })

  it('with something under way since is left alone', async () => {
    const asked = await stop(['succeeded', 'failed'])
    useTasks().apply({ put: [task({ id: 't4' })], removedIds: [] })
    await useUndo().undo()
    expect(asked).toEqual([])
    expect(refusal()).toContain('something is under way there')
  })

  it('on a server that is read-only by now is refused in its words', async () => {
    const asked = await stop(['succeeded', 'succeeded'])
    useServers().replace([server({ isReadOnly: true })])
    await useUndo().undo()
    expect(asked).toEqual([])
    expect(refusal()).toContain('Vienna')
  })

  it('in production is asked about like any other', async () => {
    const asked = await stop(['succeeded', 'succeeded'], 'production')
    await useUndo().undo()
    expect(asked).toEqual([])
    expect(useRunUndo().asked).toMatchObject({ operation: 'start', rows: [{ key: 'INT-2' }, { key: 'INT-3' }] })
  })

  it('and a start is undone by a stop', async () => {
    const asked = begin({ 'synchronizations:stop': () => ({ taskIds: ['t3'] }) })
    const told = useRunUndo().offer('start', [row({ health: 'stopped' })], ['t1'])
    end('t1', 'INT-2', 'succeeded')
    await told
    expect(offered()).toBe('Started INT-2.')
    await useUndo().undo()
    expect(asked.map(({ channel }) => channel)).toEqual(['synchronizations:stop'])
  })
})

describe('a snooze', () => {
  const snooze: Snooze = { ...ref, until: null, reason: 'Being moved' }

  it('is undone by its end, or by the one that it replaced', async () => {
    const asked = begin()
    await beginSnooze(snooze, 'INT-2')
    expect(offered()).toBe('Snoozed INT-2.')
    useNotifications().replaceSnoozes([snooze])
    await useUndo().undo()
    expect(asked.at(-1)).toEqual({ channel: 'snoozes:end', args: ref })
    await beginSnooze({ ...snooze, reason: 'Another' }, 'INT-2')
    useNotifications().replaceSnoozes([{ ...snooze, reason: 'Another' }])
    await useUndo().undo()
    expect(asked.at(-1)).toEqual({ channel: 'snoozes:set', args: snooze })
  })

  it('that has been changed or ended in the meantime stays', async () => {
    for (const now of [[], [{ ...snooze, reason: 'By another window' }]]) {
      const asked = begin()
      await beginSnooze(snooze, 'INT-2')
      useNotifications().replaceSnoozes(now)
      await useUndo().undo()
      expect(asked).toHaveLength(1)
      expect(refusal()).toContain('was changed in the meantime')
    }
  })

  it('that was ended comes back with its time and reason', async () => {
    const asked = begin()
    useNotifications().replaceSnoozes([snooze])
    await endSnooze(snooze, 'INT-2')
    expect(offered()).toBe('Ended the snooze for INT-2.')
    useNotifications().replaceSnoozes([])
    await useUndo().undo()
    expect(asked.at(-1)).toEqual({ channel: 'snoozes:set', args: snooze })
  })

  it('that was ended does not come back over another, nor after its time', async () => {
    const asked = begin()
    await endSnooze(snooze, 'INT-2')
    useNotifications().replaceSnoozes([snooze])
    await useUndo().undo()
    expect(refusal()).toContain('was changed in the meantime')
    await endSnooze({ ...snooze, until: 1 }, 'INT-2')
    useNotifications().replaceSnoozes([])
    await useUndo().undo()
    expect(refusal()).toContain('would have ended by now')
    expect(asked.map(({ channel }) => channel)).toEqual(['snoozes:end', 'snoozes:end'])
  })
})

describe('what was marked', () => {
  const conflict = (identity: string, seenAt: number | null): Conflict => ({
    ...ref,
    identity,
    connectorKey: 'AP-29',
    kind: '',
    severity: '',
    field: '',
    message: identity,
    firstSeenAt: 1,
    lastSeenAt: 1,
    goneAt: null,
    seenAt,
  })

  it('as seen is offered only if something was new, and is over once somebody marked it again', async () => {
    const asked = begin({
      'conflicts:mark-seen': ({ conflicts }) => ({ seenAt: 5, marked: conflicts }),
      'conflicts:mark-new': () => ({ count: 0 }),
    })
    await markSeen([conflict('old', 1)])
    expect([asked, offered()]).toEqual([[], undefined])
    await markSeen([conflict('old', 1), conflict('a', null), conflict('b', null)])
    expect(offered()).toBe('Marked 2 conflicts as seen.')
    await useUndo().undo()
    expect(refusal()).toBe('They have all changed since you marked them. Nothing was undone.')
  })

  it('dismissed notifications come back, unless they are gone for good', async () => {
    let kept = true
    const asked = begin({
      'notifications:dismiss': ({ ids }) => ({ ids }),
      'notifications:restore': ({ ids }) => ({ ids: kept ? ids : [] }),
    })
    await dismiss([1, 2])
    expect(offered()).toBe('Cleared 2 notifications.')
    await useUndo().undo()
    expect(asked.at(-1)).toEqual({ channel: 'notifications:restore', args: { ids: [1, 2] } })
    kept = false
    await dismiss([1, 2])
    await useUndo().undo()
    expect(refusal()).toBe('They are no longer kept.')
  })
})

describe('a discarded draft', () => {
  const base = { summary: 'Old' }

  function discard() {
    vi.useFakeTimers()
    const asked = begin()
    const drafts = useDrafts()
    drafts.set(ref, base, 'summary', 'New')
    drafts.set(ref, base, 'summary', 'Newer')
    offerUndoOfDiscard(ref, 2, drafts.discard(ref))
    return { asked, drafts }
  }

  it('comes back exactly as it was, with its steps, and is stored again', async () => {
    const { asked, drafts } = discard()
    expect(offered()).toBe('Discarded 2 changes to INT-2.')
    expect([drafts.get(ref), drafts.canUndo(ref)]).toEqual([undefined, false])
    await useUndo().undo()
    expect(drafts.get(ref)).toEqual({ base, values: { summary: 'Newer' } })
    await vi.advanceTimersByTimeAsync(300)
    expect(asked.at(-1)?.args).toEqual({ ref, draft: { base, values: { summary: 'Newer' } } })
    drafts.undo(ref)
    expect(drafts.get(ref)?.values).toEqual({ summary: 'New' })
    await vi.runAllTimersAsync()
  })

  it('does not come back over one that was begun since', async () => {
    const { drafts } = discard()
    drafts.set(ref, base, 'summary', 'Another')
    await useUndo().undo()
    expect(refusal()).toContain('INT-2 has new changes')
    expect(drafts.get(ref)?.values).toEqual({ summary: 'Another' })
    await vi.runAllTimersAsync()
  })

  it('does not come back without its synchronization', async () => {
    const { drafts } = discard()
    useSynchronizations().replace([])
    await useUndo().undo()
    expect(refusal()).toBe('INT-2 is no longer in the list.')
    expect(drafts.get(ref)).toBeUndefined()
    await vi.runAllTimersAsync()
  })
})

describe('in a panel', () => {
  function edit() {
    begin()
    const editing = useDraft(shallowRef(detail()))
    editing.change('summary', 'New')
    return editing
  }

  async function apply(editing: ReturnType<typeof edit>): Promise<void> {
    editing.sent('t1')
    end('t1', 'INT-2', 'succeeded')
    await flushPromises()
  }

  it('a discarded draft is offered', () => {
    const editing = edit()
    editing.discard()
    expect(editing.count.value).toBe(0)
    expect(offered()).toBe('Discarded 1 change to INT-2.')
  })

  it('an applied edit is offered, unless a project was changed with it', async () => {
    await apply(edit())
    expect(offered()).toBe('Changed the name of INT-2 to “New”.')
    const editing = edit()
    editing.change('firstConnector.projectKey', 'NEW')
    await apply(editing)
    expect(offered()).toBeUndefined()
  })
})

it('a task whose end nobody saw is not waited for, and one that had ended before is not either', async () => {
  begin()
  const tasks = useTasks()
  const ended = [tasks.ended('gone'), tasks.ended('replaced')]
  tasks.apply({ put: [], removedIds: ['gone'] })
  tasks.replace([task({ id: 'early', state: 'ended', outcome: 'failed' })])
  expect(await Promise.all([...ended, tasks.ended('early')])).toEqual([
    null,
    null,
    expect.objectContaining({ id: 'early' }),
  ])
  await flushPromises()
})

it('what is offered is said in the language of the moment', async () => {
  begin()
  const told = offerUndoOfEdit(ref, 't1', { base: { summary: 'Old' }, values: { summary: 'New' } })
  end('t1', 'INT-2', 'succeeded')
  await told
  const english = offered()
  speak('de', [])
  try {
    expect(offered()).toMatch(/^Namen von/)
    expect(offered()).not.toBe(english)
  } finally {
    speak('en', [])
  }
})
