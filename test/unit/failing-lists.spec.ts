import { describe, expect, it } from 'vitest'
import { changedAnswers } from '../support/changed-answers.ts'
import { said } from '../support/said.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'

/** Reads AP and these projects, over whose lists the server fails. */
async function read(...projects: readonly string[]): Promise<TestMain> {
  const jira = await startJira({ synchronizations: 60, embedsStatus: true })
  const main = startMain({
    createTransport: changedAnswers((request, response) =>
      projects.includes(request.url.searchParams.get('projectKey') ?? '')
        ? { ...response, status: 500, body: '' }
        : response,
    ),
  })
  const serverId = await addServer(main, jira, { projectKeys: [...projects, 'AP'] })
  await main.ask('synchronizations:refresh', { serverId })
  return main
}

describe('a project over whose list the server fails', () => {
  it('hides no other, and is named as a gap', async () => {
    const main = await read('SUPP')
    expect((await main.rows()).length).toBeGreaterThan(0)
    const reach = (await main.ask('servers:list', {}))[0]?.reach
    expect(reach?.error).toBeNull()
    expect(reach?.gaps.map(said)).toEqual(['Project SUPP could not be listed: The server failed to answer (HTTP 500).'])
  })

  it('is the server’s failure where it fails over three in a row', async () => {
    const main = await read('SUPP', 'BILL', 'MOB')
    expect((await main.ask('servers:list', {}))[0]?.reach.error?.code).toBe('http.server-error')
  })

  it('keeps no other unread for longer than a round, however many there are', async () => {
    const main = await read('SUPP', 'BILL', 'MOB')
    expect(await main.rows()).toEqual([])
    await main.ask('synchronizations:refresh', { serverId: null })
    expect((await main.rows()).length).toBeGreaterThan(0)
    const reach = (await main.ask('servers:list', {}))[0]?.reach
    expect([reach?.error, reach?.gaps.length]).toEqual([null, 3])
  })
})
