import type { SyncdeckPage } from '../../tools/launch/syncdeck-page.ts'

/** Roles that users operate, or go to, by name. */
const NAMED = new Set(
  (
    'button link textbox searchbox combobox checkbox radio radiogroup tab tablist tabpanel menu menuitem menuitemradio ' +
    'menuitemcheckbox option listbox slider spinbutton switch grid table treegrid tree treeitem dialog alertdialog region ' +
    'complementary navigation image progressbar columnheader'
  ).split(' '),
)

/** What means something only inside another (WAI-ARIA 1.2, *required context role*). */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  option: ['listbox', 'combobox', 'MenuListPopup'],
  menuitem: ['menu', 'menubar'],
  menuitemradio: ['menu', 'menubar'],
  menuitemcheckbox: ['menu', 'menubar'],
  tab: ['tablist'],
  row: ['table', 'grid', 'treegrid'],
  cell: ['row'],
  gridcell: ['row'],
  columnheader: ['row'],
  rowheader: ['row'],
  listitem: ['list'],
  // Not required there; without it, nobody hears what is chosen, and of how many.
  radio: ['radiogroup'],
  treeitem: ['tree'],
}
/**
 * Everything inside these is part of their picture, and has no name of its own (WAI-ARIA 1.2, *children
 * presentational*).
 */
const WHOLE = new Set([
  'button',
  'checkbox',
  'radio',
  'tab',
  'option',
  'menuitemcheckbox',
  'menuitemradio',
  'image',
  'switch',
])

/** These may stand between it and its owner. */
const BETWEEN = new Set(['none', 'generic', 'group', 'rowgroup', 'presentation', 'LabelText'])

/**
 * What is wrong with the accessibility tree that a screen reader gets: controls without a name, roles without their
 * owner.
 */
export async function treeFaults({ page }: SyncdeckPage, view: string): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  try {
    const { nodes } = await session.send('Accessibility.getFullAXTree')
    const byId = new Map(nodes.map((node) => [node.nodeId, node]))
    const roleOf = (node: (typeof nodes)[number]): string => String(node.role?.value ?? 'none')
    const isFocusable = (node: (typeof nodes)[number]): boolean =>
      node.properties?.some(({ name, value }) => name === 'focusable' && value.value === true) === true
    const describe = (node: (typeof nodes)[number]): string =>
      `${roleOf(node)} “${String(node.name?.value ?? '')}” (${node.backendDOMNodeId ?? '?'})`
    const isPartOf = (node: (typeof nodes)[number]): boolean => {
      const parent = byId.get(node.parentId ?? '')
      return parent !== undefined && (WHOLE.has(roleOf(parent)) || isPartOf(parent))
    }
    const faults: string[] = []
    for (const node of nodes) {
      if (node.ignored) continue
      const role = roleOf(node)
      const name = String(node.name?.value ?? '').trim()
      if (name === '' && NAMED.has(role) && !isPartOf(node)) faults.push(`has no name: ${describe(node)}`)
      if (isFocusable(node) && BETWEEN.has(role) && (name === '' || role === 'generic'))
        faults.push(`can have the focus, and is nothing: ${describe(node)}`)
      const owners = OWNERS[role]
      if (owners === undefined) continue
      let parent = byId.get(node.parentId ?? '')
      while (parent !== undefined && (parent.ignored || BETWEEN.has(roleOf(parent))))
        parent = byId.get(parent.parentId ?? '')
      if (parent === undefined || !owners.includes(roleOf(parent)))
        faults.push(`is not inside ${owners.join(' or ')}: ${describe(node)}`)
    }
    const described = await Promise.all(
      faults.map(async (fault) => {
        const id = Number(/\((\d+)\)$/.exec(fault)?.[1])
        const html = await session
          .send('DOM.getOuterHTML', { backendNodeId: id })
          .then(({ outerHTML }) => outerHTML.slice(0, 160))
          .catch(() => '')
        return `${view}: ${fault} ${html}`
      }),
    )
    // Screen readers skip a drawing without a role.
    return described.filter((fault) => !/image “”.* <svg(?![^>]* role=)/.test(fault))
  } finally {
    await session.detach()
  }
}

/**
 * Controls that are smaller than 24 × 24 px to hit (WCAG 2.2, 2.5.8), without its exceptions but the one for words in a
 * sentence.
 */
export async function smallTargets({ page }: SyncdeckPage, view: string): Promise<string[]> {
  const found = await page.evaluate(() => {
    const LEAST = 24
    const frameOf = (control: HTMLElement): DOMRect => {
      for (let parent = control.parentElement; parent !== null; parent = parent.parentElement)
        if (/auto|scroll/.test(getComputedStyle(parent).overflowY)) return parent.getBoundingClientRect()
      return document.documentElement.getBoundingClientRect()
    }
    const dialogs = document.querySelectorAll('[role=dialog][aria-modal=true]')
    const controls = (dialogs[dialogs.length - 1] ?? document).querySelectorAll<HTMLElement>(
      'a[href], button, input, select, textarea, summary, [role=button], [role=checkbox], [role=radio], [role=tab], [role=option], [role^=menuitem]',
    )
    return [...controls].flatMap((control) => {
      const box = control.getBoundingClientRect()
      if (!control.checkVisibility() || box.width < 2 || box.height < 2) return []
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
      const label = control.closest('label')
      const frame = frameOf(control)
      const hits = (dx: number, dy: number): boolean => {
        // If it is scrolled away, nothing can be said.
        if (x + dx < frame.left || x + dx > frame.right || y + dy < frame.top || y + dy > frame.bottom) return true
        const hit = document.elementFromPoint(x + dx, y + dy)
        return (
          hit !== null &&
          (control.contains(hit) || hit.contains(control.closest('.n-input')) || label?.contains(hit) === true)
        )
      }
      // Covered, scrolled away, or cut off: another view shows it.
      if (!hits(0, 0)) return []
      const reach = LEAST / 2 - 1
      const isWide = box.width >= LEAST || (hits(-reach, 0) && hits(reach, 0))
      const isHigh = box.height >= LEAST || (hits(0, -reach) && hits(0, reach))
      return isWide && isHigh
        ? []
        : [`${Math.round(box.width)} × ${Math.round(box.height)}: ${control.outerHTML.slice(0, 160)}`]
    })
  })
  return found.map((target) => `${view}: ${target}`)
}

/** What moves the focus inside itself, by the arrow keys: it is one tab stop. */
const COMPOSITES = ['grid', 'treegrid', 'tree', 'tablist', 'menu', 'listbox', 'radiogroup']

/**
 * What is operated by mouse and not reached by the Tab key: controls taken out of the order, and what shows the pointer
 * of a button without being a control, nor inside one.
 */
export async function notReachedByTab({ page }: SyncdeckPage, view: string): Promise<string[]> {
  const found = await page.evaluate((composites) => {
    const dialogs = document.querySelectorAll('[role=dialog][aria-modal=true]')
    const root = dialogs[dialogs.length - 1] ?? document.body
    const controls =
      'a[href], button, input, select, textarea, summary, [role=button], [role=checkbox], [role=combobox]'
    const isShown = (element: HTMLElement): boolean => {
      const box = element.getBoundingClientRect()
      return element.checkVisibility({ visibilityProperty: true }) && box.width > 1 && box.height > 1
    }
    /** In a grid, its rows: the head is used by Tab. */
    const isInComposite = (element: Element): boolean =>
      composites.some((role) => element.closest(`[role=${role}]`) !== null) &&
      element.closest('[role=columnheader]') === null
    return [...root.querySelectorAll<HTMLElement>('*')].flatMap((element) => {
      // The keys of a text field empty it as well.
      const isSpare = element.closest('[aria-hidden=true], .n-base-clear') !== null
      if (!isShown(element) || isInComposite(element) || isSpare) return []
      const isDisabled = element.matches(':disabled, [aria-disabled=true]')
      if (element.matches(controls)) return element.tabIndex < 0 && !isDisabled ? [element.outerHTML.slice(0, 160)] : []
      const isPressed =
        getComputedStyle(element).cursor === 'pointer' &&
        element.closest(`${controls}, label, [tabindex="0"]`) === null &&
        element.querySelector(controls) === null
      return isPressed ? [element.outerHTML.slice(0, 160)] : []
    })
  }, COMPOSITES)
  return found.map((element) => `${view}: is not reached by Tab: ${element}`)
}
