import { Prose } from "#components/prose/prose.tsx";
import { NumberLink } from "#components/registers/number-link.tsx";
import { cutNumbers } from "#components/registers/number-words.ts";
import { CodeBlock } from "#components/ui/code.tsx";
import type { ItemView } from "#components/registers/board/board-data.ts";

/** One line of text in which numbers are links. */
export function NumberedLine({ children }: { children: string }) {
  return cutNumbers(children).map(({ text, isNumber }, at) =>
    isNumber ? <NumberLink key={at} code={text} /> : <span key={at}>{text}</span>,
  );
}

/** Everything that an item says, field by field, in the order of its document. The title stands above. */
export function ItemFields({ fields }: { fields: ItemView["fields"] }) {
  return (
    <div className="grid gap-4">
      {fields
        .filter(({ key, text }) => key !== "title" && text !== "")
        .map(({ key, label, text, form }) => (
          <section key={key} className="grid min-w-0 gap-1">
            {label !== "" && <h2 className="text-small font-medium text-ink-3">{label}</h2>}
            {form === "code" ? (
              <CodeBlock title={label} hideTitle copyText={text}>
                {text}
              </CodeBlock>
            ) : form === "line" ? (
              <p className="wrap-anywhere">
                <NumberedLine>{text}</NumberedLine>
              </p>
            ) : (
              <Prose markdown={text} under="stage" />
            )}
          </section>
        ))}
    </div>
  );
}
