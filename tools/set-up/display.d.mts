export function hasDisplay(): boolean
export function startDisplay(options?: {
  readonly isQuiet?: boolean
}): Promise<{ readonly env: { readonly DISPLAY: string }; readonly stop: () => void }>
