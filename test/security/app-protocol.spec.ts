import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  containedPath,
  createAppProtocol,
  CONTENT_SECURITY_POLICY,
  isAppUrl,
} from '../../src-main/security/app-protocol.ts'
import { scratchFolder } from '../support/scratch.ts'

function served() {
  const folder = scratchFolder()
  const root = join(folder, 'renderer')
  mkdirSync(join(root, 'assets'), { recursive: true })
  writeFileSync(join(root, 'index.html'), '<p>page</p>')
  writeFileSync(join(root, 'assets', 'a.js'), 'export {}')
  writeFileSync(join(root, 'notes.txt'), 'not a type that is served')
  writeFileSync(join(folder, 'secret.js'), 'outside')
  const answer = createAppProtocol(root)
  return { root, get: (address: string, method = 'GET') => answer(new Request(address, { method })) }
}

describe('app://syncdeck', () => {
  it('serves the page with its policy', async () => {
    const response = await served().get('app://syncdeck/index.html')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each([
    'app://syncdeck/../secret.js',
    'app://syncdeck/%2e%2e/secret.js',
    'app://syncdeck/..%2fsecret.js',
    'app://syncdeck/assets/..%2f..%2fsecret.js',
    'app://syncdeck/..%5csecret.js',
    'app://syncdeck/%00.js',
    'app://syncdeck/%zz',
    'app://syncdeck//etc/passwd',
    'app://syncdeck/notes.txt',
    'app://syncdeck/',
    'app://other/index.html',
    'app://syncdeck.evil/index.html',
  ])('does not serve %s', async (address) => {
    expect((await served().get(address)).status).toBe(404)
  })

  it('answers GET only', async () => {
    expect((await served().get('app://syncdeck/index.html', 'POST')).status).toBe(404)
  })

  it('holds for paths that no URL parser has touched', () => {
    const { root } = served()
    for (const path of ['/../secret.js', '/..', '/../renderer-other/x.js', '/a/../../secret.js'])
      expect(containedPath(root, path)).toBeNull()
    expect(containedPath(root, '/assets/a.js')).toBe(join(root, 'assets', 'a.js'))
  })
})

it('the policy loads nothing from elsewhere and evaluates nothing', () => {
  expect(CONTENT_SECURITY_POLICY).toContain("default-src 'none'")
  expect(CONTENT_SECURITY_POLICY).toContain("connect-src 'none'")
  expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|https?:|\*/)
})

it.each([
  ['app://syncdeck/index.html', true],
  ['app://syncdeck.evil/index.html', false],
  ['https://syncdeck/', false],
  ['app://other/', false],
  ['not an address', false],
])('%s counts as our page: %s', (address, isOurs) => {
  expect(isAppUrl(address)).toBe(isOurs)
})
