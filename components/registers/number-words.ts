/** A number of a series or of an item, as the registers write them: R-3, D-064, DOCFIX-082, FLEX-WP-0007. */
const NUMBER =
  /(?<![A-Za-z0-9_/-])[A-Z][A-Z0-9]{0,15}(?:-[A-Z]{1,8}[0-9]{0,2}){0,2}-[0-9]{1,6}[a-z]?(?![A-Za-z0-9_])/g;
/** Names of standards and algorithms, which look the same. */
const NOT_OURS = /^(?:UTF|SHA|MD|ISO|RFC|AES|RSA|ED|ECDSA|CVE|IPV|TCP)-/;

/** Text cut at the numbers in it. */
export function cutNumbers(text: string): { text: string; isNumber: boolean }[] {
  const parts: { text: string; isNumber: boolean }[] = [];
  let from = 0;
  for (const match of text.matchAll(NUMBER)) {
    if (NOT_OURS.test(match[0])) continue;
    if (match.index > from) parts.push({ text: text.slice(from, match.index), isNumber: false });
    parts.push({ text: match[0], isNumber: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isNumber: false });
  return parts;
}

const AT = "/registers/code/";

export const numberHref = (code: string): string => `${AT}${encodeURIComponent(code)}`;

/** The number that an address made by `numberHref` is about; null for any other address. */
export function numberOf(href: string): string | null {
  return href.startsWith(AT) ? decodeURIComponent(href.slice(AT.length)) : null;
}

interface MarkdownNode {
  type: string;
  value?: string;
  url?: string;
  children?: MarkdownNode[];
}

const UNTOUCHED: ReadonlySet<string> = new Set(["link", "linkReference", "code", "inlineCode", "html"]);

/** Makes links of the numbers in a document's text; code and what is a link already stay as they are. */
export function linkNumbers() {
  return (tree: MarkdownNode): void => linkWithin(tree);
}

function linkWithin(node: MarkdownNode): void {
  if (node.children === undefined || UNTOUCHED.has(node.type)) return;
  node.children = node.children.flatMap((child): MarkdownNode[] => {
    if (child.type !== "text" || child.value === undefined) {
      linkWithin(child);
      return [child];
    }
    return cutNumbers(child.value).map(({ text, isNumber }) =>
      isNumber
        ? { type: "link", url: numberHref(text), children: [{ type: "text", value: text }] }
        : { type: "text", value: text },
    );
  });
}
