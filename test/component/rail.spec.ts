import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import SideRail from '../../src-renderer/app/SideRail.vue'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { useNavigation } from '../../src-renderer/ui/navigation.ts'
import { row, server, show, stubBridge } from './support.ts'

it('without a server there is a way into the settings and back', async () => {
  stubBridge()
  const rail = show(SideRail, {})
  await rail.get('[data-test=nav-settings]').trigger('click')
  expect(useNavigation().view).toBe('settings')
  await rail.get('[data-test=nav-overview]').trigger('click')
  expect(useNavigation().view).toBe('overview')
  expect(rail.find('[data-test=nav-conflicts]').exists()).toBe(false)
})

it('with a server every view is there', () => {
  stubBridge()
  const rail = show(SideRail, {}, () => useServers().replace([server()]))
  const views = rail.findAll('[data-test^=nav-]').map((item) => item.attributes('data-test'))
  expect(views).toEqual([
    'nav-overview',
    'nav-synchronizations',
    'nav-conflicts',
    'nav-jobs',
    'nav-activity',
    'nav-settings',
  ])
})

it('of a server that was never read, the number is not known, which is no 0', () => {
  stubBridge()
  const reach = { ...server().reach, state: 'not-asked' as const, lastReadAt: null }
  const rail = show(SideRail, {}, () =>
    useServers().replace([
      server({ id: 'a', name: 'Imported', credential: null, synchronizationCount: 0, reach }),
      server({ id: 'b', name: 'Remembered', synchronizationCount: 7, reach }),
      server({ id: 'c', name: 'Empty', synchronizationCount: 0 }),
    ]),
  )
  const told = (name: string) => rail.get(`[data-test=server-${name}] .name`).text()
  expect(told('Imported')).toMatch(/–\s*not read yet$/)
  expect(told('Remembered')).toMatch(/7 synchronizations$/)
  expect(told('Empty')).toMatch(/0 synchronizations$/)
})

it('the table is shown as it was left, and from itself without any filter', async () => {
  stubBridge()
  const rail = show(SideRail, {}, () => useServers().replace([server()]))
  const [view, navigation] = [useTableView(), useNavigation()]
  await rail.get('[data-test=server-Vienna] button').trigger('click')
  view.text = 'agile'
  navigation.view = 'conflicts'
  await rail.get('[data-test=nav-synchronizations]').trigger('click')
  expect([navigation.view, view.serverIds, view.text]).toEqual(['synchronizations', ['s1'], 'agile'])
  await rail.get('[data-test=nav-synchronizations]').trigger('click')
  expect(view.isFiltering).toBe(false)
})

it('a server shows what is wrong, worst first, and nothing if all is well or it cannot be asked', () => {
  stubBridge()
  const rail = show(SideRail, {}, () => {
    const away = { ...server().reach, state: 'unreachable' as const }
    useServers().replace([
      server({ id: 'a', name: 'Vienna', synchronizationCount: 3 }),
      server({ id: 'b', name: 'Graz' }),
      server({ id: 'c', name: 'Munich' }),
      server({ id: 'd', name: 'Linz', reach: away }),
    ])
    useSynchronizations().replace([
      row({ serverId: 'a', key: 'INT-1', health: 'error' }),
      row({ serverId: 'a', key: 'INT-2', health: 'error' }),
      row({ serverId: 'a', key: 'INT-3', health: 'attention' }),
      row({ serverId: 'b', key: 'INT-4', health: 'attention' }),
      row({ serverId: 'c', key: 'INT-5', health: 'stopped' }),
      row({ serverId: 'd', key: 'INT-6', health: 'error' }),
    ])
  })
  const wrong = (name: string) => {
    const found = rail.find(`[data-test=server-${name}] [data-test=wrong]`)
    return found.exists() ? [found.text(), found.classes().find((one) => one.startsWith('health-'))] : null
  }
  expect(['Vienna', 'Graz', 'Munich', 'Linz'].map(wrong)).toEqual([
    ['2', 'health-error'],
    ['1', 'health-attention'],
    null,
    null,
  ])
  expect(rail.get('[data-test=server-Vienna] .name').attributes('title')).toContain('3 synchronizations')
})

describe('many servers', () => {
  const environments = ['test', 'production', 'development', 'production'] as const
  const many = Array.from({ length: 11 }, (_, index) =>
    server({
      id: `s${index}`,
      name: `Jira ${index}`,
      baseUrl: `https://jira${index}.example`,
      environment: environments[index % environments.length] ?? 'test',
      ...(index === 5 ? { tags: ['ACME'] } : {}),
    }),
  )
  function manyShown(servers = many) {
    const asked = stubBridge({ 'servers:reorder': () => undefined })
    const rail = show(SideRail, {}, () => useServers().replace(servers))
    const texts = (selector: string) => rail.findAll(selector).map((one) => one.text())
    return {
      asked,
      rail,
      groups: () =>
        rail
          .findAll('[data-test^=rail-group-]')
          .map((head) => `${head.get('.name').text()} ${head.get('.numeric').text()}`),
      names: () => texts('.server .name > .cut'),
      search: (text: string) => rail.get('[data-test=rail-search] input').setValue(text),
    }
  }

  it('are grouped by environment, and a group can be folded', async () => {
    const { rail, groups, names } = manyShown()
    expect(groups()).toEqual(['Production 5', 'Test 3', 'Development 3'])
    expect(names()).toEqual([1, 3, 5, 7, 9, 0, 4, 8, 2, 6, 10].map((index) => `Jira ${index}`))
    const production = rail.get('[data-test=rail-group-production]')
    await production.trigger('click')
    expect(production.attributes('aria-expanded')).toBe('false')
    const unfolded = [0, 4, 8, 2, 6, 10].map((index) => `Jira ${index}`)
    expect(names()).toEqual(unfolded)
    // As in the next session.
    rail.unmount()
    const next = manyShown()
    expect(next.names()).toEqual(unfolded)
    await next.rail.get('[data-test=rail-group-production]').trigger('click')
    next.rail.unmount()
    expect(manyShown().names()).toHaveLength(11)
  })

  it('are found by name, address and tag, also in a folded group', async () => {
    const { rail, names, search } = manyShown()
    await rail.get('[data-test=rail-group-production]').trigger('click')
    await search('jira 1')
    expect(names()).toEqual(['Jira 1', 'Jira 10'])
    await search('JIRA7.example')
    expect(names()).toEqual(['Jira 7'])
    await search('acme')
    expect(names()).toEqual(['Jira 5'])
    await search('nowhere')
    expect(rail.get('[data-test=rail-none]').text()).toBe('No server found')
    await rail.get('[data-test=rail-search] input').trigger('keydown', { key: 'Escape' })
    expect(names()).toHaveLength(6)
  })

  it('are moved past their neighbour in the group', async () => {
    const { asked, rail } = manyShown()
    await rail.get('[data-test="server-menu-Jira 5"]').trigger('click')
    await flushPromises()
    ;[...document.querySelectorAll<HTMLElement>('[role=menuitem]')]
      .find((one) => one.textContent?.trim() === 'Move up')
      ?.click()
    await flushPromises()
    const { serverIds } = asked.find(({ channel }) => channel === 'servers:reorder')?.args as { serverIds: string[] }
    expect(serverIds).toEqual(['s0', 's1', 's2', 's5', 's3', 's4', 's6', 's7', 's8', 's9', 's10'])
  })

  it('ten are one list, in the user’s order', () => {
    const { rail, groups, names } = manyShown(many.slice(0, 10))
    expect(groups()).toEqual([])
    expect(rail.find('[data-test=rail-search]').exists()).toBe(false)
    expect(names()).toEqual(many.slice(0, 10).map(({ name }) => name))
  })
})
