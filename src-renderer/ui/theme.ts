import { darkTheme, type GlobalTheme, type GlobalThemeOverrides } from 'naive-ui'

/**
 * All colours and sizes. There is one accent colour; every other colour stands for a state, and never alone. Contrasts
 * of text are at least 4.5 : 1 on both surfaces (WCAG 2.2, 1.4.3).
 */
interface Palette {
  readonly surface: string
  readonly raised: string
  readonly rail: string
  readonly line: string
  readonly lineStrong: string
  readonly text: string
  readonly muted: string
  readonly accent: string
  readonly accentHover: string
  readonly accentPressed: string
  readonly accentSoft: string
  readonly onAccent: string
  readonly good: string
  readonly attention: string
  readonly attentionSoft: string
  readonly bad: string
  readonly badSoft: string
  readonly environmentProduction: string
  readonly environmentTest: string
  readonly environmentDevelopment: string
}

const light: Palette = {
  surface: '#ffffff',
  raised: '#f5f6f8',
  rail: '#eef0f3',
  line: '#e1e4e9',
  lineStrong: '#8a929e',
  text: '#1c2128',
  muted: '#5b6470',
  accent: '#2563d6',
  accentHover: '#1d53ba',
  accentPressed: '#17459d',
  accentSoft: '#e6eefc',
  onAccent: '#ffffff',
  good: '#177a3d',
  attention: '#915400',
  attentionSoft: '#fdf3e0',
  bad: '#c0262d',
  badSoft: '#fdeaea',
  environmentProduction: '#c9302f',
  environmentTest: '#c98a0c',
  environmentDevelopment: '#3987d6',
}

const dark: Palette = {
  surface: '#16191e',
  raised: '#1e2228',
  rail: '#111419',
  line: '#2b3038',
  lineStrong: '#6d7683',
  text: '#e6e9ee',
  muted: '#9aa3af',
  accent: '#6ea1ff',
  accentHover: '#8ab4ff',
  accentPressed: '#5b90f2',
  accentSoft: '#1d2b47',
  onAccent: '#0d1420',
  good: '#4cc27f',
  attention: '#e5a83b',
  attentionSoft: '#33270f',
  bad: '#ff6f6a',
  badSoft: '#3a1c1d',
  environmentProduction: '#e05550',
  environmentTest: '#d9a02b',
  environmentDevelopment: '#58a0e8',
}

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif"
const MONO = "ui-monospace, 'SF Mono', 'Cascadia Mono', Consolas, 'Liberation Mono', monospace"

export interface Theme {
  readonly theme: GlobalTheme | null
  readonly overrides: GlobalThemeOverrides
  /** Custom properties for the styles of our own elements. */
  readonly variables: Readonly<Record<string, string>>
}

export function themeOf(isDark: boolean, density: 'compact' | 'comfortable'): Theme {
  const palette = isDark ? dark : light
  return {
    theme: isDark ? darkTheme : null,
    overrides: overridesOf(palette),
    variables: {
      ...Object.fromEntries(Object.entries(palette).map(([name, value]) => [`--${kebab(name)}`, value])),
      '--font': FONT,
      '--mono': MONO,
      '--row-height': `${rowHeightOf(density)}px`,
      'color-scheme': isDark ? 'dark' : 'light',
    },
  }
}

/** Height of a table row in CSS pixels. */
export function rowHeightOf(density: 'compact' | 'comfortable'): number {
  return density === 'compact' ? 32 : 40
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function overridesOf(palette: Palette): GlobalThemeOverrides {
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
      primaryColor: palette.accent,
      primaryColorHover: palette.accentHover,
      primaryColorPressed: palette.accentPressed,
      primaryColorSuppl: palette.accent,
      infoColor: palette.accent,
      successColor: palette.good,
      warningColor: palette.attention,
      errorColor: palette.bad,
      errorColorHover: palette.bad,
      errorColorPressed: palette.bad,
      textColorBase: palette.text,
      textColor1: palette.text,
      textColor2: palette.text,
      textColor3: palette.muted,
      placeholderColor: palette.muted,
      iconColor: palette.muted,
      bodyColor: palette.surface,
      cardColor: palette.surface,
      modalColor: palette.surface,
      popoverColor: palette.raised,
      tableColor: palette.surface,
      inputColor: palette.surface,
      borderColor: palette.lineStrong,
      dividerColor: palette.line,
      closeIconColor: palette.muted,
    },
    Button: {
      textColorPrimary: palette.onAccent,
      textColorHoverPrimary: palette.onAccent,
      textColorPressedPrimary: palette.onAccent,
      textColorFocusPrimary: palette.onAccent,
    },
    Empty: { textColor: palette.muted, iconColor: palette.muted },
    Tag: { heightTiny: '20px', heightSmall: '20px', fontSizeTiny: '12px', fontSizeSmall: '12px' },
    Input: { border: `solid 1px ${palette.lineStrong}` },
    InternalSelection: { border: `solid 1px ${palette.lineStrong}` },
    Form: { labelFontSizeLeftSmall: '13px', feedbackHeightSmall: '20px' },
  }
}
