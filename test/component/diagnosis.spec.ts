import { expect, it } from 'vitest'
import DiagnoseDialog from '../../src-renderer/servers/DiagnoseDialog.vue'
import { diagnosisText } from '../../src-renderer/servers/diagnosis-text.ts'
import { server, show, stubBridge } from './support.ts'
import type { Access } from '../../src-contract/credentials.ts'
import { foreign } from '../../src-contract/messages/message.ts'

const blocked = server({
  access: { state: 'blocked', reason: 'rejected', since: 0, attempts: 1, nextAttemptAt: 0, loginUrl: null },
})
const checkbox = (): Element | null => document.body.querySelector('[data-test=diagnose-log-in]')

it('opening the diagnosis asks the server for nothing, and logs in only where that is not known to fail', () => {
  const asked = stubBridge({ 'servers:connections': () => [] })
  const shown = show(DiagnoseDialog, { server: server() })
  expect(asked.map(({ channel }) => channel)).toEqual(['servers:connections'])
  expect(checkbox()?.getAttribute('aria-checked')).toBe('true')
  shown.unmount()
  const refused = show(DiagnoseDialog, { server: blocked })
  expect(checkbox()?.getAttribute('aria-checked')).toBe('false')
  expect(document.body.textContent).toContain('Jira refused the last log-in.')
  refused.unmount()
  const cutOff = show(DiagnoseDialog, {
    server: server({ access: { ...blocked.access, reason: 'cut-off' } as Access }),
  })
  expect(checkbox()?.getAttribute('aria-checked')).toBe('false')
  expect(document.body.textContent).toContain('Jira may have counted the last log-in as a failed one.')
  cutOff.unmount()
  // No log-in was refused there.
  show(DiagnoseDialog, { server: server({ access: { ...blocked.access, reason: 'token-needed' } as Access }) })
  expect(checkbox()?.getAttribute('aria-checked')).toBe('false')
  expect(document.body.textContent).not.toContain('the last log-in')
})

it('a report holds what each step found and the latest connections', () => {
  const text = diagnosisText(
    server(),
    [
      {
        step: 'tls',
        verdict: 'failed',
        message: foreign('It is not trusted'),
        details: [foreign('Trusted authorities: 3')],
        certificate: {
          subject: 'CN=a',
          issuer: 'CN=b',
          validFrom: '',
          validTo: '',
          sha256: 'AA:BB',
          pem: 'PEM',
          canBeTrusted: true,
        },
      },
    ],
    [
      {
        firstAt: 0,
        lastAt: 60_000,
        count: 3,
        isConnected: false,
        steps: [
          { step: 'route', message: foreign('Through the proxy'), about: foreign('p:1') },
          { step: 'failure', message: foreign('It is not trusted') },
        ],
      },
    ],
  )
  expect(text.split('\n')).toEqual([
    'Vienna – https://jira.example',
    '',
    'tls: failed – It is not trusted',
    '    Trusted authorities: 3',
    '    CN=a, issued by CN=b, SHA-256 AA:BB',
    '',
    'Connections',
    '1970-01-01T00:01:00.000Z failed (3 times since 1970-01-01T00:00:00.000Z)',
    '    Through the proxy: p:1',
    '    It is not trusted',
    '',
  ])
})
