import { describe, expect, it } from 'vitest'
import { readAsyncTask } from '../../src-main/backbone/async-task.ts'
import { readIntegration, readIntegrationList } from '../../src-main/backbone/integration.ts'
import { buildEntry, type Integration, type SimulatedJira } from '../../src-simulator/index.ts'
import { startJira } from '../support/services.ts'
import { shapeOf, vendorExample } from '../support/vendor-examples.ts'

const HEADERS = {
  authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}`,
  'x-atlassian-token': 'no-check',
}

async function call(jira: SimulatedJira, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${jira.baseUrl}/plugins/servlet/backbone-issue-sync/api/1${path}`, {
    method,
    headers: HEADERS,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  expect(response.status).toBe(200)
  const text = await response.text()
  return text === '' ? null : JSON.parse(text)
}

async function jiraWith(...integrations: unknown[]): Promise<SimulatedJira> {
  const jira = await startJira()
  for (const integration of integrations) jira.api.put(buildEntry(structuredClone(integration) as Integration, true))
  return jira
}

describe('the simulator, given the vendor’s data, answers exactly as the vendor’s page', () => {
  it('for the list', async () => {
    const example = vendorExample('get-integrations') as unknown[]
    expect(await call(await jiraWith(...example), 'GET', '/integrations')).toEqual(example)
  })

  it('for a single synchronization', async () => {
    const example = vendorExample('get-integration')
    expect(await call(await jiraWith(example), 'GET', '/integrations/INT-2')).toEqual(example)
  })

  it('for a new synchronization, in fields and types', async () => {
    const jira = await jiraWith(vendorExample('get-integration'))
    const created = await call(jira, 'POST', '/integrations', vendorExample('post-integrations.request'))
    expect(shapeOf(created)).toEqual(shapeOf(vendorExample('post-integrations.response')))
    expect(created).toMatchObject({
      integrationKey: 'INT-3',
      firstConnector: { connectorKey: 'PA-4' },
      secondConnector: { connectorKey: 'PB-5' },
    })
  })

  it.each([
    ['PUT', '/integrations/INT-2', 'put-integration.request', 'put-integration.response'],
    ['PUT', '/integrations/INT-2/start', null, 'put-start.response'],
    ['PUT', '/integrations/INT-2/stop', null, 'put-stop.response'],
  ])('for %s %s, in fields and types', async (method, path, request, response) => {
    const jira = await jiraWith(vendorExample('get-integration'))
    const answer = await call(jira, method, path, request === null ? undefined : vendorExample(request))
    expect(shapeOf(answer)).toEqual(shapeOf(vendorExample(response)))
  })

  it.each(['put-applicationConnection', 'put-applicationConnection-proxy'])(
    'for %s, in fields and types',
    async (name) => {
      const jira = await jiraWith(vendorExample('get-integration'))
      // The page has placeholders; the sync user must be the one that is there.
      const text = JSON.stringify(vendorExample(`${name}.request`)).replaceAll('<syncuser username>', 'backbone')
      const answer = await call(jira, 'PUT', '/integrations/INT-2/applicationConnection', JSON.parse(text))
      expect(shapeOf(answer)).toEqual(shapeOf(vendorExample(`${name}.response`)))
    },
  )
})

describe('the client reads the vendor’s examples as they stand', () => {
  it('the list, with a centralized and a distributed synchronization', async () => {
    const items = (await readIntegrationList(vendorExample('get-integrations') as unknown[])).items
    expect(items?.map(({ integration }) => integration)).toMatchObject([
      {
        key: 'INT-16',
        isDistributed: false,
        first: {
          connectorKey: 'AP-29',
          baseUrl: 'http://localhost:8080',
          user: 'backbone',
          sendQueue: { type: 'vm', target: 'AP-29_PB-30' },
        },
        second: { projectKey: 'PB', pollingIntervalMs: 1000 },
      },
      {
        key: 'INT-15',
        isDistributed: true,
        isMaster: true,
        second: null,
        first: { receiveQueue: { type: 'file', target: 'INT-15/RECEIVE' } },
      },
    ])
  })

  it.each(['get-integration', 'post-integrations.response'])('%s', (name) => {
    expect(readIntegration(vendorExample(name))).toMatchObject({
      summary: expect.stringContaining('Project A <> Project B') as string,
      lastModifiedUser: 'admin',
      first: { projectKey: 'PA' },
      second: { projectKey: 'PB' },
    })
  })

  it.each(['put-start', 'put-stop', 'put-integration', 'put-applicationConnection', 'put-applicationConnection-proxy'])(
    'the task of %s',
    (name) => {
      expect(readAsyncTask(vendorExample(`${name}.response`))).toMatchObject({
        id: expect.stringMatching(/^[0-9A-F]{32}$/) as string,
        end: null,
        message: 'The task has been started.',
        failureMessage: '',
      })
    },
  )
})
