package io.keyward.engine.builtin.script.lua;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kinds of words that a Lua text is made of. */
enum Token {
  AND("and"),
  BREAK("break"),
  DO("do"),
  ELSE("else"),
  ELSEIF("elseif"),
  END("end"),
  FALSE("false"),
  FOR("for"),
  FUNCTION("function"),
  IF("if"),
  IN("in"),
  LOCAL("local"),
  NIL("nil"),
  NOT("not"),
  OR("or"),
  REPEAT("repeat"),
  RETURN("return"),
  THEN("then"),
  TRUE("true"),
  UNTIL("until"),
  WHILE("while"),
  PLUS("+"),
  MINUS("-"),
  TIMES("*"),
  DIVIDE("/"),
  MODULO("%"),
  POWER("^"),
  LENGTH("#"),
  EQUAL("=="),
  NOT_EQUAL("~="),
  LESS_EQUAL("<="),
  GREATER_EQUAL(">="),
  LESS("<"),
  GREATER(">"),
  ASSIGN("="),
  OPEN("("),
  CLOSE(")"),
  OPEN_BRACE("{"),
  CLOSE_BRACE("}"),
  OPEN_BRACKET("["),
  CLOSE_BRACKET("]"),
  SEMICOLON(";"),
  COLON(":"),
  COMMA(","),
  DOT("."),
  CONCAT(".."),
  DOTS("..."),
  NAME("<name>"),
  STRING("<string>"),
  NUMBER("<number>"),
  EOF("<eof>");

  private static final Map<String, Token> WORDS = new HashMap<>();

  static {
    for (Token token : values()) {
      if (token.ordinal() <= WHILE.ordinal()) {
        WORDS.put(token.text, token);
      }
    }
  }

  private final String text;

  Token(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  /** The reserved word of that spelling, or null. */
  static @Nullable Token word(String spelling) {
    return WORDS.get(spelling);
  }
}
