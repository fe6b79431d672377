import { expect, it } from 'vitest'
import SideRail from '../../src-renderer/app/SideRail.vue'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { useNavigation } from '../../src-renderer/ui/navigation.ts'
import { server, show, stubBridge } from './support.ts'

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
  expect(told('Remembered')).toMatch(/7$/)
  expect(told('Empty')).toMatch(/0$/)
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
