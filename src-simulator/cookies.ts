/** The values of a request's `Cookie` header by name, in the order sent: one name may come twice (RFC 6265, 5.4). */
export function cookiesOf(header: string | undefined): ReadonlyMap<string, readonly string[]> {
  const cookies = new Map<string, string[]>()
  for (const pair of (header ?? '').split(';')) {
    const equals = pair.indexOf('=')
    if (equals <= 0) continue
    const name = pair.slice(0, equals).trim()
    cookies.set(name, [...(cookies.get(name) ?? []), pair.slice(equals + 1).trim()])
  }
  return cookies
}

/** One `Set-Cookie` as Tomcat writes it: no expiry, so it lasts as long as the client keeps it. */
export function setCookie(
  name: string,
  value: string,
  attributes: { path: string; isSecure: boolean; isHttpOnly: boolean },
): string {
  const { path, isSecure, isHttpOnly } = attributes
  return [
    `${name}=${value}`,
    `Path=${path}`,
    ...(isSecure ? ['Secure'] : []),
    ...(isHttpOnly ? ['HttpOnly'] : []),
  ].join('; ')
}
