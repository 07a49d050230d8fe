import { visibleParts } from "./hidden-characters.ts";

/** Text as it is, with every character that the eye would miss written out and marked. */
export function VisibleText({ children }: { children: string }) {
  return visibleParts(children).map((part, at) =>
    part.isHidden ? (
      <span
        key={at}
        data-hint="A character that cannot be seen, written out"
        className="rounded-sm bg-unsure-soft font-mono text-unsure"
      >
        {part.text}
      </span>
    ) : (
      part.text
    ),
  );
}
