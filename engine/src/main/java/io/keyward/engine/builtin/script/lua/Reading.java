package io.keyward.engine.builtin.script.lua;

/** A Lua text being read: its tokens, the scope in which they stand, and how deep. */
final class Reading {
  private static final int MOST_LEVELS = 200;

  final Lexer lexer;
  Scope scope = new Scope(null);
  int levels;

  Reading(Lexer lexer) {
    this.lexer = lexer;
  }

  boolean accept(Token token) {
    if (lexer.token() != token) {
      return false;
    }
    lexer.advance();
    return true;
  }

  void expect(Token token) {
    if (!accept(token)) {
      throw lexer.unexpected("'" + token.text() + "' expected");
    }
  }

  void expectClosing(Token token, Token opening, int openingLine) {
    if (accept(token)) {
      return;
    }
    if (openingLine == lexer.line()) {
      throw lexer.unexpected("'" + token.text() + "' expected");
    }
    throw lexer.unexpected(
        "'"
            + token.text()
            + "' expected (to close '"
            + opening.text()
            + "' at line "
            + openingLine
            + ")");
  }

  LuaString name() {
    if (lexer.token() != Token.NAME) {
      throw lexer.unexpected("'<name>' expected");
    }
    LuaString text = lexer.text();
    lexer.advance();
    return text;
  }

  void deeper() {
    if (++levels > MOST_LEVELS) {
      throw LuaError.at(lexer.chunk(), lexer.line(), "chunk has too many syntax levels");
    }
  }
}
