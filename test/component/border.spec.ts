import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { useFaults } from '../../src-renderer/app/faults.ts'
import { ask, errorData, onBrokenAnswer } from '../../src-renderer/backend/ask.ts'
import { ContractError } from '../../src-renderer/backend/checked.ts'
import SynchronizationPanel from '../../src-renderer/panel/SynchronizationPanel.vue'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { detail, row, server, show } from './support.ts'

/** A main process that answers everything with this, whatever the contract says; what it was asked to log. */
function answering(answer: unknown) {
  const logged: unknown[] = []
  const request = new Proxy({} as Record<string, (args: unknown) => Promise<unknown>>, {
    get: (_target, channel) => (args: unknown) => {
      if (channel !== 'app:report-fault') return Promise.resolve(answer)
      logged.push(args)
      return Promise.resolve({ ok: true })
    },
  })
  vi.stubGlobal('syncdeck', { request, subscribe: () => () => undefined })
  return logged
}
const failureOf = (asking: Promise<unknown>): Promise<unknown> =>
  asking.then(
    () => undefined,
    (fault: unknown) => fault,
  )

beforeEach(() => {
  setActivePinia(createPinia())
  const faults = useFaults()
  onBrokenAnswer((fault) => faults.log(fault, 'answer'))
})

describe('an answer that breaks the contract', () => {
  it.each([
    ['nothing at all', undefined, ''],
    ['a failure without a code', { ok: false, error: { message: { key: 'errors.input' } } }, ' at error.code'],
    ['one that lacks a part', { ok: true, value: [{ ...server(), reach: undefined }] }, ' at 0.reach'],
    [
      'one with a word that nobody knows',
      { ok: true, value: [server({ id: 's1' }), { ...server(), environment: 'secret' }] },
      ' at 1.environment',
    ],
  ])(
    '%s: whoever asked is told so, and the log where it is wrong, once and without its values',
    async (_, answer, where) => {
      const logged = answering(answer)
      const faults = [await failureOf(ask('servers:list', {})), await failureOf(ask('servers:list', {}))]
      expect(faults).toEqual([expect.any(ContractError), expect.any(ContractError)])
      expect(errorData(faults[0])).toMatchObject({ code: 'internal', message: expect.stringContaining('cannot read') })
      expect(logged).toEqual([
        expect.objectContaining({
          where: 'answer',
          message: expect.stringContaining(`contract: servers:list${where}: `),
        }),
      ])
      expect(JSON.stringify(logged)).not.toContain('secret')
    },
  )

  it('leaves what was shown as it was, and says why there is no more', async () => {
    const logged = answering({ ok: true, value: { ...detail(), first: { connectorKey: 'AP-29' } } })
    const wrapper = show(SynchronizationPanel, { id: 's1 INT-2' }, () => {
      useServers().replace([server()])
      useSynchronizations().replace([row()])
      const faults = useFaults()
      onBrokenAnswer((fault) => faults.log(fault, 'answer'))
    })
    await flushPromises()
    expect(wrapper.text()).toContain('Agile Project <> Project B')
    expect(wrapper.text()).toContain('Syncdeck received internal data that it cannot read.')
    expect(logged).toHaveLength(1)
    expect(logged).toMatchObject([{ message: expect.stringContaining('synchronizations:detail') }])
  })

  it('and that nobody caught is shown once, and logged once', async () => {
    const logged = answering({ ok: true, value: 7 })
    const faults = useFaults()
    faults.report(await failureOf(ask('servers:list', {})), 'promise')
    expect(faults.latest?.message).toContain('cannot read')
    expect(logged).toHaveLength(1)
  })
})

it('an answer is cut to what the contract names', async () => {
  answering({ ok: true, value: [{ ...server(), password: 'x' }] })
  expect(await ask('servers:list', {})).toEqual([server()])
})

describe('the list of all synchronizations', () => {
  const many = Array.from({ length: 1_200 }, (_, index) => row({ key: `INT-${index}` }))
  const listed = (rows: readonly unknown[]) => ({ ok: true, value: { sequence: 3, rows: JSON.stringify(rows) } })

  it('is taken over row by row', async () => {
    answering(listed(many))
    expect(await useSynchronizations().load(null)).toEqual({ rows: many, sequence: 3 })
  })

  it.each([
    ['is no JSON', { ok: true, value: { sequence: 3, rows: '[{' } }, 'contract: synchronizations:list'],
    ['is no list', { ok: true, value: { sequence: 3, rows: '{}' } }, 'contract: synchronizations:list'],
    ['has a wrong row', listed(many.with(1_111, { ...row(), health: 'fine' as 'error' })), 'at 111.health'],
  ])('is refused as a whole if it %s', async (_, answer, words) => {
    const logged = answering(answer)
    expect(await failureOf(useSynchronizations().load(null))).toBeInstanceOf(ContractError)
    expect(logged).toMatchObject([{ message: expect.stringContaining(words) }])
  })
})
