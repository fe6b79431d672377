import { expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import { jobReport } from '../../src-main/jobs/job-report.ts'
import { copyJob, step, target } from '../support/job-views.ts'

const job = copyJob()

it('a report needs nothing else, has what failed in front, and runs nothing that a name holds', async () => {
  const hostile = '<img src=x onerror=alert(1)> & "quoted" \u202Egnp'
  const failed = target({
    key: 'INT-7',
    summary: hostile,
    steps: [step('create', { path: '/integrations', outcome: 'failed', result: foreign('No right.'), begunAt: 0 })],
  })
  const html = await jobReport({ ...job, targets: [...job.targets, failed] })
  const page = new DOMParser().parseFromString(html, 'text/html')
  expect(page.title).toBe('Copy to Graz')
  expect(page.documentElement.lang).toBe('en')
  expect(page.querySelector('meta[http-equiv]')?.getAttribute('content')).toContain("default-src 'none'")
  expect(page.querySelectorAll('script, img, link, iframe, [onerror], [href], [src]')).toHaveLength(0)
  expect([...page.querySelectorAll('li')].map(({ textContent }) => textContent)).toEqual([
    '1 failed',
    '1 left out',
    '1 done',
  ])
  const rows = [...page.querySelectorAll('tbody tr')].map((row) =>
    [...row.querySelectorAll('td')].map(({ innerHTML }) => innerHTML),
  )
  expect(rows.map((cells) => cells.slice(0, 3))).toEqual([
    ['Failed', 'Vienna', '<code>INT-7</code>'],
    ['Left out', 'Vienna', '<code>INT-3</code>'],
    ['Done', 'Vienna', '<code>INT-2</code>'],
  ])
  expect(rows[0]?.[3]).toMatch(/^&lt;img src=x onerror=alert\(1\)&gt; &amp; "quoted" (?!\u202E)/)
  expect(rows[0]?.[6]).toBe('No right.<div class="quiet">Not created</div>')
  expect(rows[2]?.[6]).toBe(
    '=cmd|calc<br>Key of the copy: Graz INT-9<br>To be done by hand<br>first fieldMappings: [1]<div class="quiet">Created</div>',
  )
  expect(rows[2]?.[5]).toBe('First project key: AP → XP')
})
