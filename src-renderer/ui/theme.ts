import { darkTheme, type GlobalTheme, type GlobalThemeOverrides } from 'naive-ui'
import { rolesOf, type Brightness, type Grounds, type PaletteName, type Roles } from './roles.ts'

// What the bundled fonts lack, such as Cyrillic names, comes from the system.
const FONT = "'Inter Variable', system-ui, 'Segoe UI', 'Noto Sans', sans-serif"
const MONO = "'JetBrains Mono Variable', ui-monospace, Consolas, monospace"

/**
 * Sizes with their line heights, in CSS pixels: `font: var(--type-body)`, or with a weight, `font: 600
 * var(--type-body)`; to keep the line height, `font-size: var(--size-body)`.
 */
const TYPE = {
  caption: '11px/16px',
  secondary: '12px/16px',
  body: '13px/20px',
  title: '14px/20px',
  view: '16px/22px',
  number: '26px/30px',
} as const

/** Only what floats above something else has a shadow. */
const OVERLAY_SHADOW = '0 8px 28px rgb(0 0 0 / 20%)'

/** The only distances, in CSS pixels. */
const SPACES = [2, 4, 6, 8, 12, 16, 24, 32] as const

export interface Theme {
  readonly theme: GlobalTheme | null
  readonly overrides: GlobalThemeOverrides
  /** Custom properties for the styles of our own elements. */
  readonly variables: Readonly<Record<string, string>>
}

export interface ThemeChoice {
  readonly brightness: Brightness
  readonly palette: PaletteName
  readonly density: 'compact' | 'comfortable'
}

export function themeOf({ brightness, palette, density }: ThemeChoice): Theme {
  const roles = rolesOf(brightness, palette)
  return {
    theme: brightness === 'dark' ? darkTheme : null,
    overrides: overridesOf(roles),
    variables: {
      ...Object.fromEntries(Object.entries(roles).map(([name, value]) => [`--${kebab(name)}`, value])),
      ...Object.fromEntries(Object.entries(TYPE).map(([name, size]) => [`--type-${name}`, `${size} ${FONT}`])),
      ...Object.fromEntries(Object.entries(TYPE).map(([name, size]) => [`--size-${name}`, size.split('/')[0] ?? size])),
      ...Object.fromEntries(SPACES.map((space) => [`--space-${space}`, `${space}px`])),
      '--font': FONT,
      '--mono': MONO,
      '--overlay-shadow': OVERLAY_SHADOW,
      '--row-height': `${rowHeightOf(density)}px`,
      '--two-line-row-height': `${rowHeightOf(density, 2)}px`,
      'color-scheme': brightness,
    },
  }
}

/** Height of a table row of one line or two, in CSS pixels. */
export function rowHeightOf(density: 'compact' | 'comfortable', lines: 1 | 2 = 1): number {
  if (lines === 2) return density === 'compact' ? 44 : 52
  return density === 'compact' ? 32 : 40
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function overridesOf(roles: Roles & Grounds): GlobalThemeOverrides {
  return {
    common: {
      fontFamily: FONT,
      fontFamilyMono: MONO,
      fontSize: '13px',
      fontSizeSmall: '13px',
      fontSizeMedium: '13px',
      fontSizeLarge: '14px',
      borderRadius: '6px',
      borderRadiusSmall: '4px',
      heightTiny: '24px',
      heightSmall: '28px',
      heightMedium: '32px',
      primaryColor: roles.accent,
      primaryColorHover: roles.accentHover,
      primaryColorPressed: roles.accentPressed,
      primaryColorSuppl: roles.accent,
      infoColor: roles.info,
      successColor: roles.good,
      warningColor: roles.attention,
      errorColor: roles.bad,
      errorColorHover: roles.bad,
      errorColorPressed: roles.bad,
      textColorBase: roles.text,
      textColor1: roles.text,
      textColor2: roles.text,
      textColor3: roles.muted,
      placeholderColor: roles.muted,
      iconColor: roles.muted,
      bodyColor: roles.surface,
      cardColor: roles.surface,
      modalColor: roles.overlay,
      popoverColor: roles.overlay,
      tableColor: roles.surface,
      inputColor: roles.surface,
      borderColor: roles.controlBorder,
      hoverColor: roles.hover,
      dividerColor: roles.separator,
      closeIconColor: roles.muted,
    },
    Button: {
      border: `solid 1px ${roles.border}`,
      color: roles.raised,
      colorHover: roles.hover,
      colorPressed: roles.selected,
      colorFocus: roles.raised,
      textColorPrimary: roles.onAccent,
      textColorHoverPrimary: roles.onAccent,
      textColorPressedPrimary: roles.onAccent,
      textColorFocusPrimary: roles.onAccent,
    },
    Empty: { textColor: roles.muted, iconColor: roles.muted },
    Tag: { heightTiny: '20px', heightSmall: '20px', fontSizeTiny: '12px', fontSizeSmall: '12px' },
    Input: { border: `solid 1px ${roles.controlBorder}` },
    InternalSelection: { border: `solid 1px ${roles.controlBorder}` },
    Form: { labelFontSizeLeftSmall: '13px', feedbackHeightSmall: '20px' },
  }
}
