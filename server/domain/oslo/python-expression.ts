import type { ExpressionNode } from "./expression-node.ts";
import { MAX_DEPTH } from "./limits.ts";
import { parseNumber, parseStrings } from "./python-atoms.ts";
import { PythonError } from "./python-error.ts";
import { lexPython, type PythonToken } from "./python-tokens.ts";

const KEYWORDS = new Set(
  (
    "and as assert async await break class continue def del elif else except finally for from global if import in is " +
    "lambda nonlocal not or pass raise return try while with yield"
  ).split(" "),
);

/** Operators that bind looser than + and -, loosest first; comparisons are one level. */
const BINARY_LEVELS: readonly (readonly string[])[] = [["|"], ["^"], ["&"], ["<<", ">>"]];
const COMPARISONS = new Set(["==", "!=", "<", ">", "<=", ">="]);
const OTHER: ExpressionNode = { kind: "other", name: null };

/** Parses a Python expression (`ast.parse(source, mode="eval")`), keeping only what literals need. */
export function parsePythonExpression(source: string): ExpressionNode {
  const parser = new ExpressionParser(lexPython(source));
  const node = parser.parseExpressions("end");
  parser.expectEnd();
  return node;
}

class ExpressionParser {
  private readonly tokens: readonly PythonToken[];
  private index = 0;
  private depth = 0;

  constructor(tokens: readonly PythonToken[]) {
    this.tokens = tokens;
  }

  expectEnd(): void {
    if (this.peek().kind !== "end") throw syntaxError();
  }

  /** expression ("," expression)* [","]: a comma makes a tuple. */
  parseExpressions(closing: string): ExpressionNode {
    const first = this.parseExpression();
    if (!this.isOperator(",")) return first;
    const items = [first];
    while (this.take(",")) {
      if (this.isOperator(closing) || (closing === "end" && this.peek().kind === "end")) break;
      items.push(this.parseExpression());
    }
    return { kind: "tuple", items };
  }

  private parseExpression(): ExpressionNode {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new PythonError("RecursionError", "too many nested expressions");
    const node = this.parseBoolean(["or", "and"]);
    if (this.takeWord("if")) {
      this.parseBoolean(["or", "and"]);
      if (!this.takeWord("else")) throw syntaxError();
      this.parseExpression();
      this.depth -= 1;
      return OTHER;
    }
    this.depth -= 1;
    return node;
  }

  private parseBoolean(words: readonly string[]): ExpressionNode {
    const [word, ...rest] = words;
    if (word === undefined) return this.parseInversion();
    let node = this.parseBoolean(rest);
    while (this.takeWord(word)) {
      this.parseBoolean(rest);
      node = OTHER;
    }
    return node;
  }

  private parseInversion(): ExpressionNode {
    let isNegated = false;
    while (this.takeWord("not")) isNegated = true;
    const node = this.parseComparison();
    return isNegated ? OTHER : node;
  }

  private parseComparison(): ExpressionNode {
    let node = this.parseBinary(0);
    while (this.takeComparison()) {
      this.parseBinary(0);
      node = OTHER;
    }
    return node;
  }

  private takeComparison(): boolean {
    const token = this.peek();
    if (token.kind === "operator" && COMPARISONS.has(token.text)) return this.advance();
    if (this.takeWord("in")) return true;
    if (this.takeWord("is")) {
      this.takeWord("not");
      return true;
    }
    if (!this.takeWord("not")) return false;
    if (!this.takeWord("in")) throw syntaxError();
    return true;
  }

  private parseBinary(level: number): ExpressionNode {
    const operators = BINARY_LEVELS[level];
    if (operators === undefined) return this.parseSum();
    let node = this.parseBinary(level + 1);
    while (operators.some((operator) => this.take(operator))) {
      this.parseBinary(level + 1);
      node = OTHER;
    }
    return node;
  }

  private parseSum(): ExpressionNode {
    let left = this.parseTerm();
    for (;;) {
      const sign = this.takeSign();
      if (sign === null) return left;
      left = { kind: "sum", sign, left, right: this.parseTerm() };
    }
  }

  private parseTerm(): ExpressionNode {
    let node = this.parseFactor();
    while (["*", "/", "//", "%", "@"].some((operator) => this.take(operator))) {
      this.parseFactor();
      node = OTHER;
    }
    return node;
  }

  private parseFactor(): ExpressionNode {
    const sign = this.takeSign();
    const isInverted = sign === null && this.take("~");
    if (sign === null && !isInverted) return this.parsePower();
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new PythonError("RecursionError", "too many nested expressions");
    const operand = this.parseFactor();
    this.depth -= 1;
    return sign === null ? OTHER : { kind: "signed", sign, operand };
  }

  private parsePower(): ExpressionNode {
    const isAwaited = this.takeWord("await");
    const primary = this.parsePrimary();
    const node = isAwaited ? OTHER : primary;
    if (!this.take("**")) return node;
    this.parseFactor();
    return OTHER;
  }

  private parsePrimary(): ExpressionNode {
    let node = this.parseAtom();
    for (;;) {
      if (this.take(".")) {
        this.takeIdentifier();
        node = OTHER;
      } else if (this.take("(")) {
        const isEmpty = this.parseArguments();
        node = isEmpty && node.kind === "other" && node.name === "set" ? { kind: "empty_set_call" } : OTHER;
      } else if (this.take("[")) {
        this.parseExpressions("]");
        this.expect("]");
        node = OTHER;
      } else return node;
    }
  }

  /** True when the parentheses are empty. */
  private parseArguments(): boolean {
    if (this.take(")")) return true;
    do {
      if (this.isOperator(")")) break;
      if (!this.take("**")) this.take("*");
      this.parseExpression();
      if (this.take("=")) this.parseExpression();
    } while (this.take(","));
    this.expect(")");
    return false;
  }

  private parseAtom(): ExpressionNode {
    const token = this.peek();
    switch (token.kind) {
      case "name":
        return this.parseName(token.text);
      case "number":
        this.advance();
        return parseNumber(token.text);
      case "string":
        return parseStrings(this.takeStrings());
      case "operator":
        this.advance();
        return this.parseDisplay(token.text);
      case "end":
        throw syntaxError();
    }
  }

  private parseName(name: string): ExpressionNode {
    if (KEYWORDS.has(name)) throw syntaxError();
    this.advance();
    if (name === "True" || name === "False" || name === "None") return { kind: "word", text: name };
    return { kind: "other", name };
  }

  private parseDisplay(operator: string): ExpressionNode {
    switch (operator) {
      case "...":
        return { kind: "word", text: "Ellipsis" };
      case "(": {
        if (this.take(")")) return { kind: "tuple", items: [] };
        const node = this.parseExpressions(")");
        this.expect(")");
        return node;
      }
      case "[":
        return { kind: "list", items: this.parseItems("]") };
      case "{": {
        if (this.take("}")) return { kind: "dict" };
        return { kind: "set", items: this.parseItems("}") };
      }
      default:
        throw syntaxError();
    }
  }

  private parseItems(closing: "]" | "}"): ExpressionNode[] {
    const items: ExpressionNode[] = [];
    while (!this.isOperator(closing)) {
      const isUnpacked = this.take("*");
      const item = this.parseExpression();
      items.push(isUnpacked ? OTHER : item);
      if (!this.take(",")) break;
    }
    this.expect(closing);
    return items;
  }

  private takeStrings(): Extract<PythonToken, { kind: "string" }>[] {
    const strings: Extract<PythonToken, { kind: "string" }>[] = [];
    for (let token = this.peek(); token.kind === "string"; token = this.peek()) {
      strings.push(token);
      this.advance();
    }
    return strings;
  }

  private peek(): PythonToken {
    return this.tokens[this.index] ?? { kind: "end" };
  }

  private advance(): true {
    this.index += 1;
    return true;
  }

  private isOperator(text: string): boolean {
    const token = this.peek();
    return token.kind === "operator" && token.text === text;
  }

  private take(text: string): boolean {
    return this.isOperator(text) && this.advance();
  }

  private takeSign(): "+" | "-" | null {
    if (this.take("+")) return "+";
    return this.take("-") ? "-" : null;
  }

  private takeWord(word: string): boolean {
    const token = this.peek();
    return token.kind === "name" && token.text === word && this.advance();
  }

  private takeIdentifier(): void {
    const token = this.peek();
    const isConstant = token.kind === "name" && ["True", "False", "None"].includes(token.text);
    if (token.kind !== "name" || KEYWORDS.has(token.text) || isConstant) throw syntaxError();
    this.advance();
  }

  private expect(text: string): void {
    if (!this.take(text)) throw syntaxError();
  }
}

function syntaxError(): PythonError {
  return new PythonError("SyntaxError", "invalid syntax");
}
