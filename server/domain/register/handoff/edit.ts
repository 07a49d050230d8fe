import { type DocumentText } from "../source/document-text.ts";
import { lineEndOf, rangeOf } from "../source/source.ts";
import type { HandoffItem, PlacedItem } from "./item.ts";
import { writeItem } from "./write.ts";

/** The document with this item's own lines written anew and every other byte as it was. */
export function replaceItem({ source }: DocumentText, was: PlacedItem, item: HandoffItem): string {
  const { from, to } = rangeOf(source, was.lines.first, was.lines.last);
  const end = lineEndOf(source);
  const hasEnd = /[\r\n]$/.test(source.text.slice(Math.max(from, to - 1), to));
  const lines = writeItem(item).split("\n").join(end);
  return source.text.slice(0, from) + lines + (hasEnd ? end : "") + source.text.slice(to);
}
