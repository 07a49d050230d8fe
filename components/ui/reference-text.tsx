import { splitReferences } from "./reference-tokens.ts";
import { VisibleText } from "./visible-text.tsx";

const looks = {
  secret: {
    className: "bg-unsure-soft text-unsure",
    hint: "A sealed secret. Its value is never shown here.",
  },
  symbol: { className: "bg-run-soft text-run", hint: "Known only after an earlier call has answered." },
} as const;

/** Text in which secret and symbolic references are set apart from literal characters. */
export function ReferenceText({ children }: { children: string }) {
  return splitReferences(children).map((part, at) =>
    part.kind === "plain" ? (
      <VisibleText key={at}>{part.text}</VisibleText>
    ) : (
      <span
        key={at}
        data-hint={looks[part.kind].hint}
        className={`rounded-sm px-0.5 ${looks[part.kind].className}`}
      >
        {part.text}
      </span>
    ),
  );
}
