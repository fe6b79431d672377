import { expect, it } from 'vitest'
import { readIntegration } from '../../src-main/backbone/integration.ts'
import { draftValues } from '../../src-contract/draft-values.ts'
import { connectionBody, createBody, updateBody } from '../../src-main/editing/request-bodies.ts'
import { shapeOf, vendorExample } from '../support/vendor-examples.ts'

const integration = () => {
  const read = readIntegration(vendorExample('get-integration'))
  if (read === null) throw new Error('The vendor’s example cannot be read')
  return read
}

it('POST /integrations equals the vendor’s example', () => {
  const side = (projectKey: string) => ({
    projectKey,
    baseUrl: 'http://localhost:8510/jira',
    user: 'backbone',
    password: 'backbone',
  })
  const body = createBody({
    summary: 'Project A <> Project B (REST)',
    description: 'This integration synchronizes issues between project Project A (PA) and project Project B (PB)',
    first: side('PA'),
    second: side('PB'),
  })
  expect(body).toEqual(vendorExample('post-integrations.request'))
})

it('PUT /integrations/{key} with every field equals the vendor’s example', () => {
  const body = updateBody('INT-2', {
    ...draftValues(integration()),
    summary: 'Project A <> Project B (REST)',
    'firstConnector.connection.application.password': 'backbone',
    'secondConnector.connection.application.password': 'backbone',
  })
  expect(body).toEqual(vendorExample('put-integration.request'))
})

it('PUT /integrations/{key} with one field sends that field alone', () => {
  expect(updateBody('INT-2', { 'secondConnector.connection.application.baseUrl': 'https://x' })).toEqual({
    integrationKey: 'INT-2',
    secondConnector: { connection: { application: { baseUrl: 'https://x' } } },
  })
})

it('PUT …/applicationConnection equals the vendor’s example in fields and nesting, with and without a proxy', () => {
  const side = { baseUrl: 'https://new', password: 'p', proxy: null }
  const proxy = { proxyUri: 'proxy:3128', username: 'u', password: 'p' }
  expect(shapeOf(connectionBody(integration(), { first: side, second: side }))).toEqual(
    shapeOf(vendorExample('put-applicationConnection.request')),
  )
  expect(shapeOf(connectionBody(integration(), { first: { ...side, proxy }, second: side }))).toEqual(
    shapeOf(vendorExample('put-applicationConnection-proxy.request')),
  )
})

it('the sync users’ names are those that the server has', () => {
  const side = { baseUrl: 'https://new', password: 'p', proxy: null }
  expect(connectionBody(integration(), { first: side, second: side })).toMatchObject({
    firstConnector: { user: 'backbone' },
    secondConnector: { user: 'backbone' },
  })
})
