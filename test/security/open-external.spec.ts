import { beforeEach, describe, expect, it, vi } from 'vitest'

const opened: string[] = []
vi.mock('electron', () => ({ shell: { openExternal: async (address: string) => void opened.push(address) } }))
const { openOnServer } = await import('../../src-main/security/open-external.ts')

beforeEach(() => {
  opened.length = 0
})

describe('an address outside of the application', () => {
  it.each([
    'https://jira.example.evil/jira',
    'https://jira.example:8443/jira',
    'http://jira.example/jira',
    'https://user:password@jira.example/jira',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://jira.example/share',
    'ms-msdt:/id',
    'not an address',
    '',
  ])('%s is not opened for a server at https://jira.example', async (address) => {
    await expect(openOnServer(address, 'https://jira.example/jira')).rejects.toMatchObject({ code: 'input.invalid' })
    expect(opened).toEqual([])
  })

  it('on the server itself is', async () => {
    await openOnServer('https://jira.example/jira/browse/AP-1', 'https://jira.example/jira')
    expect(opened).toEqual(['https://jira.example/jira/browse/AP-1'])
  })
})
