import ts from 'typescript'

/** A test as a spec file declares it. */
export interface DeclaredTest {
  readonly name: string
  readonly isSkipped: boolean
  readonly hasAssertion: boolean
}

const DECLARES = new Set(['it', 'test'])
const SKIPS = new Set(['skip', 'todo', 'fails'])

/**
 * Every test of a spec file, read from its syntax. One inside a skipped group is skipped; an assertion may be in a
 * function of the file.
 */
export function declaredTests(text: string): DeclaredTest[] {
  const file = ts.createSourceFile('spec.ts', text, ts.ScriptTarget.Latest, true)
  const asserting = assertingFunctions(file)
  const found: DeclaredTest[] = []
  const visit = (node: ts.Node, isInSkipped: boolean): void => {
    const call = ts.isCallExpression(node) ? readCall(node) : null
    const isSkipped = isInSkipped || (call !== null && call.modifiers.some((modifier) => SKIPS.has(modifier)))
    if (call !== null && DECLARES.has(call.root) && call.name !== null) {
      found.push({
        name: call.name,
        isSkipped,
        hasAssertion: call.node.arguments.some((argument) => asserts(argument, asserting)),
      })
    }
    const isGroup = call?.root === 'describe'
    ts.forEachChild(node, (child) => visit(child, isGroup ? isSkipped : isInSkipped))
  }
  visit(file, false)
  return found
}

/** `it.skip.each(…)('name', …)` and the like: its first name, the others, and the text of its first argument. */
function readCall(
  node: ts.CallExpression,
): { node: ts.CallExpression; root: string; modifiers: string[]; name: string | null } | null {
  const modifiers: string[] = []
  let callee: ts.Expression = node.expression
  while (!ts.isIdentifier(callee)) {
    if (ts.isPropertyAccessExpression(callee)) {
      modifiers.push(callee.name.text)
      callee = callee.expression
    } else if (ts.isCallExpression(callee)) callee = callee.expression
    else return null
  }
  const [first] = node.arguments
  return {
    node,
    root: callee.text,
    modifiers,
    name: first !== undefined && ts.isStringLiteralLike(first) ? first.text : null,
  }
}

/** The functions of a file in which something is asserted, or which call such a one. */
function assertingFunctions(file: ts.SourceFile): Set<string> {
  const bodies = new Map<string, ts.Node>()
  const collect = (node: ts.Node): void => {
    if (ts.isFunctionDeclaration(node) && node.name !== undefined && node.body !== undefined)
      bodies.set(node.name.text, node.body)
    if (
      ts.isVariableDeclaration(node) &&
      ts.isIdentifier(node.name) &&
      node.initializer !== undefined &&
      ts.isFunctionLike(node.initializer)
    )
      bodies.set(node.name.text, node.initializer)
    ts.forEachChild(node, collect)
  }
  collect(file)
  const asserting = new Set(['expect', 'assert', 'until', 'property'])
  for (let size = -1; size !== asserting.size;) {
    size = asserting.size
    for (const [name, body] of bodies) if (asserts(body, asserting)) asserting.add(name)
  }
  return asserting
}

function asserts(node: ts.Node, asserting: ReadonlySet<string>): boolean {
  if (ts.isIdentifier(node) && asserting.has(node.text)) return true
  return ts.forEachChild(node, (child) => asserts(child, asserting)) ?? false
}
