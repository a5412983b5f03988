import { weirYamlJsonSchema } from '../src/facility/schema.ts';

const BEGIN = '<!-- keys: written by scripts/write-schemas.ts -->';
const END = '<!-- end of keys -->';

interface SchemaNode {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  properties?: Record<string, SchemaNode>;
  required?: string[];
  items?: SchemaNode;
  anyOf?: SchemaNode[];
}

/**
 * Returns docs/configuration.md with its table of keys made anew from the schema of weir.yaml.
 * @throws Error when the page has lost the marks between which the table stands.
 */
export function withKeyTable(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`docs/configuration.md lacks "${BEGIN}" or "${END}"`);
  const rows = rowsOf(weirYamlJsonSchema(), '');
  const table = ['| Key | Value | Default | Meaning |', '|---|---|---|---|', ...rows].join('\n');
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

function rowsOf(node: SchemaNode, prefix: string): string[] {
  const required = new Set(node.required);
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const path = `${prefix}${key}`;
    const fallback = required.has(key) ? 'required' : defaultInWords(child);
    const row = `| \`${path}\` | ${kindInWords(child)} | ${fallback} | ${(child.description ?? '').replaceAll('|', '\\|')} |`;
    return [row, ...rowsBelow(child, path)];
  });
}

/** Network entries and mapped columns look the same wherever they stand: the page's prose explains them. */
function rowsBelow(node: SchemaNode, path: string): string[] {
  if (node.properties) return rowsOf(node, `${path}.`);
  return node.items?.properties ? rowsOf(node.items, `${path}[].`) : [];
}

function kindInWords(node: SchemaNode): string {
  if (node.enum) return node.enum.map((value) => `\`${value}\``).join(', ');
  if (isNetwork(node)) return 'network';
  if (node.anyOf?.some((branch) => branch.properties && 'value' in branch.properties))
    return 'column or constant';
  if (node.anyOf) return [...new Set(node.anyOf.map(kindInWords))].join(' or ');
  if (node.items) return node.items.properties ? 'list' : `list of ${plural(kindInWords(node.items))}`;
  const names: Record<string, string> = {
    string: 'text',
    integer: 'whole number',
    boolean: 'true or false',
    object: 'group',
  };
  return names[node.type ?? ''] ?? node.type ?? 'any';
}

function isNetwork(node: SchemaNode): boolean {
  return node.anyOf?.some((branch) => branch.properties && 'cidr' in branch.properties) ?? false;
}

function plural(kind: string): string {
  if (kind.startsWith('`')) return kind;
  return kind === 'text' ? 'texts' : `${kind}s`;
}

function defaultInWords({ default: value }: SchemaNode): string {
  if (value === undefined || (typeof value === 'object' && JSON.stringify(value).length === 2)) return '';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
