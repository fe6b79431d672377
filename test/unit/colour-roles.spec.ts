import { describe, expect, it } from 'vitest'
import { contrast, mixed } from '../../src-renderer/ui/colour.ts'
import { rolesOf, type Brightness, type PaletteName } from '../../src-renderer/ui/roles.ts'

const SURFACES = ['rail', 'surface', 'raised', 'overlay'] as const
const STATES = ['good', 'attention', 'degraded', 'bad', 'info', 'idle'] as const

const palettes = (['light', 'dark'] as const).flatMap((brightness) =>
  (['standard', 'colourBlind', 'highContrast'] as const).map((palette) => ({ brightness, palette })),
)

/** The pairs with too little contrast, with their ratio. */
function below(least: number, pairs: readonly (readonly [name: string, one: string, other: string])[]): string[] {
  return pairs
    .map(([name, one, other]) => ({ name, ratio: contrast(one, other) }))
    .filter(({ ratio }) => ratio < least)
    .map(({ name, ratio }) => `${name} ${ratio.toFixed(2)}`)
}

describe.each(palettes)('$brightness, $palette', ({ brightness, palette }) => {
  const roles = rolesOf(brightness, palette)
  const isHigh = palette === 'highContrast'

  it('text is read with ease on every surface, on what is hovered and on what is selected', () => {
    const grounds = [...SURFACES, 'hover', 'selected'] as const
    expect(below(7, [...grounds.map((on) => [`text on ${on}`, roles.text, roles[on]] as const)])).toEqual([])
    expect(
      below(isHigh ? 7 : 4.5, [...grounds.map((on) => [`muted on ${on}`, roles.muted, roles[on]] as const)]),
    ).toEqual([])
  })

  it('a state is read on every surface and on its own soft ground', () => {
    const pairs = STATES.flatMap((state) => [...SURFACES, 'hover', 'selected', `${state}Soft`] as const).map(
      (on, index) => {
        const state = STATES[Math.floor(index / (SURFACES.length + 3))] ?? 'idle'
        return [`${state} on ${on}`, roles[state], roles[on]] as const
      },
    )
    expect(below(isHigh ? 6 : 4.5, pairs)).toEqual([])
  })

  it('the accent is read, on it is read, and what can be typed into is seen', () => {
    expect(
      below(4.5, [
        ...SURFACES.map((on) => [`accent on ${on}`, roles.accent, roles[on]] as const),
        ['accent on its soft ground', roles.accent, roles.accentSoft],
        ...(['accent', 'accentHover', 'accentPressed'] as const).map(
          (ground) => [`on ${ground}`, roles.onAccent, roles[ground]] as const,
        ),
      ]),
    ).toEqual([])
    expect(
      below(
        3,
        SURFACES.map((on) => [`control on ${on}`, roles.controlBorder, roles[on]]),
      ),
    ).toEqual([])
  })

  it('a separator is weaker than the border of a pane, and both are there', () => {
    const separator = contrast(roles.separator, roles.surface)
    const border = contrast(roles.border, roles.surface)
    expect(separator).toBeGreaterThan(1.15)
    expect(border).toBeGreaterThan(separator)
    if (!isHigh) expect(border).toBeLessThan(1.6)
  })
})

/** As seen by somebody without one kind of cone: Viénot, Brettel and Mollon, 1999, in linear light. */
const SIGHT = {
  protanopia: [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  deuteranopia: [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
} as const

function linear(hex: string): number[] {
  return [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
}

/** CIE L*a*b* of linear sRGB, D65. */
function labOf([red = 0, green = 0, blue = 0]: number[]): number[] {
  const x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
  const y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  const z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
  const [fx = 0, fy = 0, fz = 0] = [x, y, z].map((value) =>
    value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116,
  )
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]
}

function distance(one: string, other: string, sight: keyof typeof SIGHT): number {
  const [a = [], b = []] = [one, other].map((hex) => {
    const light = linear(hex)
    return labOf(
      SIGHT[sight].map((row) => row.reduce<number>((sum, factor, index) => sum + factor * (light[index] ?? 0), 0)),
    )
  })
  return Math.hypot(...a.map((value, index) => value - (b[index] ?? 0)))
}

it.each(
  (['light', 'dark'] as Brightness[]).flatMap((brightness) =>
    (['protanopia', 'deuteranopia'] as const).map((sight) => ({ brightness, sight })),
  ),
)('good, attention and bad are three colours with $sight, $brightness', ({ brightness, sight }) => {
  const apart = (palette: PaletteName): number => {
    const { good, attention, bad } = rolesOf(brightness, palette)
    return Math.min(distance(good, attention, sight), distance(good, bad, sight), distance(attention, bad, sight))
  }
  expect(apart('colourBlind')).toBeGreaterThan(20)
  expect(apart('colourBlind')).toBeGreaterThan(apart('standard'))
})

it('mixes by share, and contrast is that of WCAG', () => {
  expect(mixed('#000000', '#ffffff', 0.5)).toBe('#808080')
  expect(mixed('#123456', '#ffffff', 1)).toBe('#123456')
  expect(contrast('#000000', '#ffffff')).toBe(21)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
})
