import { describe, expect, it } from 'vitest'
import type { CredentialInput } from '../../src-contract/credentials.ts'
import { testConnection as run, TOKEN, verdictsOf, withCredential, WRONG } from '../support/connection-tests.ts'
import { movableClock } from '../support/movable-clock.ts'
import { addServer, startJira, startMain } from '../support/services.ts'
import { setCredential } from '../support/set-credential.ts'
import { until } from '../../tools/until.ts'
import { spoken } from '../support/said.ts'

describe('one log-in at a time', () => {
  it('ten tests at once with a wrong password are one attempt, with a right one never two at the same time', async () => {
    const [main, jira] = [startMain(), await startJira({ latencyMs: 10 })]
    const ten = (credential: CredentialInput) =>
      Promise.all(Array.from({ length: 10 }, () => run(main, jira, { credential })))
    const wrong = await ten(WRONG)
    expect(jira.failedLogIns('admin')).toBe(1)
    expect(wrong.map(({ step }) => step('login')?.code).toSorted()).toEqual([
      'auth.rejected',
      ...Array.from({ length: 9 }, () => 'auth.too-soon'),
    ])
    const others = await ten(TOKEN)
    expect(others.map(({ verdicts }) => verdicts.login)).toEqual(Array.from({ length: 10 }, () => 'passed'))
  })

  it('a user written in other letters, or with a space that was copied along, is the same, another context path is another Jira', async () => {
    const [main, jira] = [startMain(), await startJira()]
    await run(main, jira, { credential: WRONG })
    for (const user of ['ADMIN', ' admin '])
      expect((await run(main, jira, { credential: { ...WRONG, user } })).step('login')?.code).toBe('auth.too-soon')
    expect((await run(main, jira, { credential: { ...WRONG, user: 'other' } })).step('login')?.code).toBe(
      'auth.rejected',
    )
  })

  it('an attempt whose answer was lost is not known, not repeated, and counts as one', async () => {
    const { clock, moveOn } = movableClock()
    const [main, jira] = [startMain({ clock }), await startJira()]
    for (const fault of [
      { kind: 'reset-before' },
      { kind: 'answer', status: 502, body: '<html>Bad gateway</html>' },
    ] as const) {
      jira.seen.length = 0
      jira.faults.add({ path: '/integrations', times: 1, fault })
      expect((await run(main, jira)).step('login')).toMatchObject({
        verdict: 'warning',
        message: expect.stringContaining('not known') as string,
      })
      expect((await run(main, jira)).step('login')).toMatchObject({ verdict: 'skipped', code: 'auth.too-soon' })
      expect(withCredential(jira)).toBe(1)
      moveOn(10_000)
    }
    expect((await run(main, jira)).verdicts.login).toBe('passed')
  })

  it('a typed password shares the ten seconds of the saved server with the same user, both ways', async () => {
    const { clock, moveOn } = movableClock()
    const [main, jira] = [startMain({ clock }), await startJira({ failuresBeforeCaptcha: 99 })]
    const serverId = await addServer(main, jira, { secret: 'wrong' })
    await main.ask('synchronizations:refresh', { serverId })
    expect((await run(main, jira, { serverId, credential: { ...WRONG, secret: 'another' } })).step('login')?.code).toBe(
      'auth.too-soon',
    )
    moveOn(10_000)
    expect((await run(main, jira, { serverId, credential: { ...WRONG, secret: 'another' } })).step('login')?.code).toBe(
      'auth.rejected',
    )
    await expect(main.ask('servers:try-once', { serverId })).rejects.toMatchObject({ data: { code: 'auth.too-soon' } })
    const steps = spoken(await main.ask('servers:diagnose', { testId: 't', serverId, withLogIn: true }))
    expect(steps.find(({ step }) => step === 'login')).toMatchObject({ verdict: 'skipped', code: 'auth.too-soon' })
    expect(jira.failedLogIns('admin')).toBe(2)
  })

  it('a typed password that is saved while it is tested, and then refused, is not sent once more', async () => {
    const [main, jira] = [startMain(), await startJira({ synchronizations: 1, latencyMs: 50 })]
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    const tested = run(main, jira, { serverId, credential: WRONG })
    await until('it is being tried', () =>
      jira.seen.some(({ by }) => by === 'password' && jira.failedLogIns('admin') === 1),
    )
    await setCredential(main, { serverId, credential: WRONG, isSessionOnly: false })
    await main.ask('synchronizations:refresh', { serverId })
    expect((await tested).step('login')?.code).toBe('auth.rejected')
    await main.ask('synchronizations:refresh', { serverId })
    expect((await main.ask('servers:list', {}))[0]?.access).toMatchObject({ state: 'blocked', reason: 'rejected' })
    expect(jira.failedLogIns('admin')).toBe(1)
  })

  it('a typed password waits its ten seconds although the stored one was accepted in between', async () => {
    const { clock } = movableClock()
    const [main, jira] = [startMain({ clock }), await startJira({ synchronizations: 1 })]
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    expect((await run(main, jira, { credential: WRONG })).step('login')?.code).toBe('auth.rejected')
    await main.ask('servers:try-once', { serverId })
    expect((await run(main, jira, { credential: WRONG })).step('login')?.code).toBe('auth.too-soon')
    expect(jira.failedLogIns('admin')).toBeLessThanOrEqual(1)
  })

  it('the stored password typed again stands before the saved server’s gate, and opens it', async () => {
    const { clock, moveOn } = movableClock()
    const [main, jira] = [startMain({ clock }), await startJira({ synchronizations: 1 })]
    jira.logIn.account('admin').password = 'not yet'
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    jira.logIn.account('admin').password = 'admin'
    moveOn(10_000)
    expect((await run(main, jira)).verdicts.login).toBe('passed')
    await until('the server is read again', async () => (await main.rows()).length === 1)
  })
})

describe('the diagnosis of a saved server', () => {
  it('keeps to its limit of simultaneous requests', async () => {
    const [main, jira] = [startMain(), await startJira({ synchronizations: 30, latencyMs: 15 })]
    await main.ask('settings:set', { requestsPerServer: 1 })
    const serverId = await addServer(main, jira)
    const reading = main.ask('synchronizations:refresh', { serverId })
    const diagnoses = Array.from({ length: 3 }, (_, index) =>
      main.ask('servers:diagnose', { testId: `t${index}`, serverId, withLogIn: true }),
    )
    await Promise.all([reading, ...diagnoses])
    expect(jira.peakConcurrency).toBe(1)
    expect(verdictsOf((await diagnoses[0]) ?? [])).toMatchObject({
      jira: 'passed',
      login: 'passed',
      rights: 'passed',
      limits: 'passed',
    })
  })

  it('waits as the rate limit of its requests asks', async () => {
    const [main, jira] = [startMain(), await startJira({ synchronizations: 1, embedsStatus: true })]
    const serverId = await addServer(main, jira)
    jira.faults.add({
      path: '/integrations',
      times: 3,
      fault: { kind: 'answer', status: 429, headers: { 'Retry-After': '60' }, body: '' },
    })
    await main.ask('synchronizations:refresh', { serverId })
    jira.seen.length = 0
    const steps = spoken(await main.ask('servers:diagnose', { testId: 't', serverId, withLogIn: true }))
    expect(steps.find(({ step }) => step === 'connection')).toMatchObject({ code: 'http.rate-limited' })
    expect(jira.seen).toEqual([])
  })

  it('sends an unproven password once also where the answer is lost, says that nothing is known, and counts it', async () => {
    const { clock, moveOn } = movableClock()
    const [main, jira] = [startMain({ clock }), await startJira({ synchronizations: 1 })]
    const serverId = await addServer(main, jira)
    const diagnose = async () =>
      (await main.ask('servers:diagnose', { testId: 't', serverId, withLogIn: true })).find(
        ({ step }) => step === 'login',
      )
    jira.faults.add({ path: '/integrations', times: 1, fault: { kind: 'reset-before' } })
    expect(spoken(await diagnose())).toMatchObject({
      verdict: 'warning',
      message: expect.stringContaining('not known') as string,
    })
    expect(await diagnose()).toMatchObject({ verdict: 'skipped', code: 'auth.too-soon' })
    expect(withCredential(jira)).toBe(1)
    moveOn(10_000)
    expect(await diagnose()).toMatchObject({ verdict: 'passed' })
    expect(withCredential(jira)).toBe(2)
  })

  it('shares the log-in of a reading that is under way', async () => {
    const [main, jira] = [startMain(), await startJira({ synchronizations: 3, latencyMs: 30 })]
    const serverId = await addServer(main, jira, { secret: 'wrong' })
    await Promise.all([
      main.ask('synchronizations:refresh', { serverId }),
      main.ask('servers:diagnose', { testId: 't', serverId, withLogIn: true }),
    ])
    expect(jira.failedLogIns('admin')).toBe(1)
  })
})

it.each(['servers:try-once', 'servers:diagnose'] as const)(
  '%s tries the password itself at an open gate, too, where Jira would serve the session that it once opened',
  async (channel) => {
    const [main, jira] = [startMain(), await startJira({ synchronizations: 1, hasWebSudo: true })]
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    jira.logIn.account('admin').password = 'changed'
    await main.ask('synchronizations:refresh', { serverId })
    expect(jira.failedLogIns('admin')).toBe(0)
    if (channel === 'servers:try-once')
      await expect(main.ask(channel, { serverId })).rejects.toMatchObject({ data: { code: 'auth.rejected' } })
    else expect(verdictsOf(await main.ask(channel, { testId: 't', serverId, withLogIn: true })).login).toBe('failed')
    expect(jira.failedLogIns('admin')).toBe(1)
    expect((await main.ask('servers:list', {}))[0]?.access).toMatchObject({ state: 'blocked', reason: 'rejected' })
  },
)

it('“Test once” tries the password itself, though Jira would serve the session that it once opened', async () => {
  const { clock, moveOn } = movableClock()
  const [main, jira] = [startMain({ clock }), await startJira({ synchronizations: 1, hasWebSudo: true })]
  const first = await addServer(main, jira)
  const refresh = (serverId: string) => main.ask('synchronizations:refresh', { serverId })
  await refresh(first)
  jira.logIn.account('admin').password = 'changed'
  await refresh(first)
  expect(jira.failedLogIns('admin')).toBe(0)
  // Another entry for the same user, with the password of before.
  await refresh(await addServer(main, jira)).catch(() => undefined)
  expect(jira.failedLogIns('admin')).toBe(1)
  await refresh(first).catch(() => undefined)
  moveOn(60_000)
  await expect(main.ask('servers:try-once', { serverId: first })).rejects.toMatchObject({
    data: { code: 'auth.rejected' },
  })
  expect(jira.failedLogIns('admin')).toBe(2)
  expect((await main.ask('servers:list', {})).map(({ access }) => access.state)).toEqual(['blocked', 'blocked'])
})
