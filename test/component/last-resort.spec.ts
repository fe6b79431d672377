import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { reactive } from 'vue'
import type { LinkList } from '../../src-contract/links.ts'
import { foreign } from '../../src-contract/messages/message.ts'
import { RequestError } from '../../src-renderer/backend/ask.ts'
import FaultNote from '../../src-renderer/app/FaultNote.vue'
import LinksTab from '../../src-renderer/panel/LinksTab.vue'
import { useDrafts } from '../../src-renderer/panel/drafts.ts'
import { useFaults } from '../../src-renderer/app/faults.ts'
import { show, stubBridge } from './support.ts'

beforeEach(() => {
  document.body.innerHTML = ''
})

describe('what nobody caught', () => {
  it('is shown once, and an internal error goes to the log', async () => {
    const asked = stubBridge()
    show(FaultNote, {})
    for (let times = 0; times < 3; times += 1) useFaults().report(new TypeError('x is undefined'), 'render')
    await flushPromises()
    expect(asked).toEqual([
      {
        channel: 'app:report-fault',
        args: { where: 'render', message: 'x is undefined', stack: expect.stringContaining('TypeError') },
      },
    ])
    expect(document.body.textContent?.split('Something went wrong')).toHaveLength(2)
  })

  it.each(['completed with undelivered notifications.', 'limit exceeded'])(
    'is no fault where sizes are told in the next frame: %s',
    async (rest) => {
      const asked = stubBridge()
      show(FaultNote, {})
      useFaults().reportEvent({ error: undefined, message: `ResizeObserver loop ${rest}` })
      await flushPromises()
      expect([asked, useFaults().latest]).toEqual([[], null])
      useFaults().reportEvent({ error: new TypeError('x is undefined'), message: '' })
      await flushPromises()
      expect(asked).toMatchObject([{ args: { where: 'window', message: 'x is undefined' } }])
    },
  )

  it('and is a failed request has that request’s words, and is nothing for the log', async () => {
    const asked = stubBridge()
    show(FaultNote, {})
    useFaults().report(new RequestError({ code: 'net.dns', message: foreign('Vienna has no address.') }), 'promise')
    await flushPromises()
    expect(document.body.textContent).toContain('Vienna has no address.')
    expect(asked).toEqual([])
  })

  it('says that the window is not up to date, until it is', async () => {
    stubBridge()
    const wrapper = show(FaultNote, {})
    useFaults().setStale(new RequestError({ code: 'internal', message: foreign('The list could not be had.') }))
    await flushPromises()
    expect(wrapper.get('[data-test=window-stale]').text()).toContain('The list could not be had.')
    useFaults().setStale(null)
    await flushPromises()
    expect(wrapper.find('[data-test=window-stale]').exists()).toBe(false)
  })
})

describe('a draft that cannot be stored', () => {
  const target = { serverId: 's1', key: 'INT-2' }
  const base = { summary: 'before' }
  beforeEach(() => {
    vi.useFakeTimers()
    setActivePinia(createPinia())
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is reported, and stored as soon as it can be', async () => {
    let isFull = true
    const asked = stubBridge({
      'drafts:set': () => {
        if (isFull) throw Object.assign({}, { code: 'storage.failed', message: 'The disk is full.' })
      },
    })
    const drafts = useDrafts()
    drafts.set(target, base, 'summary', 'after')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(drafts.problemOf(target)).toBe('The disk is full.')
    isFull = false
    await vi.advanceTimersByTimeAsync(20_000)
    expect(drafts.problemOf(target)).toBe('')
    expect(asked.at(-1)?.args).toEqual({ ref: target, draft: { base, values: { summary: 'after' } } })
    const count = asked.length
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toHaveLength(count)
  })

  it('and was changed meanwhile: the late failure of the older one says nothing', async () => {
    const answers: ((isStored: boolean) => void)[] = []
    stubBridge({
      'drafts:set': () =>
        new Promise<void>((resolve, reject) =>
          answers.push((isStored) =>
            isStored
              ? resolve()
              : reject(Object.assign(new Error(), { code: 'storage.failed', message: 'The disk is full.' })),
          ),
        ),
    })
    const drafts = useDrafts()
    drafts.set(target, base, 'summary', 'first')
    await vi.advanceTimersByTimeAsync(1_000)
    drafts.set(target, base, 'summary', 'second')
    await vi.advanceTimersByTimeAsync(1_000)
    answers[1]?.(true)
    await vi.advanceTimersByTimeAsync(0)
    answers[0]?.(false)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(answers).toHaveLength(2)
    expect(drafts.problemOf(target)).toBe('')
  })
})

describe('links whose synchronization is read again in the meantime', () => {
  const side = (connectorKey: string, projectKey: string) => ({ connectorKey, projectKey })
  const detail = (key: string, ...sides: [string, string][]) => ({
    serverId: 's1',
    key,
    first: side(...(sides[0] ?? ['', ''])),
    second: null,
  })
  const link = (localIssueKey: string) => ({
    id: localIssueKey,
    localIssueKey,
    remoteIssueKey: 'PB-1',
    firstSyncAt: 1,
    lastOutgoingAt: 1,
    lastIncomingAt: 1,
    isIncomingIgnored: false,
  })
  const list = (...keys: string[]): LinkList => ({
    links: keys.map(link),
    count: keys.length,
    listId: null,
    fetchedAt: 1,
    source: 'live',
    problem: null,
    unreadable: 0,
  })

  it('are shown when they come', async () => {
    const answers: ((value: LinkList) => void)[] = []
    stubBridge({
      'connectors:links': (args) => (args.isCached ? null : new Promise((resolve) => answers.push(resolve))),
    })
    const props = reactive({ detail: detail('INT-2', ['AP-29', 'AP']), isStale: false })
    const wrapper = show(LinksTab, props)
    await flushPromises()
    props.detail = detail('INT-2', ['AP-29', 'AP'])
    await flushPromises()
    answers[0]?.(list('AP-1', 'AP-2'))
    await flushPromises()
    expect(wrapper.get('[data-test=links-count]').text()).toBe('2 links')
    expect(answers).toHaveLength(1)
  })

  it('of the synchronization before are not shown as those of this one', async () => {
    const asked: string[] = []
    const answers = new Map<string, (value: LinkList) => void>()
    stubBridge({
      'connectors:links': (args) => {
        if (args.isCached) return null
        asked.push(`${args.key} ${args.connectorKey}`)
        return new Promise((resolve) => answers.set(args.key, resolve))
      },
    })
    const props = reactive({ detail: detail('INT-2', ['AP-29', 'AP']), isStale: false })
    const wrapper = show(LinksTab, props)
    await flushPromises()
    props.detail = detail('INT-3', ['CP-30', 'CP'])
    await flushPromises()
    answers.get('INT-3')?.(list('CP-1'))
    await flushPromises()
    answers.get('INT-2')?.(list('AP-1', 'AP-2'))
    await flushPromises()
    expect(asked).toEqual(['INT-2 AP-29', 'INT-3 CP-30'])
    expect(wrapper.get('[data-test=links-count]').text()).toBe('1 link')
  })
})
