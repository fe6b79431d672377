import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import type { Server } from '../../src-contract/servers.ts'
import CopyGuardDialogs from '../../src-renderer/app/CopyGuardDialogs.vue'
import { useServerDialogs } from '../../src-renderer/servers/server-dialogs.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { isUrgent, troublesOf, troublesText } from '../../src-renderer/servers/troubles.ts'
import TroubleLine from '../../src-renderer/servers/TroubleLine.vue'
import TroubleList from '../../src-renderer/servers/TroubleList.vue'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import ConfirmOperation from '../../src-renderer/tasks/ConfirmOperation.vue'
import { row, server, show, stubBridge } from './support.ts'

const SIGN = 'Jira gives its own base URL as elsewhere.'
const copy = server({
  id: 'staging',
  name: 'Staging',
  copyGuard: { state: 'copy', signs: [foreign(SIGN), foreign('12 are the same.')] },
})
const doubtful = server({ id: 'alias', name: 'Alias', copyGuard: { state: 'question', signs: [foreign(SIGN)] } })

const at = (name: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(`[data-test=${name}]`)
  if (found === null) throw new Error(`no ${name}`)
  return found
}

describe('a server that looks like a copy', () => {
  it('is the first of all troubles, lasts until somebody acts, and hides no other', () => {
    const gone = { ...copy, credential: null }
    const troubles = troublesOf([server({ id: 'none', credential: null }), doubtful, gone], true, 1)
    expect(troubles.map(({ kind }) => kind)).toEqual(['copy', 'needing', 'needing', 'question'])
    expect(troubles.every(isUrgent)).toBe(true)
    expect(troublesText(troublesOf([copy], true, 1), 1)).toBe('Staging: looks like a copy of another Jira')
    expect(troublesText(troublesOf([doubtful, copy], true, 1), 1)).toBe('1 server looks like a copy, 1 may be a copy')
  })

  it('is shown with all its signs, and with what can be done', async () => {
    const list = show(TroubleList, { troubles: troublesOf([copy, doubtful], true, 1) }, () =>
      useServers().replace([copy, doubtful]),
    )
    const [first, second] = list.findAll('section')
    expect(first?.text()).toContain(SIGN)
    expect(first?.text()).toContain('12 are the same.')
    expect(first?.findAll('button').map((button) => button.text())).toEqual([
      'Stop all on this server…',
      'Allow starting…',
    ])
    expect(second?.findAll('button').map((button) => button.text())).toEqual(['Answer…'])
    await list.get('[data-test=allow-starting]').trigger('click')
    expect(useServerDialogs().judged?.id).toBe('staging')
  })

  it('offers on its line to stop all, which is asked for by name', async () => {
    const [trouble] = troublesOf([copy], true, 1)
    const line = show(TroubleLine, { trouble, more: 0 }, () => {
      useServers().replace([copy, server({ id: 'other' })])
      useSynchronizations().replace([
        row({ serverId: 'staging', key: 'INT-2', health: 'running' }),
        row({ serverId: 'other', key: 'INT-3', health: 'running' }),
      ])
    })
    await line.get('[data-test=stop-all]').trigger('click')
    expect(useServerDialogs().stopping?.id).toBe('staging')
  })

  it('is left out of what is to be started, and not of what is to be stopped', () => {
    const rows = [
      row({ serverId: 'staging', key: 'INT-2', health: 'stopped' }),
      row({ serverId: 'other', key: 'INT-3', health: 'stopped' }),
    ]
    const prepare = (): void => useServers().replace([copy, server({ id: 'other', name: 'Other' })])
    const start = show(ConfirmOperation, { operation: 'start', rows }, prepare)
    expect(at('left-out').textContent.trim()).toBe(
      'Nothing is started on Staging, because it looks like a copy of another Jira. 1 synchronization there is left out.',
    )
    start.unmount()
    const running = rows.map((each) => ({ ...each, health: 'running' as const }))
    show(ConfirmOperation, { operation: 'stop', rows: running }, prepare)
    expect(document.querySelector('[data-test=left-out]')).toBeNull()
  })
})

describe('what is asked about it', () => {
  async function opened(of: Server) {
    const asked = stubBridge()
    const dialogs = show(CopyGuardDialogs, {}, () => {
      useServers().replace([of])
      useServerDialogs().judge(of.id)
    })
    await flushPromises()
    return { asked, dialogs }
  }
  it.each([
    ['is-same', false],
    ['is-copy', true],
  ])('is answered once: %s', async (button, isCopy) => {
    const { asked } = await opened(doubtful)
    expect(at('copy-question').textContent).toContain(SIGN)
    at(button).click()
    await flushPromises()
    expect(asked).toEqual([{ channel: 'servers:answer-copy-question', args: { serverId: 'alias', isCopy } }])
    expect(useServerDialogs().judged).toBeUndefined()
  })

  it('is released only by its name', async () => {
    const { asked } = await opened(copy)
    const button = at('confirm-release') as HTMLButtonElement
    const field = at('release-copy').querySelector('input')
    if (field === null) throw new Error('no field')
    const type = async (name: string) => {
      field.value = name
      field.dispatchEvent(new Event('input'))
      await flushPromises()
    }
    for (const [typed, isDisabled] of [
      ['staging', true],
      ['Staging', false],
    ] as const) {
      await type(typed)
      expect(button.disabled).toBe(isDisabled)
    }
    // Enter sends what the button would, and not before.
    const enter = async () => {
      field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
      await flushPromises()
    }
    await type('staging')
    await enter()
    expect(asked).toEqual([])
    await type('Staging')
    await enter()
    expect(asked).toEqual([{ channel: 'servers:release-copy', args: { serverId: 'staging', typedName: 'Staging' } }])
  })

  it('closes where nothing speaks for a copy any more', async () => {
    await opened(copy)
    const { copyGuard: _seen, ...well } = copy
    useServers().replace([well])
    await flushPromises()
    expect(document.querySelector('[data-test=release-copy]')).toBeNull()
  })
})
