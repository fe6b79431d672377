import type { ConnectionAttempt, TestStep } from '#contract/diagnosis.ts'
import type { Server } from '#contract/servers.ts'
import { numberText } from '../text/spoken.ts'
import { say, t } from '../text/t.ts'

/**
 * A diagnosis as plain text, to pass on: the result of each step, and recent connections. Steps and verdicts are codes,
 * and times are UTC: a helper may speak another language.
 */
export function diagnosisText(
  { name, baseUrl }: Server,
  steps: readonly TestStep[],
  attempts: readonly ConnectionAttempt[],
): string {
  const stepLines = steps.flatMap(({ step, verdict, message, details = [], advice, serverText, certificate }) => [
    `${step}: ${verdict} – ${say(message)}`,
    ...[
      ...details.map(say),
      ...(certificate === undefined
        ? []
        : [
            t('servers.report.certificate', {
              subject: certificate.subject,
              issuer: certificate.issuer,
              sha256: certificate.sha256,
            }),
          ]),
      ...(advice === undefined ? [] : [say(advice)]),
      ...(serverText === undefined ? [] : [t('servers.report.serverText', { text: serverText })]),
    ].map((line) => `    ${line}`),
  ])
  const attemptLines = attempts.flatMap((attempt) => [
    attemptText(attempt),
    ...attempt.steps
      .map(({ message, about }) =>
        say(about === undefined ? message : { key: 'diagnosis.about', values: { what: message, about } }),
      )
      .map((line) => `    ${line}`),
  ])
  return [`${name} – ${baseUrl}`, '', ...stepLines, '', t('servers.report.connections'), ...attemptLines, ''].join('\n')
}

function attemptText({ firstAt, lastAt, count, isConnected }: ConnectionAttempt): string {
  const result = isConnected ? 'connected' : 'failed'
  const time = new Date(lastAt).toISOString()
  return count === 1
    ? t(`servers.report.${result}`, { time })
    : t(`servers.report.${result}Often`, {
        time,
        count: numberText(count),
        since: new Date(firstAt).toISOString(),
      })
}
