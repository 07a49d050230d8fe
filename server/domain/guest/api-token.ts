/** `user@realm!name`, the name with or without a number: https://pve.proxmox.com/wiki/User_Management#pveum_tokens. */
const TOKEN = /^(?<user>[^!\s]+@[^!\s]+)!(?<base>[A-Za-z][A-Za-z0-9._-]*?)(?:-(?<number>[1-9]\d{0,5}))?$/;

export interface TokenName {
  user: string;
  /** Without its number. */
  base: string;
  /** 1 where it has none. */
  number: number;
}

/** An API token's id in its parts; null for what is none. */
export function parseTokenId(id: string): TokenName | null {
  const { user, base, number = "1" } = TOKEN.exec(id)?.groups ?? {};
  return user === undefined || base === undefined ? null : { user, base, number: Number(number) };
}

/** Whether the console made one token to take the place of the other: of the same user and name, with a later number. */
export function isSuccessor(id: string, of: string): boolean {
  const [next, first] = [parseTokenId(id), parseTokenId(of)];
  if (next === null || first === null) return false;
  return next.user === first.user && next.base === first.base && next.number > first.number;
}

/** The name of the token that takes this one's place, after all those that there are. */
export function nextTokenName(present: TokenName, names: readonly string[]): string {
  const numbers = names.flatMap((name) => {
    const parsed = parseTokenId(`${present.user}!${name}`);
    return parsed?.base === present.base ? [parsed.number] : [];
  });
  return `${present.base}-${Math.max(present.number, ...numbers) + 1}`;
}
