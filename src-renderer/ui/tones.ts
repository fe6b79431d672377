/** What something means for who looks at it; its colour, and never alone. */
export const TONES = ['idle', 'info', 'attention', 'good', 'bad'] as const
export type Tone = (typeof TONES)[number]
