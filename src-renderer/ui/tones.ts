/** What something means to the viewer; it sets the colour, which is never the only sign. */
export const TONES = ['idle', 'info', 'attention', 'good', 'bad'] as const
export type Tone = (typeof TONES)[number]
