import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Notification } from '../../src-contract/notifications.ts'
import { until } from '../../tools/until.ts'
import { heldBack } from '../support/held-back.ts'
import { create, expectOnePost, failure, input, othersCreate, scene, type Scene } from '../support/lost-write-scene.ts'
import { runUntilKilled } from '../support/run-until-killed.ts'
import { spoken, type Spoken } from '../support/said.ts'
import { scratchFolder } from '../support/scratch.ts'
import { startMain, type TestMain } from '../support/services.ts'

const WRITE_AND_HANG = resolve(import.meta.dirname, '../support/write-and-hang.ts')

describe('what the end of Syncdeck cut off', () => {
  /** Asks for a write whose answer never comes, and ends as a crash does: nothing more is noted. */
  const cutOff = async (stage: Scene, path: string, method: string, ask: () => Promise<unknown>): Promise<void> => {
    stage.jira.faults.add({ path, method, fault: { kind: 'hang' } })
    void ask().catch(() => undefined)
    await until('it was sent', () => stage.jira.requestsTo(path, method).length === 1)
    stage.jira.faults.clear()
    await stage.main.close()
  }
  const again = (stage: Scene): TestMain => {
    const main = startMain({ folder: stage.main.folder, keychain: stage.main.keychain })
    main.services.resume()
    return main
  }
  const told = async (main: TestMain): Promise<Spoken<Notification>[]> => {
    await until(
      'every write has an outcome',
      async () => (await main.ask('audit:list', { outcome: { wanted: ['pending'] } })).length === 0,
    )
    return spoken(await main.ask('notifications:list', {}))
  }

  it('a creation is reported at the next start, once, with similar ones; none is mistaken for it', async () => {
    const stage = await scene()
    await cutOff(stage, '/integrations', 'POST', () => create(stage))
    othersCreate(stage, 'INT-9')
    const main = again(stage)
    expect(await told(main)).toMatchObject([
      {
        title: 'It is not known whether “New” was created on Test Jira',
        text: expect.stringMatching(/quit before.*INT-9 “New”.*not repeated/) as string,
        tone: 'bad',
      },
    ])
    expect(main.told).toHaveLength(1)
    await main.close()
    expect(await told(again({ ...stage, main }))).toHaveLength(1)
    expectOnePost(stage)
  })

  it('a creation is not reported with what another one made, nor is another reported as done with what it may have made', async () => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/integrations', method: 'POST', times: 1, fault: { kind: 'hang' } })
    void create(stage).catch(() => undefined)
    await until('it was sent', () => stage.jira.requestsTo('/integrations', 'POST').length === 1)
    const { key } = await create(stage)
    await stage.main.close()
    const main = again(stage)
    const [first] = await told(main)
    expect(first).toMatchObject({ text: expect.not.stringContaining(key) as string })
    stage.jira.faults.add({ path: '/integrations', method: 'POST', times: 1, fault: { kind: 'reset-after' } })
    expect(await failure(create({ ...stage, main }))).toMatchObject({ isOutcomeUnknown: true })
  })

  it.each([
    ['took effect', true, ['INT-2 was deleted on Test Jira']],
    ['did not take effect', false, ['It is not known whether INT-2 is being deleted on Test Jira']],
  ])('a deletion that %s is told at the next start as what it was', async (_name, hasEffect, titles) => {
    const stage = await scene()
    await cutOff(stage, '/integrations/INT-2', 'DELETE', () =>
      stage.main.ask('synchronizations:delete', { ref: stage.ref, typedKey: 'INT-2' }),
    )
    if (hasEffect) stage.jira.api.entries.delete('INT-2')
    expect((await told(again(stage))).map(({ title }) => title)).toEqual(titles)
    expect(stage.jira.requestsTo('/integrations/INT-2', 'DELETE')).toHaveLength(1)
  })

  it('a deletion that takes effect only after the next start is reported as still there, and then as done', async () => {
    const stage = await scene()
    await cutOff(stage, '/integrations/INT-2', 'DELETE', () =>
      stage.main.ask('synchronizations:delete', { ref: stage.ref, typedKey: 'INT-2' }),
    )
    const main = again(stage)
    await until('it was looked for', async () => (await main.ask('notifications:list', {})).length === 1)
    expect(spoken(await main.ask('notifications:list', {}))).toMatchObject([
      { kind: 'write-unknown', text: expect.stringContaining('still there') as string },
    ])
    stage.jira.api.entries.delete('INT-2')
    expect((await told(main)).map(({ title }) => title)).toContain('INT-2 was deleted on Test Jira')
  })

  const TITLES = {
    creation: 'It is not known whether “New” was created on Test Jira',
    deletion: 'It is not known whether INT-2 is being deleted on Test Jira',
  }
  it.each([
    ['creation', 'POST', '/integrations', 'hang'],
    ['creation', 'POST', '/integrations', 'reset-before'],
    ['deletion', 'DELETE', '/integrations/INT-2', 'hang'],
    ['deletion', 'DELETE', '/integrations/INT-2', 'reset-before'],
  ] as const)('a %s is told at the next start after a kill (%s %s, %s)', async (what, method, path, kind) => {
    const stage = await scene()
    await stage.main.close()
    writeFileSync(join(stage.main.folder, 'keychain.json'), JSON.stringify([...stage.main.keychain.entries]))
    stage.jira.faults.add({ path, method, fault: { kind } })
    // If the answer is lost, it is killed while it looks what became of the write.
    const isTime = (): boolean => {
      const sent = stage.jira.seen.findIndex((request) => request.method === method && request.path.endsWith(path))
      return sent >= 0 && (kind === 'hang' || stage.jira.seen.length > sent + 2)
    }
    expect(await runUntilKilled(WRITE_AND_HANG, [stage.main.folder, what], { lines: 2, ms: 0, isTime })).toMatchObject({
      failure: '',
    })
    stage.jira.faults.clear()
    expect((await told(again(stage))).map(({ title }) => title)).toContain(TITLES[what])
    expect(stage.jira.requestsTo(path, method)).toHaveLength(1)
  })

  it.each([
    ['creation', TITLES.creation],
    ['deletion', TITLES.deletion],
    ['deletion of a link', /^Outcome unknown: “Delete a link”/],
    ['import of links', /^Outcome unknown: “Import links”/],
  ] as const)(
    'a %s is told at the next start if Syncdeck quits while it looks what became of it',
    async (what, title) => {
      const links = join(scratchFolder(), 'links.json')
      let isSent = (): boolean => false
      const look = heldBack('request', () => isSent())
      const stage = await scene({}, { fileToChoose: () => links, createTransport: look.createTransport })
      const { jira, main, ref } = stage
      const { connectorKey } = jira.entry('INT-2').integration.firstConnector
      const connector = { ...ref, connectorKey }
      writeFileSync(links, JSON.stringify([{ localIssueKey: 'PA-901', remoteIssueKey: 'PB-901' }]))
      const plan = await main.ask('connectors:plan-import', connector)
      const [link] = (await main.ask('connectors:links', connector))?.links ?? []
      const linksPath = `/connectors/${connectorKey}/syncInformation`
      const [method, path, ask] = {
        creation: ['POST', '/integrations', () => create(stage)] as const,
        deletion: [
          'DELETE',
          '/integrations/INT-2',
          () => main.ask('synchronizations:delete', { ref, typedKey: ref.key }),
        ] as const,
        'deletion of a link': [
          'DELETE',
          linksPath,
          () => main.ask('connectors:delete-link', { ref: connector, id: link?.id ?? '' }),
        ] as const,
        'import of links': [
          'POST',
          linksPath,
          () => main.ask('connectors:import-links', { planId: plan?.planId ?? '', withDifferent: false }),
        ] as const,
      }[what]
      const sent = (): number => jira.requestsTo(path, method).length
      jira.faults.add({ path, method, fault: { kind: 'reset-before' } })
      isSent = () => sent() > 0
      look.hold()
      const asked = failure(ask())
      await until('it is looked for', look.isHeld)
      await main.close()
      look.letGo()
      await asked
      jira.faults.clear()
      expect((await told(again(stage))).map((notification) => notification.title)).toEqual(
        expect.arrayContaining([expect.stringMatching(title)]),
      )
      expect(sent()).toBe(1)
    },
  )

  it('the start of a creation that was answered is reported as not sent at the next start', async () => {
    let isSent = (): boolean => false
    const list = heldBack('request', ({ method }) => isSent() && method === 'GET')
    const stage = await scene({}, { createTransport: list.createTransport })
    isSent = () => stage.jira.requestsTo('/integrations', 'POST').length > 0
    list.hold()
    const created = create(stage)
    await until('the list is read again', list.isHeld)
    await stage.main.close()
    list.letGo()
    await created.catch(() => undefined)
    const main = again(stage)
    await until('the start has ended', async () => (await main.ask('tasks:list', {}))[0]?.state === 'ended')
    expect(spoken(await main.ask('tasks:list', {}))).toMatchObject([
      { operation: 'start', outcome: 'interrupted', message: expect.stringMatching(/^Nothing was sent/) as string },
    ])
    expectOnePost(stage)
  })

  it('is reported at once if the server cannot be asked', async () => {
    const stage = await scene()
    await cutOff(stage, '/integrations/INT-2', 'DELETE', () =>
      stage.main.ask('synchronizations:delete', { ref: stage.ref, typedKey: 'INT-2' }),
    )
    await stage.jira.goOffline()
    expect(await told(again(stage))).toMatchObject([
      {
        title: 'It is not known whether INT-2 is being deleted on Test Jira',
        text: expect.stringContaining('could not be read') as string,
      },
    ])
  })

  it.each(['', '/integrations'])(
    'a resync is reported as not known, a stop by its task (Jira at “%s”)',
    async (path) => {
      const stage = await scene({ contextPath: path })
      const { connectorKey } = stage.jira.entry('INT-2').integration.firstConnector
      const resync = { jql: '', fieldMappings: ['summary'], responsibility: false, sendStatusField: false }
      await cutOff(stage, `/connectors/${connectorKey}/resync`, 'POST', () =>
        stage.main.ask('connectors:resync', { ref: { ...stage.ref, connectorKey }, resync }),
      )
      const main = again(stage)
      expect(await told(main)).toMatchObject([{ title: `Outcome unknown: “Resync” of ${connectorKey} on Test Jira` }])
      // The log-in is known to be right by then: one with an unknown outcome is not repeated.
      await main.ask('synchronizations:refresh', { serverId: stage.ref.serverId })
      await cutOff({ ...stage, main }, '/integrations/INT-2/stop', 'PUT', () =>
        main.ask('synchronizations:stop', { targets: [stage.ref] }),
      )
      const last = again({ ...stage, main })
      expect((await told(last)).filter(({ title }) => title.includes('INT-2'))).toEqual([])
      await until('the task is told', async () => (await last.ask('tasks:list', {}))[0]?.state === 'ended')
    },
  )

  it.each(['server', 'synchronization'])(
    'a deletion is told at the next start although its %s is snoozed',
    async (what) => {
      const stage = await scene()
      const { serverId } = stage.ref
      const key = what === 'server' ? null : 'INT-2'
      await stage.main.ask('snoozes:set', { serverId, key, until: null, reason: 'noisy' })
      await cutOff(stage, '/integrations/INT-2', 'DELETE', () =>
        stage.main.ask('synchronizations:delete', { ref: stage.ref, typedKey: 'INT-2' }),
      )
      const main = again(stage)
      await until('it is told', async () => (await main.ask('notifications:list', {})).length === 1)
    },
  )

  it('each of six creations on one server is told at the next start', async () => {
    const stage = await scene()
    const names = [1, 2, 3, 4, 5, 6].map((number) => `New ${number}`)
    stage.jira.faults.add({ path: '/integrations', method: 'POST', fault: { kind: 'hang' } })
    for (const summary of names)
      void stage.main
        .ask('synchronizations:create', {
          serverId: stage.ref.serverId,
          input: { ...input, summary },
          isStarted: false,
        })
        .catch(() => undefined)
    await until('they were sent', () => stage.jira.requestsTo('/integrations', 'POST').length === names.length)
    stage.jira.faults.clear()
    await stage.main.close()
    const main = again(stage)
    const untold = async (): Promise<string[]> => {
      const all = JSON.stringify(spoken(await main.ask('notifications:list', {})))
      return names.filter((name) => !all.includes(name))
    }
    await until('each is told', async () => (await untold()).length === 0)
  })
})
