import type { ReactNode } from "react";
import Markdown, { type Components, type ExtraProps } from "react-markdown";
import remarkGfm from "remark-gfm";
import { Code, CodeBlock } from "#components/ui/code.tsx";
import { Link } from "#components/ui/link.tsx";
import { NumberLink } from "#components/registers/number-link.tsx";
import { linkNumbers, numberOf } from "#components/registers/number-words.ts";
import { headingId } from "./outline.ts";

type Node = NonNullable<ExtraProps["node"]>;

function textOf(node: Node["children"][number] | Node | undefined): string {
  if (node === undefined) return "";
  if ("value" in node) return node.value;
  return "children" in node ? node.children.map(textOf).join("") : "";
}

function heading(level: "h2" | "h3" | "h4") {
  return function Heading({ children, node }: { children?: ReactNode } & ExtraProps) {
    const Tag = level;
    const size = level === "h4" ? "pt-2 text-prose" : "pt-3 text-lead";
    return (
      <Tag id={headingId(textOf(node))} className={`scroll-mt-16 font-medium ${size}`}>
        {children}
      </Tag>
    );
  };
}

function NumberOrLink({ href, children }: { href: string; children: ReactNode }) {
  const code = numberOf(href);
  return code === null ? <Link href={href}>{children}</Link> : <NumberLink code={code} />;
}

/** Raw HTML in a document is shown as the text it is: no plugin here makes elements of it. */
const components: Components = {
  a: ({ href = "", children }) =>
    /^https?:/.test(href) ? (
      <a
        href={href}
        rel="noreferrer"
        className="rounded-sm text-accent-ink underline decoration-accent-ink/40 underline-offset-2 hover:decoration-current"
      >
        {children}
      </a>
    ) : (
      <NumberOrLink href={href}>{children}</NumberOrLink>
    ),
  ul: ({ children }) => <ul className="grid list-disc gap-1 pl-5">{children}</ul>,
  ol: ({ children }) => <ol className="grid list-decimal gap-1 pl-5">{children}</ol>,
  blockquote: ({ children }) => (
    <blockquote className="grid gap-2 border-l-2 border-line-strong pl-3 text-ink-2">{children}</blockquote>
  ),
  code: ({ children }) => <Code>{children}</Code>,
  pre: ({ node }) => (
    <CodeBlock title="Example" hideTitle copyText={textOf(node)}>
      {textOf(node)}
    </CodeBlock>
  ),
  table: ({ children }) => (
    <div
      role="group"
      tabIndex={0}
      aria-label="Table"
      className="focus-inset overflow-x-auto rounded-md border border-line"
    >
      <table className="w-full border-collapse text-left text-base [&_td]:border-t [&_td]:border-line [&_td]:px-3 [&_td]:py-1.5 [&_td]:align-top [&_th]:bg-sunken [&_th]:px-3 [&_th]:py-1.5">
        {children}
      </table>
    </div>
  ),
  // Documents need no pictures; one from elsewhere would tell its host who reads what and when.
  img: ({ alt = "" }) => alt,
  hr: () => <hr className="border-line" />,
};

const UNDER_PAGE: Components = {
  ...components,
  h1: heading("h2"),
  h2: heading("h2"),
  h3: heading("h3"),
  h4: heading("h4"),
};

const UNDER_STAGE: Components = {
  ...components,
  h1: heading("h3"),
  h2: heading("h3"),
  h3: heading("h4"),
  h4: heading("h4"),
};

/** A document's own words: 15 px, about 70 characters a line. Its headings fit under those of the place it stands in. */
export function Prose({ markdown, under }: { markdown: string; under: "page" | "stage" }) {
  return (
    // 60 digits of this face are as wide as 70 of its average characters.
    <div className="grid max-w-[60ch] min-w-0 gap-3 text-prose text-pretty">
      <Markdown
        remarkPlugins={[remarkGfm, linkNumbers]}
        components={under === "page" ? UNDER_PAGE : UNDER_STAGE}
      >
        {markdown}
      </Markdown>
    </div>
  );
}
