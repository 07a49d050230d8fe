/** One line of text from outside, cut, with nothing in it that a terminal would obey. */
export const printable = (text: string) => text.slice(0, 1000).replaceAll(/[\p{Cc}\p{Cf}]/gu, "?");
