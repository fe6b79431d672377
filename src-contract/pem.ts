const BEGIN = '-----BEGIN CERTIFICATE-----'
const END = '-----END CERTIFICATE-----'

/**
 * The certificates in a text, as PEM. Goes through it once: a pattern with both words would look for the end again from
 * every beginning.
 */
export function pemCertificates(text: string): string[] {
  const found: string[] = []
  for (let begin = text.indexOf(BEGIN); begin >= 0;) {
    const end = text.indexOf(END, begin + BEGIN.length)
    if (end < 0) break
    found.push(text.slice(begin, end + END.length))
    begin = text.indexOf(BEGIN, end)
  }
  return found
}
