package io.keyward.engine.builtin.script.lua;

import java.io.ByteArrayOutputStream;

/** Cuts a Lua text into tokens, one of look-ahead. */
final class Lexer {
  private static final int NO_CHAR = -1;

  private final byte[] source;
  private final int end;
  private final String chunk;
  private final Pace pace;
  private int at;
  private int line = 1;

  private Token token = Token.EOF;
  private int tokenStart;
  private int tokenLine = 1;
  private int lastLine = 1;
  private LuaString text = LuaString.EMPTY;
  private double number;

  private boolean peeked;
  private Token nextToken = Token.EOF;
  private int nextStart;
  private int nextLine;
  private LuaString nextText = LuaString.EMPTY;
  private double nextNumber;

  Lexer(byte[] source, int offset, int length, String chunk, Pace pace) {
    this.pace = pace;
    this.source = source;
    this.at = offset;
    this.end = offset + length;
    this.chunk = chunk;
    if (length > 0 && source[offset] == '#') {
      skipLine();
    }
    advance();
    lastLine = 1;
  }

  Token token() {
    return token;
  }

  /** The line of the present token. */
  int line() {
    return tokenLine;
  }

  /** The line of the token before the present one. */
  int lastLine() {
    return lastLine;
  }

  LuaString text() {
    return text;
  }

  double number() {
    return number;
  }

  String chunk() {
    return chunk;
  }

  /** Goes on to the next token. */
  void advance() {
    lastLine = tokenLine;
    if (peeked) {
      peeked = false;
      token = nextToken;
      tokenStart = nextStart;
      tokenLine = nextLine;
      text = nextText;
      number = nextNumber;
      return;
    }
    token = scan();
    tokenLine = line;
  }

  /** The token after the present one. */
  Token peek() {
    if (!peeked) {
      Token present = token;
      int presentStart = tokenStart;
      LuaString presentText = text;
      double presentNumber = number;
      nextToken = scan();
      nextStart = tokenStart;
      nextLine = line;
      nextText = text;
      nextNumber = number;
      token = present;
      tokenStart = presentStart;
      text = presentText;
      number = presentNumber;
      peeked = true;
    }
    return nextToken;
  }

  /** The error that the present token is out of place. */
  LuaError unexpected(String message) {
    String near =
        switch (token) {
          case NAME, STRING, NUMBER ->
              LuaString.of(source, tokenStart, (peeked ? nextStartLimit() : at) - tokenStart)
                  .toString();
          default -> token.text();
        };
    return LuaError.at(chunk, tokenLine, message + " near '" + near + "'");
  }

  private int nextStartLimit() {
    int limit = nextStart;
    while (limit > tokenStart && source[limit - 1] <= ' ' && source[limit - 1] >= 0) {
      limit--;
    }
    return limit;
  }

  private LuaError malformed(String message) {
    String near = LuaString.of(source, tokenStart, Math.min(at, end) - tokenStart).toString();
    return LuaError.at(chunk, line, message + " near '" + near + "'");
  }

  private LuaError unfinished(String message) {
    return LuaError.at(chunk, line, message + " near '<eof>'");
  }

  private int current() {
    return at < end ? source[at] & 0xff : NO_CHAR;
  }

  private int ahead(int distance) {
    return at + distance < end ? source[at + distance] & 0xff : NO_CHAR;
  }

  private void skipLine() {
    while (at < end && source[at] != '\n' && source[at] != '\r') {
      pace.step();
      at++;
    }
  }

  private void newLine() {
    int first = current();
    at++;
    int second = current();
    if ((second == '\n' || second == '\r') && second != first) {
      at++;
    }
    line++;
  }

  private Token scan() {
    while (true) {
      pace.step();
      tokenStart = at;
      int c = current();
      switch (c) {
        case NO_CHAR -> {
          return Token.EOF;
        }
        case '\n', '\r' -> newLine();
        case ' ', '\t', '\f', 0x0b -> at++;
        case '-' -> {
          if (ahead(1) != '-') {
            return one(Token.MINUS);
          }
          at += 2;
          skipComment();
        }
        default -> {
          return symbol(c);
        }
      }
    }
  }

  private Token symbol(int c) {
    return switch (c) {
      case '[' -> {
        int level = bracketLevel();
        if (level >= 0) {
          text = longString(level, true);
          yield Token.STRING;
        }
        if (level == -1) {
          yield one(Token.OPEN_BRACKET);
        }
        at += -level;
        throw malformed("invalid long string delimiter");
      }
      case '=' -> ahead(1) == '=' ? two(Token.EQUAL) : one(Token.ASSIGN);
      case '<' -> ahead(1) == '=' ? two(Token.LESS_EQUAL) : one(Token.LESS);
      case '>' -> ahead(1) == '=' ? two(Token.GREATER_EQUAL) : one(Token.GREATER);
      case '~' -> ahead(1) == '=' ? two(Token.NOT_EQUAL) : other(c);
      case '"', '\'' -> {
        text = quoted(c);
        yield Token.STRING;
      }
      case '.' -> {
        if (ahead(1) == '.') {
          if (ahead(2) == '.') {
            at += 3;
            yield Token.DOTS;
          }
          yield two(Token.CONCAT);
        }
        yield digit(ahead(1)) ? numeral() : one(Token.DOT);
      }
      case '+' -> one(Token.PLUS);
      case '*' -> one(Token.TIMES);
      case '/' -> one(Token.DIVIDE);
      case '%' -> one(Token.MODULO);
      case '^' -> one(Token.POWER);
      case '#' -> one(Token.LENGTH);
      case '(' -> one(Token.OPEN);
      case ')' -> one(Token.CLOSE);
      case '{' -> one(Token.OPEN_BRACE);
      case '}' -> one(Token.CLOSE_BRACE);
      case ']' -> one(Token.CLOSE_BRACKET);
      case ';' -> one(Token.SEMICOLON);
      case ':' -> one(Token.COLON);
      case ',' -> one(Token.COMMA);
      default -> digit(c) ? numeral() : letter(c) ? name() : other(c);
    };
  }

  private Token one(Token found) {
    at++;
    return found;
  }

  private Token two(Token found) {
    at += 2;
    return found;
  }

  private Token other(int c) {
    at++;
    String shown = c < ' ' ? "char(" + c + ")" : String.valueOf((char) c);
    throw LuaError.at(chunk, line, "unexpected symbol near '" + shown + "'");
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean letter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private Token name() {
    while (letter(current()) || digit(current())) {
      at++;
    }
    text = LuaString.of(source, tokenStart, at - tokenStart);
    Token word = text.length() <= 8 ? Token.word(text.toString()) : null;
    return word == null ? Token.NAME : word;
  }

  private Token numeral() {
    while (digit(current()) || current() == '.') {
      at++;
    }
    if ((current() | 0x20) == 'e') {
      at++;
      if (current() == '+' || current() == '-') {
        at++;
      }
    }
    while (letter(current()) || digit(current())) {
      at++;
    }
    Double value = LuaNumbers.parse(source, tokenStart, at - tokenStart);
    if (value == null) {
      throw malformed("malformed number");
    }
    number = value;
    return Token.NUMBER;
  }

  /** Counts the = of a long bracket: -1 for a plain bracket, below that for a broken one. */
  private int bracketLevel() {
    int level = 0;
    while (ahead(1 + level) == '=') {
      level++;
    }
    return ahead(1 + level) == '[' ? level : -1 - level;
  }

  private void skipComment() {
    if (current() == '[') {
      int level = bracketLevel();
      if (level >= 0) {
        longString(level, false);
        return;
      }
    }
    skipLine();
  }

  private LuaString longString(int level, boolean isString) {
    at += 2 + level;
    if (current() == '\n' || current() == '\r') {
      newLine();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (true) {
      pace.step();
      int c = current();
      switch (c) {
        case NO_CHAR ->
            throw unfinished(isString ? "unfinished long string" : "unfinished long comment");
        case ']' -> {
          int closing = 0;
          while (ahead(1 + closing) == '=') {
            closing++;
          }
          if (closing == level && ahead(1 + closing) == ']') {
            at += 2 + level;
            return LuaString.of(bytes.toByteArray());
          }
          bytes.write(c);
          at++;
        }
        case '\n', '\r' -> {
          newLine();
          bytes.write('\n');
        }
        default -> {
          bytes.write(c);
          at++;
        }
      }
    }
  }

  private LuaString quoted(int quote) {
    at++;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (current() != quote) {
      pace.step();
      int c = current();
      switch (c) {
        case NO_CHAR -> throw unfinished("unfinished string");
        case '\n', '\r' -> throw malformed("unfinished string");
        case '\\' -> {
          at++;
          escape(bytes);
        }
        default -> {
          bytes.write(c);
          at++;
        }
      }
    }
    at++;
    return LuaString.of(bytes.toByteArray());
  }

  private void escape(ByteArrayOutputStream bytes) {
    int c = current();
    if (c == '\n' || c == '\r') {
      newLine();
      bytes.write('\n');
      return;
    }
    if (c == NO_CHAR) {
      return;
    }
    if (digit(c)) {
      int value = 0;
      for (int i = 0; i < 3 && digit(current()); i++) {
        value = value * 10 + current() - '0';
        at++;
      }
      if (value > 255) {
        throw malformed("escape sequence too large");
      }
      bytes.write(value);
      return;
    }
    at++;
    bytes.write(
        switch (c) {
          case 'a' -> 7;
          case 'b' -> 8;
          case 'f' -> 12;
          case 'n' -> 10;
          case 'r' -> 13;
          case 't' -> 9;
          case 'v' -> 11;
          default -> c;
        });
  }
}
