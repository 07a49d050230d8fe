import { Fragment } from "react";
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

/** The same of a text of several lines, for a place that keeps white space. */
export function VisibleLines({ children }: { children: string }) {
  return children.split(/\r?\n/).map((line, at) => (
    <Fragment key={at}>
      {at > 0 && "\n"}
      <VisibleText>{line}</VisibleText>
    </Fragment>
  ));
}
