package io.keyward.engine.builtin.script.lua;

import io.keyward.engine.builtin.script.lua.Syntax.Function;
import io.keyward.engine.builtin.script.lua.Syntax.Operator;
import io.keyward.engine.builtin.script.lua.Syntax.Statement;
import io.keyward.engine.builtin.script.lua.Syntax.Term;
import io.keyward.engine.builtin.script.lua.Syntax.Unary;
import io.keyward.engine.builtin.script.lua.Syntax.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the terms of Lua: operators by their priorities, calls, tables and functions. */
final class TermParser {
  private static final int UNARY_PRIORITY = 8;
  private static final LuaString SELF = LuaString.of("self");

  private final Reading in;
  private final Supplier<List<Statement>> block;

  /** Reads terms; {@code block} reads the statements of a function. */
  TermParser(Reading in, Supplier<List<Statement>> block) {
    this.in = in;
    this.block = block;
  }

  List<Term> expressions() {
    List<Term> terms = new ArrayList<>();
    do {
      terms.add(expression());
    } while (in.accept(Token.COMMA));
    return terms;
  }

  Term expression() {
    return binary(0);
  }

  private Term binary(int limit) {
    in.deeper();
    Unary unary =
        switch (in.lexer.token()) {
          case NOT -> Unary.NOT;
          case MINUS -> Unary.NEGATE;
          case LENGTH -> Unary.LENGTH;
          default -> null;
        };
    Term left;
    if (unary == null) {
      left = simple();
    } else {
      int line = in.lexer.line();
      in.lexer.advance();
      left = new Term.UnaryTerm(unary, binary(UNARY_PRIORITY), line);
    }
    Operator operator = operator(in.lexer.token());
    while (operator != null && leftPriority(operator) > limit) {
      int line = in.lexer.line();
      in.lexer.advance();
      Term right = binary(rightPriority(operator));
      left = new Term.Binary(operator, left, right, line);
      operator = operator(in.lexer.token());
    }
    in.levels--;
    return left;
  }

  private static @Nullable Operator operator(Token token) {
    return switch (token) {
      case PLUS -> Operator.ADD;
      case MINUS -> Operator.SUBTRACT;
      case TIMES -> Operator.MULTIPLY;
      case DIVIDE -> Operator.DIVIDE;
      case MODULO -> Operator.MODULO;
      case POWER -> Operator.POWER;
      case CONCAT -> Operator.CONCAT;
      case EQUAL -> Operator.EQUAL;
      case NOT_EQUAL -> Operator.NOT_EQUAL;
      case LESS -> Operator.LESS;
      case LESS_EQUAL -> Operator.LESS_EQUAL;
      case GREATER -> Operator.GREATER;
      case GREATER_EQUAL -> Operator.GREATER_EQUAL;
      case AND -> Operator.AND;
      case OR -> Operator.OR;
      default -> null;
    };
  }

  private static int leftPriority(Operator operator) {
    return switch (operator) {
      case ADD, SUBTRACT -> 6;
      case MULTIPLY, DIVIDE, MODULO -> 7;
      case POWER -> 10;
      case CONCAT -> 5;
      case EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL -> 3;
      case AND -> 2;
      case OR -> 1;
    };
  }

  private static int rightPriority(Operator operator) {
    return switch (operator) {
      case POWER -> 9;
      case CONCAT -> 4;
      default -> leftPriority(operator);
    };
  }

  private Term simple() {
    Term constant =
        switch (in.lexer.token()) {
          case NUMBER -> new Term.Constant(LuaNumbers.box(in.lexer.number()));
          case STRING -> new Term.Constant(in.lexer.text());
          case NIL -> new Term.Constant(null);
          case TRUE -> new Term.Constant(true);
          case FALSE -> new Term.Constant(false);
          case DOTS -> {
            if (!in.scope.variadic) {
              throw in.lexer.unexpected("cannot use '...' outside a vararg function");
            }
            yield new Term.Dots();
          }
          default -> null;
        };
    if (constant != null) {
      in.lexer.advance();
      return constant;
    }
    if (in.lexer.token() == Token.OPEN_BRACE) {
      return table();
    }
    if (in.lexer.token() == Token.FUNCTION) {
      int line = in.lexer.line();
      in.lexer.advance();
      return new Term.Closure(function(false, line));
    }
    return suffixed();
  }

  Term variable(LuaString name, int line) {
    Variable local = in.scope.local(name);
    if (local != null) {
      return new Term.Local(local);
    }
    int outer = in.scope.capture(name, in.lexer);
    return outer < 0 ? new Term.Global(name, line) : new Term.Outer(name, outer);
  }

  private Term primary() {
    int line = in.lexer.line();
    if (in.lexer.token() == Token.NAME) {
      return variable(in.name(), line);
    }
    if (in.accept(Token.OPEN)) {
      Term inner = expression();
      in.expectClosing(Token.CLOSE, Token.OPEN, line);
      return new Term.Single(inner);
    }
    throw in.lexer.unexpected("unexpected symbol");
  }

  Term suffixed() {
    Term term = primary();
    int suffixes = 0;
    try {
      while (true) {
        int line = in.lexer.line();
        switch (in.lexer.token()) {
          case DOT -> {
            in.lexer.advance();
            term = new Term.Index(term, new Term.Constant(in.name()), line);
          }
          case OPEN_BRACKET -> {
            in.lexer.advance();
            Term key = expression();
            in.expect(Token.CLOSE_BRACKET);
            term = new Term.Index(term, key, line);
          }
          case COLON -> {
            in.lexer.advance();
            LuaString name = in.name();
            term = new Term.MethodCall(term, name, arguments(), line);
          }
          case OPEN, STRING, OPEN_BRACE -> {
            if (in.lexer.token() == Token.OPEN && line != in.lexer.lastLine()) {
              throw in.lexer.unexpected("ambiguous syntax (function call x new statement)");
            }
            term = new Term.Call(term, arguments(), line);
          }
          default -> {
            return term;
          }
        }
        suffixes++;
        in.deeper();
      }
    } finally {
      in.levels -= suffixes;
    }
  }

  private List<Term> arguments() {
    return switch (in.lexer.token()) {
      case STRING -> {
        Term text = new Term.Constant(in.lexer.text());
        in.lexer.advance();
        yield List.of(text);
      }
      case OPEN_BRACE -> List.of(table());
      case OPEN -> {
        int line = in.lexer.line();
        in.lexer.advance();
        if (in.accept(Token.CLOSE)) {
          yield List.of();
        }
        List<Term> terms = expressions();
        in.expectClosing(Token.CLOSE, Token.OPEN, line);
        yield terms;
      }
      default -> throw in.lexer.unexpected("function arguments expected");
    };
  }

  private Term table() {
    int line = in.lexer.line();
    in.expect(Token.OPEN_BRACE);
    List<Term> items = new ArrayList<>();
    List<Term> keys = new ArrayList<>();
    List<Term> values = new ArrayList<>();
    List<Integer> itemsBefore = new ArrayList<>();
    while (in.lexer.token() != Token.CLOSE_BRACE) {
      if (in.lexer.token() == Token.OPEN_BRACKET) {
        in.lexer.advance();
        keys.add(expression());
        in.expect(Token.CLOSE_BRACKET);
        in.expect(Token.ASSIGN);
        values.add(expression());
        itemsBefore.add(items.size());
      } else if (in.lexer.token() == Token.NAME && in.lexer.peek() == Token.ASSIGN) {
        keys.add(new Term.Constant(in.name()));
        in.lexer.advance();
        values.add(expression());
        itemsBefore.add(items.size());
      } else {
        items.add(expression());
      }
      if (!in.accept(Token.COMMA) && !in.accept(Token.SEMICOLON)) {
        break;
      }
    }
    in.expectClosing(Token.CLOSE_BRACE, Token.OPEN_BRACE, line);
    return new Term.Table(items, keys, values, itemsBefore, line);
  }

  Function function(boolean method, int line) {
    Scope inner = new Scope(in.scope);
    in.scope = inner;
    in.deeper();
    List<Variable> parameters = new ArrayList<>();
    if (method) {
      parameter(SELF, parameters);
    }
    in.expect(Token.OPEN);
    if (in.lexer.token() != Token.CLOSE) {
      do {
        if (in.accept(Token.DOTS)) {
          inner.variadic = true;
          break;
        }
        parameter(in.name(), parameters);
      } while (in.accept(Token.COMMA));
    }
    in.expect(Token.CLOSE);
    List<Statement> body = block.get();
    in.expectClosing(Token.END, Token.FUNCTION, line);
    in.levels--;
    Scope outer = inner.outer;
    if (outer == null) {
      throw new IllegalStateException("a function stands in another");
    }
    in.scope = outer;
    return new Function(line, parameters, inner.variadic, body, inner.captures, inner.slots());
  }

  private void parameter(LuaString name, List<Variable> parameters) {
    Variable variable = in.scope.declare(name, 0, in.lexer);
    in.scope.see(variable);
    parameters.add(variable);
  }
}
