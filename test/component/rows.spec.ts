import { describe, expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import TaskRow from '../../src-renderer/tasks/TaskRow.vue'
import SynchronizationTableRow from '../../src-renderer/table/SynchronizationTableRow.vue'
import { row, server, show, task } from './support.ts'
import { message } from '../../src-contract/messages/message.ts'

const NOW = 1_008_000
const shownRow = (props: object = {}) =>
  show(SynchronizationTableRow, {
    row: row(),
    server: server(),
    isBusy: false,
    isSelected: false,
    isActive: false,
    isCursor: false,
    isStale: false,
    intervalMs: 30_000,
    now: NOW,
    ...props,
  })

describe('a row of the table', () => {
  it('shows state, key, name, server, projects, errors and the age of its data', () => {
    const text = shownRow({ row: row({ issuesInError: 4 }) }).text()
    for (const part of ['Running', 'INT-2', 'Agile Project <> Project B', 'Vienna', 'AP ⇄ PB', '4', 'now'])
      expect(text).toContain(part)
  })

  it('says the state in words beside the icon, which is only for the eyes', () => {
    const wrapper = shownRow({ row: row({ health: 'error', state: message('synchronizations.states.offlineSide') }) })
    expect(wrapper.get('.state svg').attributes('aria-hidden')).toBe('true')
    expect(wrapper.get('.state').text()).toBe('Offline side')
  })

  it('of a server that cannot be asked is grey, never red, and says since when', () => {
    const wrapper = shownRow({
      isStale: true,
      row: row({ health: 'error', state: message('synchronizations.states.error') }),
    })
    expect(wrapper.get('.state').classes()).toContain('health-past')
    expect(wrapper.get('.state').classes()).not.toContain('health-error')
    expect(wrapper.get('.state').text()).toBe('Broken')
    expect(wrapper.get('.col-why').text()).toMatch(/as of .*\d:\d\d [AP]M$/)
  })

  it.each([
    [30_000, 'muted'],
    [61_000, 'ageing'],
    [151_000, 'old'],
  ])('%i ms after its reading, at an interval of 30 s, its age is %s', (age, tone) => {
    expect(
      shownRow({ now: 1_000_000 + age })
        .get('.col-age')
        .classes(),
    ).toContain(tone)
  })

  it('takes the age of its server’s last reading only where it took part in that', () => {
    const recently = server({
      reach: {
        state: 'reachable',
        isAsking: false,
        since: 0,
        lastReadAt: NOW + 4 * 60_000,
        nextReadAt: null,
        error: null,
        gaps: [],
      },
    })
    expect(
      shownRow({ server: recently, now: NOW + 9 * 60_000 })
        .get('.col-age')
        .text(),
    ).toBe('5 min')
    expect(
      shownRow({ server: recently, row: row({ source: 'cache' }), now: NOW + 9 * 60_000 })
        .get('.col-age')
        .text(),
    ).toBe('9 min')
  })

  it('shows a distributed synchronization as the half that it is', () => {
    const text = shownRow({ row: row({ kind: 'distributed', role: 'secondary', second: null }) }).text()
    expect(text).toContain('secondary half')
    expect(text).toContain('AP ⇄ …')
  })

  it('survives what is missing', () => {
    const text = shownRow({
      server: undefined,
      row: row({ summary: '', first: null, second: null, issuesInError: null }),
    }).text()
    expect(text).toContain('No name')
    expect(text).toContain('? ⇄ ?')
    expect(text).toContain('–')
  })
})

describe('a task', () => {
  const shownTask = (more: Parameters<typeof task>[0] = {}) => show(TaskRow, { task: task(more), now: NOW })

  it('runs by the client’s own clock, with a bar that does not pretend to know how far it is', () => {
    const wrapper = shownTask()
    expect(wrapper.text()).toContain('0:08')
    expect(wrapper.find('.indeterminate').exists()).toBe(true)
  })

  it('names what is done, the key and the summary, each apart', () => {
    expect(shownTask().get('.name').element.textContent?.split(/\s+/).join(' ')).toBe(
      'Start INT-2 Agile Project <> Project B',
    )
  })

  it('shows progress where the server reports it', () => {
    expect(shownTask({ progress: 40 }).find('.indeterminate').exists()).toBe(false)
  })

  it.each<[Parameters<typeof task>[0], string]>([
    [{ state: 'sending' }, 'Sending…'],
    [{ waiting: foreign('jira.example cannot be reached.') }, 'Waiting: jira.example cannot be reached.'],
    [{ state: 'confirming' }, 'Reading the new state…'],
    [
      { state: 'ended', outcome: 'succeeded', message: foreign('Successfully started the integration.') },
      'Successfully started the integration.',
    ],
    [{ state: 'ended', outcome: 'failed', failure: foreign('Not allowed') }, 'Failed: Not allowed'],
    [
      { state: 'ended', outcome: 'lost', failure: foreign('The server no longer knows this task') },
      'Outcome lost: The server no longer knows this task',
    ],
    [
      { state: 'ended', outcome: 'unknown', failure: foreign('The answer was lost.') },
      'Outcome unknown: The answer was lost.',
    ],
    [{ operation: 'restart', step: 'stop' }, 'Restart (stopping)'],
    [{ operation: 'restart', step: 'start' }, 'Restart (starting)'],
  ])('%j says “%s”', (more, words) => {
    expect(shownTask(more).text()).toContain(words)
  })
})
