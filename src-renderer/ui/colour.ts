/** A colour as sRGB components of 0 to 255. */
type Rgb = readonly [number, number, number]

function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

/** `share` (0 to 1) of `ink` laid over `ground`, both `#rrggbb`. */
export function mixed(ink: string, ground: string, share: number): string {
  const over = rgbOf(ink)
  const under = rgbOf(ground)
  const parts = over.map((part, index) => Math.round(part * share + (under[index] ?? 0) * (1 - share)))
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

/** The contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, *contrast ratio* and *relative luminance*). */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = rgbOf(hex).map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
