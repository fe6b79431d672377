import { config, flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { reactive } from 'vue'
import type { ImportPlan, Link, LinkList } from '../../src-contract/links.ts'
import ImportLinksDialog from '../../src-renderer/panel/ImportLinksDialog.vue'
import LinksTab from '../../src-renderer/panel/LinksTab.vue'
import SelectField from '../../src-renderer/ui/SelectField.vue'
import { detail, show, stubBridge } from './support.ts'

config.global.stubs = { transition: false }
let shown: ReturnType<typeof show> | undefined
afterEach(() => shown?.unmount())

const link = (local: string, remote: string): Link => ({
  id: local,
  localIssueKey: local,
  remoteIssueKey: remote,
  firstSyncAt: null,
  lastOutgoingAt: null,
  lastIncomingAt: null,
  isIncomingIgnored: false,
})
const list = (links: Link[], more: Partial<LinkList> = {}): LinkList => ({
  links,
  count: links.length,
  listId: null,
  fetchedAt: 1,
  source: 'live',
  unreadable: 0,
  problem: null,
  ...more,
})

/** The tab, over a main process each of whose answers comes when the test gives it. */
async function tab(cached: LinkList | null = null, more: Parameters<typeof stubBridge>[0] = {}) {
  const pieces: ((links: Link[]) => Promise<void>)[] = []
  const open: { key: string; answer: (value: LinkList) => void; fail: (error: object) => void }[] = []
  const asked = stubBridge({
    'connectors:links': ({ key, connectorKey, isCached }) =>
      isCached === true
        ? cached
        : new Promise((answer, fail) => open.push({ key: `${key} ${connectorKey}`, answer, fail })),
    'connectors:more-links': () =>
      new Promise((answer) =>
        pieces.push(async (links) => {
          answer(links)
          await flushPromises()
        }),
      ),
    ...more,
  })
  const props = reactive({ detail: detail(), isStale: false })
  const wrapper = show(LinksTab, props)
  shown = wrapper
  await flushPromises()
  return {
    open,
    pieces,
    fetched: () => asked.flatMap(({ channel, args }) => (channel === 'connectors:more-links' ? [args] : [])),
    asked,
    props,
    wrapper,
    count: () => wrapper.get('[data-test=links-count]').text(),
    keys: () => wrapper.findAll('[data-test=link] .key').map((key) => key.text()),
    isDisabled: (name: string) => wrapper.get(`[data-test=${name}]`).attributes('disabled') !== undefined,
    settle: async (index: number, value: LinkList) => {
      open[index]?.answer(value)
      await flushPromises()
    },
  }
}

describe('the links of a synchronization', () => {
  it('are read when the tab is opened, and counted only when they are there', async () => {
    const { open, count, keys, settle } = await tab()
    expect(open.map(({ key }) => key)).toEqual(['INT-2 AP-29'])
    expect(count()).toBe('Reading…')
    await settle(0, list([link('AP-1', 'PB-1'), link('AP-2', 'PB-2')]))
    expect([count(), keys()]).toEqual(['2 links', ['AP-1', 'AP-2']])
  })

  it('known from before are shown, as such, until the server has answered', async () => {
    const { count, wrapper, settle } = await tab(list([link('AP-1', 'PB-1')], { source: 'cache' }))
    expect(count()).toBe('1 link')
    expect(wrapper.find('[data-test=links-age]').exists()).toBe(true)
    await settle(0, list([]))
    expect(count()).toBe('0 links')
    expect(wrapper.find('[data-test=links-age]').exists()).toBe(false)
  })

  it('that are many come piece by piece, and are shown when they are all there', async () => {
    const { fetched, count, settle, pieces } = await tab()
    await settle(0, list([link('AP-1', 'PB-1')], { count: 3, listId: 'long' }))
    expect(fetched()).toEqual([{ listId: 'long', from: 1 }])
    expect(count()).toBe('Reading…')
    await pieces.shift()?.([link('AP-2', 'PB-2')])
    expect(fetched().at(-1)).toEqual({ listId: 'long', from: 2 })
    await pieces.shift()?.([link('AP-3', 'PB-3')])
    expect(count()).toBe('3 links')
  })

  it('that are many are fetched no further once another synchronization is shown', async () => {
    const { fetched, count, props, settle, pieces } = await tab()
    await settle(0, list([link('AP-1', 'PB-1')], { count: 3, listId: 'long' }))
    props.detail = detail({ key: 'INT-3' })
    await flushPromises()
    await pieces.shift()?.([link('AP-2', 'PB-2')])
    expect(fetched()).toHaveLength(1)
    await settle(1, list([link('AP-3', 'PB-3')]))
    expect(count()).toBe('1 link')
  })

  it('of another synchronization are never those whose answer comes late', async () => {
    const { props, open, count, keys, settle } = await tab()
    props.detail = detail({ key: 'INT-3' })
    await flushPromises()
    expect(open.map(({ key }) => key)).toEqual(['INT-2 AP-29', 'INT-3 AP-29'])
    await settle(1, list([link('AP-3', 'PB-3')]))
    await settle(0, list([link('AP-1', 'PB-1'), link('AP-2', 'PB-2')]))
    expect([count(), keys()]).toEqual(['1 link', ['AP-3']])
  })

  it('are not read again, nor lost, because the synchronization itself was', async () => {
    const { props, open, count, settle } = await tab()
    props.detail = detail()
    await flushPromises()
    await settle(0, list([link('AP-1', 'PB-1')]))
    expect([open.length, count()]).toEqual([1, '1 link'])
  })

  it('that cannot be read say why, and not that there are none; a late answer of another one says nothing', async () => {
    const { props, open, wrapper, count } = await tab()
    props.detail = detail({ key: 'INT-3' })
    await flushPromises()
    open[0]?.fail({ code: 'net.timeout', message: 'Too late.' })
    await flushPromises()
    expect(wrapper.text()).not.toContain('Too late.')
    open[1]?.fail({ code: 'net.timeout', message: 'The server did not answer.' })
    await flushPromises()
    expect(wrapper.text()).toContain('The server did not answer.')
    expect(count()).toBe('')
  })

  it('are found by a part of either key, whatever its case', async () => {
    const { wrapper, count, keys, settle } = await tab()
    await settle(0, list([link('AP-1', 'PB-7'), link('AP-2', 'PB-8')]))
    const search = async (text: string): Promise<void> => wrapper.get('[data-test=links-search] input').setValue(text)
    await search(' ap-2 ')
    expect([count(), keys()]).toEqual(['1 link', ['AP-2']])
    await search('pb-7')
    expect(keys()).toEqual(['AP-1'])
    await search(' ')
    expect(keys()).toHaveLength(2)
  })

  it('that cannot be read are counted, in the list and before an import', async () => {
    const { wrapper, count, settle } = await tab()
    await settle(0, list([link('AP-1', 'PB-1')], { unreadable: 2 }))
    expect(count()).toMatch(/^1 link\s+· 2 cannot be shown$/)
    const none = { count: 0, first: [] }
    const plan = { planId: 'p', fileName: 'a.json', fresh: none, same: none, different: none }
    const dialog = show(ImportLinksDialog, {
      connectorKey: 'AP-29',
      plan: { ...plan, missingInFile: 1, unreadable: 2 },
    })
    await flushPromises()
    expect(document.body.textContent).toContain('1 link could not be read when this file was exported')
    expect(document.body.textContent).toContain('2 links on the server cannot be read')
    dialog.unmount()
    wrapper.unmount()
    shown = show(ImportLinksDialog, { connectorKey: 'AP-29', plan: { ...plan, missingInFile: 0, unreadable: 0 } })
    await flushPromises()
    expect(document.body.textContent).not.toContain('cannot be read')
  })

  it('a file that was looked at for one side is imported into no other, however late that is answered', async () => {
    const plans: ((plan: ImportPlan) => void)[] = []
    const { wrapper, asked, props } = await tab(null, {
      'connectors:plan-import': () => new Promise((answer) => plans.push(answer)),
    })
    const none = { count: 0, first: [] }
    const plan = {
      planId: 'p',
      fileName: 'a.json',
      fresh: none,
      same: none,
      different: none,
      missingInFile: 0,
      unreadable: 0,
    }
    const dialog = () => wrapper.findAllComponents(ImportLinksDialog).map((one) => one.props('connectorKey') as string)
    await wrapper.get('[data-test=links-import]').trigger('click')
    wrapper.getComponent(SelectField).vm.$emit('update:modelValue', 'PB-30')
    await flushPromises()
    plans[0]?.(plan)
    await flushPromises()
    expect(dialog()).toEqual([])
    await wrapper.get('[data-test=links-import]').trigger('click')
    plans[1]?.(plan)
    await flushPromises()
    expect(asked.filter(({ channel }) => channel === 'connectors:plan-import').at(-1)?.args).toMatchObject({
      connectorKey: 'PB-30',
    })
    expect(dialog()).toEqual(['PB-30'])
    // Another synchronization is shown.
    props.detail = { ...detail(), key: 'INT-3' }
    await flushPromises()
    expect(dialog()).toEqual([])
  })

  it('cannot be exported before they were read, nor imported or deleted while the server is not asked', async () => {
    const { isDisabled, props, wrapper, settle } = await tab()
    expect(['links-csv', 'links-json', 'links-import'].map(isDisabled)).toEqual([true, true, false])
    await settle(0, list([link('AP-1', 'PB-1')]))
    expect(['links-csv', 'links-json', 'delete-link'].map(isDisabled)).toEqual([false, false, false])
    props.isStale = true
    await flushPromises()
    expect(['links-import', 'delete-link', 'links-csv'].map(isDisabled)).toEqual([true, true, false])
    expect(wrapper.findAll('[data-test=link]')).toHaveLength(1)
  })
})

it('the columns are called by the projects of the side that is shown', async () => {
  const { wrapper, props } = await tab()
  const heads = () =>
    wrapper
      .findAll('[role=columnheader]')
      .map((head) => head.text())
      .slice(0, 2)
  expect(heads()).toEqual(['AP', 'PB'])
  await wrapper.get('select').setValue(detail().second?.connectorKey)
  expect(heads()).toEqual(['PB', 'AP'])
  props.detail = { ...detail(), second: null }
  await flushPromises()
  expect(heads()).toEqual(['AP', 'Partner'])
  // Whatever does not fit is cut, as it is in the rows below, and says itself in full.
  for (const head of wrapper.findAll('[role=columnheader]').slice(0, 5)) {
    expect(head.classes()).toContain('cut')
    expect(head.attributes('title')).toBe(head.text())
  }
})
