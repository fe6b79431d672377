import type { ConnectionAttempt } from '#contract/diagnosis.ts'
import type { Server, TestStep } from '#contract/servers.ts'

/** A diagnosis as plain text, to be passed on: what each step found, and how the server was connected to lately. */
export function diagnosisText(
  { name, baseUrl }: Server,
  steps: readonly TestStep[],
  attempts: readonly ConnectionAttempt[],
): string {
  const stepLines = steps.flatMap(({ step, verdict, message, details = [], advice, serverText, certificate }) => [
    `${step}: ${verdict} – ${message}`,
    ...[
      ...details,
      ...(certificate === undefined
        ? []
        : [`${certificate.subject}, issued by ${certificate.issuer}, SHA-256 ${certificate.sha256}`]),
      ...(advice === undefined ? [] : [advice]),
      ...(serverText === undefined ? [] : [`The server says: ${serverText}`]),
    ].map((line) => `    ${line}`),
  ])
  const attemptLines = attempts.flatMap(({ firstAt, lastAt, count, isConnected, steps: found }) => [
    `${new Date(lastAt).toISOString()} ${isConnected ? 'connected' : 'failed'}${count === 1 ? '' : ` (${count} times since ${new Date(firstAt).toISOString()})`}`,
    ...found.map(({ message, about }) => `    ${about === undefined ? message : `${message}: ${about}`}`),
  ])
  return [`${name} – ${baseUrl}`, '', ...stepLines, '', 'Connections', ...attemptLines, ''].join('\n')
}
