import { expect, it } from 'vitest'
import SideRail from '../../src-renderer/app/SideRail.vue'
import { useServers } from '../../src-renderer/servers/servers.ts'
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
  expect(views).toEqual(['nav-overview', 'nav-synchronizations', 'nav-conflicts', 'nav-activity', 'nav-settings'])
})
