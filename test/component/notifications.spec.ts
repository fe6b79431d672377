import { beforeEach, expect, it } from 'vitest'
import { nextTick } from 'vue'
import type { Notification } from '../../src-contract/notifications.ts'
import NotificationBell from '../../src-renderer/notifications/NotificationBell.vue'
import NotificationList from '../../src-renderer/notifications/NotificationList.vue'
import { useNotifications } from '../../src-renderer/notifications/notifications.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { fullText } from '../../src-renderer/text/time.ts'
import { useNavigation } from '../../src-renderer/ui/navigation.ts'
import { useUndo } from '../../src-renderer/ui/undo.ts'
import { server, show, stubBridge } from './support.ts'
import { foreign, message } from '../../src-contract/messages/message.ts'

const notification = (more: Partial<Notification> = {}): Notification => ({
  id: 1,
  at: 1_000_000,
  kind: 'stopped',
  tone: 'bad',
  title: foreign('INT-2 stopped'),
  text: foreign('Agile Project – Vienna'),
  items: [{ serverId: 's1', key: 'INT-2', text: foreign('INT-2 stopped') }],
  jobId: null,
  isRead: false,
  ...more,
})

beforeEach(() => {
  stubBridge()
})

const mount = (list: Notification[]) =>
  show(NotificationList, {}, () => {
    useServers().replace([server()])
    useNotifications().replace(list)
  })

it('a notification leads to what it is about', async () => {
  const list = mount([notification()])
  await list.get('button.title').trigger('click')
  expect(list.getComponent(NotificationList).emitted('show')).toEqual([
    [expect.objectContaining({ serverId: 's1', key: 'INT-2' })],
  ])
})

it('one about a server that was removed leads nowhere', () => {
  const list = mount([notification({ items: [{ serverId: 'removed', key: null, text: foreign('') }] })])
  expect(list.find('button.title').exists()).toBe(false)
  expect(list.text()).toContain('INT-2 stopped')
})

it('a digest lists its first items and counts the others', () => {
  const items = Array.from({ length: 40 }, (_, index) => ({
    serverId: 's1',
    key: `INT-${index}`,
    text: foreign(`INT-${index} stopped`),
  }))
  const list = mount([notification({ title: foreign('40 synchronizations stopped'), text: null, items })])
  expect(list.findAll('.one')).toHaveLength(5)
  expect(list.text()).toContain('and 35 more')
})

it('what is said again of the same is folded into the newest, and says how often', () => {
  const list = mount([
    notification({ id: 3, at: 3_000_000, isRead: true }),
    notification({ id: 2, title: foreign('INT-2 runs again') }),
    notification({ id: 1, at: 1_000_000 }),
  ])
  expect(list.findAll('button.title').map((title) => title.text())).toEqual(['INT-2 stopped', 'INT-2 runs again'])
  expect(list.findAll('[data-test=count]').map((told) => told.text())).toEqual([
    expect.stringMatching(/^2 times, first /),
  ])
  expect(list.get('[data-test=count]').attributes('title')).toBe(fullText(1_000_000))
  expect(list.findAll('[data-test=notification]')[0]?.classes()).toContain('unread')
})

it('two messages that read alike are two stories', () => {
  const key = 'text.list.and'
  const list = mount([
    notification({ id: 2, title: message(key, { first: foreign('INT-2'), last: foreign('INT-3') }) }),
    notification({ id: 1, title: foreign('INT-2 and INT-3') }),
  ])
  expect(list.findAll('button.title').map((title) => title.text())).toEqual(['INT-2 and INT-3', 'INT-2 and INT-3'])
})

it('digests are stories of their own, however alike they begin', () => {
  const items = ['INT-2', 'INT-3'].map((key) => ({ serverId: 's1', key, text: foreign(`${key} stopped`) }))
  const digest = { title: foreign('2 synchronizations stopped'), items }
  const list = mount([notification({ id: 2, ...digest }), notification({ id: 1, ...digest })])
  expect(list.findAll('[data-test=notification]')).toHaveLength(2)
  expect(list.find('[data-test=count]').exists()).toBe(false)
})

it('a server’s trouble is not counted here while the window shows it, and is marked once it is over', async () => {
  const away = server({ reach: { ...server().reach, state: 'unreachable' } })
  const list = mount([notification({ kind: 'server-away', items: [{ serverId: 's1', key: null, text: foreign('') }] })])
  expect(useNotifications().unread).toHaveLength(1)
  expect(list.find('[data-test=over]').text()).toBe('Resolved.')
  useServers().replace([away])
  await nextTick()
  expect(useNotifications().unread).toHaveLength(0)
  expect(list.find('[data-test=over]').exists()).toBe(false)
})

it('what a server says stays text', () => {
  const list = mount([notification({ title: foreign('<img src=x onerror=alert(1)>') })])
  expect(list.find('img').exists()).toBe(false)
})

it('nothing under the pointer is pushed away by new ones, which are counted and shown when the pointer leaves', async () => {
  const list = mount([notification({ id: 1, title: foreign('INT-2 stopped') })])
  const titles = () => list.findAll('button.title').map((title) => title.text())
  const waiting = () => list.get('[data-test=waiting-notifications]').text()
  await list.get('.scroll').trigger('pointerenter')
  useNotifications().replace([
    notification({ id: 2, title: foreign('INT-3 stopped') }),
    notification({ id: 1, title: foreign('INT-2 stopped, and runs again') }),
  ])
  await nextTick()
  expect([titles(), waiting()]).toEqual([['INT-2 stopped, and runs again'], '1 newer'])
  await list.get('.scroll').trigger('pointerleave')
  expect([titles(), waiting()]).toEqual([['INT-3 stopped', 'INT-2 stopped, and runs again'], ''])
})

it('what comes into an empty list is shown at once, and so is an emptied list', async () => {
  const list = mount([])
  await list.get('.scroll').trigger('pointerenter')
  useNotifications().replace([notification()])
  await nextTick()
  expect(list.findAll('button.title')).toHaveLength(1)
  await list.get('.scroll').trigger('pointerenter')
  useNotifications().replace([])
  await nextTick()
  expect(list.text()).toContain('No notifications')
})

it('closing the list marks what was unread as read, once, and offers no undo of what nobody did on purpose', async () => {
  const asked = stubBridge()
  show(NotificationBell, {}, () => {
    useServers().replace([server()])
    useNotifications().replace([notification({ id: 4 }), notification({ id: 3, isRead: true })])
  })
  for (const isOpen of [true, false]) {
    useNavigation().areNotificationsOpen = isOpen
    await nextTick()
  }
  expect(asked).toEqual([{ channel: 'notifications:mark-read', args: { ids: [4] } }])
  expect(useUndo().isShown).toBe(false)
})

it('the list takes the focus when it opens, and gives it back when it closes', () => {
  const button = document.body.appendChild(document.createElement('button'))
  button.focus()
  const list = mount([notification()])
  expect(document.activeElement).toBe(list.get('.scroll').element)
  list.unmount()
  expect(document.activeElement).toBe(button)
})
