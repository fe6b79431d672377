/**
 * Characters that change the direction of what follows them, beyond their own text: embeddings, overrides and isolates
 * (UAX #9, explicit directional formatting). With one of them, `INT-1` can look like another key and “stopped” like
 * part of a name.
 */
const DIRECTION = /[\u202A-\u202E\u2066-\u2069]/g

/** Nothing that can be seen: white space, characters without a width, and fillers that have a width and no ink. */
const BLANK = /^[\s\p{Cf}\p{Cc}\u115F\u1160\u2800\u3164\uFFA0]*$/u

/** A foreign text as it is shown: characters that would reverse the text around them are named instead of obeyed. */
export function shownText(text: string): string {
  return text.replace(DIRECTION, (character) => `[U+${character.charCodeAt(0).toString(16).toUpperCase()}]`)
}

/** Whether a text shows nothing. */
export function isBlank(text: string): boolean {
  return BLANK.test(text)
}

/** Whether a text contains characters that a name for comparison must not have. */
export function hasDirection(text: string): boolean {
  return text.search(DIRECTION) >= 0
}

/**
 * Invisible characters, and those that change the layout of the text around them; except the joiners of some scripts
 * and of emoji.
 */
const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}]|(?![\u200C\u200D])\p{Cf}/u

/** Whether a text that a user enters contains invisible characters. */
export function hasHidden(text: string): boolean {
  return HIDDEN.test(text)
}
