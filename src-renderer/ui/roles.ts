import { mixed } from './colour.ts'

/**
 * The colours of the application by what they are for: nothing else may name a colour. Elevation is shown by the
 * surface, from the rail up to the overlay. One accent; every other colour means a state, and never alone.
 */
export interface Roles {
  /** Title bar, navigation, status bar, and the ground that cards lie on. */
  readonly rail: string
  /** Lists, the panel, cards. */
  readonly surface: string
  /** What stands out from a surface: heads of tables, keys, quiet buttons. */
  readonly raised: string
  /** Menus, dialogs, the selection bar. */
  readonly overlay: string
  /** Between rows. */
  readonly separator: string
  /** Around panes and cards. */
  readonly border: string
  /** Around what can be typed into or chosen from. */
  readonly controlBorder: string
  readonly text: string
  readonly muted: string
  readonly accent: string
  readonly accentHover: string
  readonly accentPressed: string
  readonly onAccent: string
  /** It runs. */
  readonly good: string
  /** Somebody should look. */
  readonly attention: string
  /** It runs, but only just: a rate limit, a lost half, an old version. */
  readonly degraded: string
  /** It is broken. */
  readonly bad: string
  /** On its way, or new. */
  readonly info: string
  /** It was stopped, or nothing is known. */
  readonly idle: string
}

/** Grounds that are made from a role: enough ink to be seen, little enough to read on. */
export interface Grounds {
  readonly hover: string
  readonly selected: string
  readonly accentSoft: string
  readonly goodSoft: string
  readonly attentionSoft: string
  readonly degradedSoft: string
  readonly badSoft: string
  readonly infoSoft: string
  readonly idleSoft: string
}

export type Brightness = 'light' | 'dark'
export type PaletteName = 'standard' | 'colourBlind' | 'highContrast'

const light: Roles = {
  rail: '#f3f4f7',
  surface: '#ffffff',
  raised: '#f7f8fa',
  overlay: '#ffffff',
  separator: '#e7eaee',
  border: '#dde1e7',
  controlBorder: '#848c99',
  text: '#16191f',
  muted: '#59626f',
  accent: '#2459cf',
  accentHover: '#1c4db8',
  accentPressed: '#173f98',
  onAccent: '#ffffff',
  good: '#15743a',
  attention: '#8a5000',
  degraded: '#7a3b06',
  bad: '#b81f29',
  info: '#1565a5',
  idle: '#59626f',
}

const dark: Roles = {
  rail: '#0e1115',
  surface: '#14181d',
  raised: '#1a1f26',
  overlay: '#20262e',
  separator: '#262c34',
  border: '#2c333c',
  controlBorder: '#6f7986',
  text: '#e8ebf0',
  muted: '#a0a9b5',
  accent: '#7ba7ff',
  accentHover: '#93b8ff',
  accentPressed: '#6596f6',
  onAccent: '#0c1320',
  good: '#4cc27f',
  attention: '#e5a83b',
  degraded: '#e08a4a',
  bad: '#ff7a75',
  info: '#66b3f0',
  idle: '#a0a9b5',
}

/**
 * Told apart by those who do not see red and green as two colours: blue, ochre and purple, each of another brightness.
 */
const colourBlind: Readonly<Record<Brightness, Partial<Roles>>> = {
  light: { good: '#0b62b0', attention: '#7d5600', degraded: '#5e4200', bad: '#8f1464', info: '#00695f' },
  dark: { good: '#6db8f5', attention: '#e8b33f', degraded: '#c99326', bad: '#f27aa8', info: '#5fd0c4' },
}

const highContrast: Readonly<Record<Brightness, Partial<Roles>>> = {
  light: {
    rail: '#ffffff',
    raised: '#ffffff',
    separator: '#767676',
    border: '#4a4a4a',
    controlBorder: '#333333',
    text: '#000000',
    muted: '#3a3a3a',
    accent: '#0033a0',
    accentHover: '#002a85',
    accentPressed: '#00206a',
    good: '#00501f',
    attention: '#5e3600',
    degraded: '#5a2600',
    bad: '#8a000d',
    info: '#00456f',
    idle: '#3a3a3a',
  },
  dark: {
    rail: '#000000',
    surface: '#000000',
    raised: '#0b0b0b',
    overlay: '#141414',
    separator: '#8a8a8a',
    border: '#b0b0b0',
    controlBorder: '#d0d0d0',
    text: '#ffffff',
    muted: '#d6d6d6',
    accent: '#a6c8ff',
    accentHover: '#c2d9ff',
    accentPressed: '#8fb9ff',
    onAccent: '#000000',
    good: '#7dedaa',
    attention: '#ffd479',
    degraded: '#ffb98a',
    bad: '#ffb0ac',
    info: '#a9d8ff',
    idle: '#d6d6d6',
  },
}

const variants: Readonly<Record<PaletteName, Readonly<Record<Brightness, Partial<Roles>>>>> = {
  standard: { light: {}, dark: {} },
  colourBlind,
  highContrast,
}

/** The roles and the grounds that are made of them. */
export function rolesOf(brightness: Brightness, palette: PaletteName): Roles & Grounds {
  const roles = { ...(brightness === 'dark' ? dark : light), ...variants[palette][brightness] }
  const isDark = brightness === 'dark'
  const soft = (ink: string): string => mixed(ink, roles.surface, isDark ? 0.15 : 0.1)
  return {
    ...roles,
    hover: mixed(roles.text, roles.surface, isDark ? 0.06 : 0.04),
    selected: mixed(roles.accent, roles.surface, isDark ? 0.14 : 0.08),
    accentSoft: soft(roles.accent),
    goodSoft: soft(roles.good),
    attentionSoft: soft(roles.attention),
    degradedSoft: soft(roles.degraded),
    badSoft: soft(roles.bad),
    infoSoft: soft(roles.info),
    idleSoft: soft(roles.idle),
  }
}
