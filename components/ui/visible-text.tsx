import { Fragment } from "react";
import { visibleParts } from "./hidden-characters.ts";

const HINTS = {
  hidden: "A character that cannot be seen, written out",
  "look-alike": "A letter of another alphabet that looks like one of this word",
};

/** Text as it is, with every character that the eye would miss written out, and those that deceive it marked. */
export function VisibleText({ children }: { children: string }) {
  return visibleParts(children).map((part, at) =>
    part.mark !== null ? (
      <span key={at} data-hint={HINTS[part.mark]} className="rounded-sm bg-unsure-soft font-mono text-unsure">
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

/** The same of a text that a shell reads, to the byte: what ends a line is only what ends one there. */
export function VisibleScript({ children }: { children: string }) {
  return children.split("\n").map((line, at) => (
    <Fragment key={at}>
      {at > 0 && "\n"}
      <VisibleText>{line}</VisibleText>
    </Fragment>
  ));
}
