import type { StoredServer } from '../../src-main/storage/server-table.ts'

/** A server as `state.db` keeps it. */
export const storedServer = (id: string, more: Partial<StoredServer> = {}): StoredServer => ({
  id,
  name: id,
  baseUrl: 'https://jira.example',
  apiPath: '/api',
  environment: 'test',
  projectKeys: ['AP', 'PB'],
  caPem: '',
  allowPlainHttp: false,
  isDemo: false,
  isPaused: false,
  isReadOnly: false,
  startVerb: null,
  sessionless: null,
  credential: { kind: 'basic', user: 'admin', kept: 'keychain' },
  credentialVersion: 3,
  ...more,
})
