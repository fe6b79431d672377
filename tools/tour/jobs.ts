import type { DemoServer } from '../../src-simulator/index.ts'
import type { SyncdeckPage } from '../launch/syncdeck-page.ts'
import { patience } from '../patience.ts'

/** How the tour takes its pictures: one of the current window, or one in each size and theme. */
interface Camera {
  readonly picture: (name: string, shows: string) => Promise<void>
  readonly windows: (name: string, language: string, shows: string) => Promise<void>
}

/** A job of each kind, from its review to its result. */
export async function tourJobs(ui: SyncdeckPage, server: DemoServer, { picture, windows }: Camera): Promise<void> {
  const { page } = ui
  await ui.at('nav-jobs').click()
  await ui.at('no-jobs').waitFor()
  await picture('jobs-none', 'what jobs are for, and where one begins')
  await ui.at('new-maintenance').click()
  await page.getByRole('menuitem').filter({ hasText: server.name }).click()
  await ui.at('job-review').waitFor()
  await windows('job-review', 'English', 'the review of a job: every request before anything is sent')
  await ui.at('begin-job').click()
  await page.locator('[data-state=underWay]').first().waitFor()
  await page.locator('[data-state=done]').first().waitFor()
  await ui.at('pause-job').click()
  await ui.at('job-halt').waitFor()
  await windows('job-halted', 'English', 'a job that waits for the user')
  await ui.at('go-on').click()
  await ui.waitForAttribute(ui.at('job-page'), 'data-state', 'ended', patience(90_000))
  await windows('job-result', 'English', 'what a job came to, and the way back')
  await ui.at('all-jobs').click()
  await ui.at('new-password-job').click()
  const user = ui.at('sync-user').filter({ hasText: server.jira.baseUrl })
  await user.click()
  await picture('job-sync-user', 'a new password: which sync user, and where it is used')
  await ui.at('plan-job').click()
  await ui.at('job-review').waitFor()
  await picture('job-password-review', 'the review of a new password')
  await ui.at('begin-job').click()
  await ui.at('job-halt').locator('input').first().waitFor()
  await windows('job-passwords', 'English', 'a job that waits for the new password')
  await ui.at('end-job').click()
  await ui.confirm()
  await ui.waitForAttribute(ui.at('job-page'), 'data-state', 'ended')
  await ui.at('all-jobs').click()
  await picture('jobs', 'all jobs, newest first')
  await page.getByRole('button', { name: /^Synchronizations/ }).click()
}
