/**
 * The refused log-ins of an account, and which acts explain them. An act is about one password: it was entered, tried
 * once, or replaced in Jira. It explains one refusal of that password, and nothing is saved up: two acts in a row
 * explain no more than one.
 */
export class Refusals {
  readonly #sinceAct = new Map<string, number>()
  /** How many acts there were about each. */
  readonly #acts = new Map<string, number>()
  /** The most that one act led to. */
  worst = 0
  total = 0
  #isCaptchaNews = false

  act(password: string): void {
    this.#sinceAct.set(password, 0)
    this.#acts.set(password, (this.#acts.get(password) ?? 0) + 1)
  }

  /** An action that may turn out to have caused no attempt. */
  tentative(password: string): { readonly cameToNothing: () => void } {
    const before = this.#sinceAct.get(password)
    this.act(password)
    const acts = this.#acts.get(password)
    return {
      cameToNothing: () => {
        // What it was about was the matter of a later act, or was refused.
        if (this.#acts.get(password) !== acts || this.#sinceAct.get(password) !== 0) return
        if (before === undefined) this.#sinceAct.delete(password)
        else this.#sinceAct.set(password, before)
      },
    }
  }

  /** Jira demands a captcha from now on: it refuses the right password as well, and shows that by one refusal. */
  captchaBegan(): void {
    this.#isCaptchaNews = true
  }

  /** `isRight`: only the captcha stood against it. */
  refused(password: string, isRight: boolean): void {
    this.total += 1
    if (isRight && this.#isCaptchaNews) {
      this.#isCaptchaNews = false
      this.act(password)
    }
    // One that no act was about counts as the second of an act.
    const count = (this.#sinceAct.get(password) ?? 1) + 1
    this.#sinceAct.set(password, count)
    this.worst = Math.max(this.worst, count)
  }
}
