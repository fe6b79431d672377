const INTENDED: Readonly<Record<'start' | 'stop', readonly string[]>> = {
  start: ['RUNNING', 'STARTED'],
  stop: ['STOPPED'],
}

/** Whether Backbone's word for a state is the one in which a start or a stop ends. */
export function isIntendedState(step: 'start' | 'stop', word: string): boolean {
  return INTENDED[step].includes(word.toUpperCase())
}

/** Whether it is the word for what a start or a stop ends. */
export function isOppositeState(step: string, word: string): boolean {
  return (step === 'start' && isIntendedState('stop', word)) || (step === 'stop' && isIntendedState('start', word))
}
