import { MASK, maskAddresses } from '#contract/masking.ts'

/** The name of a field that contains a secret. */
export const SECRET_NAME = /pass(word|phrase)?|secret|token|authorization|credential|cookie/i

/**
 * A copy of JSON-like data in which every value under a secret's name is masked, and secrets in addresses, at any
 * depth.
 */
export function maskSecrets(value: unknown): unknown {
  if (typeof value === 'string') return maskAddresses(value)
  if (Array.isArray(value)) return value.map(maskSecrets)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      SECRET_NAME.test(name) && inner !== null ? MASK : maskSecrets(inner),
    ]),
  )
}

/** As JSON, with secrets masked. Nothing is copied if no name of a secret occurs, which is nearly always the case. */
export function maskedJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null'
  return maskAddresses(SECRET_NAME.test(text) ? JSON.stringify(maskSecrets(value)) : text)
}
