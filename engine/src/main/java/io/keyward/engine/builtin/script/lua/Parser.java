package io.keyward.engine.builtin.script.lua;

import io.keyward.engine.builtin.script.lua.Syntax.Function;
import io.keyward.engine.builtin.script.lua.Syntax.Operator;
import io.keyward.engine.builtin.script.lua.Syntax.Statement;
import io.keyward.engine.builtin.script.lua.Syntax.Term;
import io.keyward.engine.builtin.script.lua.Syntax.Unary;
import io.keyward.engine.builtin.script.lua.Syntax.Variable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the grammar of Lua 5.1 by recursive descent, at most 200 levels deep. */
final class Parser {
  private static final int MOST_LEVELS = 200;
  private static final int UNARY_PRIORITY = 8;
  private static final LuaString SELF = LuaString.of("self");

  private final Lexer lexer;
  private Scope scope = new Scope(null);
  private int levels;

  private Parser(Lexer lexer) {
    this.lexer = lexer;
  }

  /**
   * The function that a whole text is.
   *
   * @throws LuaError with position if it is not Lua
   */
  static Function parse(byte[] source, int offset, int length, String chunk) {
    Parser parser = new Parser(new Lexer(source, offset, length, chunk));
    parser.scope.variadic = true;
    List<Statement> body = parser.block();
    if (parser.lexer.token() != Token.EOF) {
      throw parser.lexer.unexpected("'<eof>' expected");
    }
    return new Function(0, List.of(), true, body, parser.scope.captures, parser.scope.slots());
  }

  private boolean accept(Token token) {
    if (lexer.token() != token) {
      return false;
    }
    lexer.advance();
    return true;
  }

  private void expect(Token token) {
    if (!accept(token)) {
      throw lexer.unexpected("'" + token.text() + "' expected");
    }
  }

  private void expectClosing(Token token, Token opening, int openingLine) {
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

  private LuaString name() {
    if (lexer.token() != Token.NAME) {
      throw lexer.unexpected("'<name>' expected");
    }
    LuaString text = lexer.text();
    lexer.advance();
    return text;
  }

  private void deeper() {
    if (++levels > MOST_LEVELS) {
      throw LuaError.at(lexer.chunk(), lexer.line(), "chunk has too many syntax levels");
    }
  }

  // Statements

  private boolean blockEnds() {
    return switch (lexer.token()) {
      case ELSE, ELSEIF, END, EOF, UNTIL -> true;
      default -> false;
    };
  }

  private List<Statement> block() {
    deeper();
    int before = scope.enter();
    List<Statement> statements = statements();
    scope.leave(before);
    levels--;
    return statements;
  }

  private List<Statement> statements() {
    List<Statement> statements = new ArrayList<>();
    while (!blockEnds()) {
      boolean last = lexer.token() == Token.RETURN || lexer.token() == Token.BREAK;
      statements.add(statement());
      accept(Token.SEMICOLON);
      if (last) {
        break;
      }
    }
    return statements;
  }

  private List<Statement> loopBody() {
    scope.loops++;
    List<Statement> body = block();
    scope.loops--;
    return body;
  }

  private Statement statement() {
    int line = lexer.line();
    return switch (lexer.token()) {
      case IF -> ifStatement(line);
      case WHILE -> {
        lexer.advance();
        Term condition = expression();
        expect(Token.DO);
        List<Statement> body = loopBody();
        expectClosing(Token.END, Token.WHILE, line);
        yield new Statement.While(condition, body);
      }
      case DO -> {
        lexer.advance();
        List<Statement> body = block();
        expectClosing(Token.END, Token.DO, line);
        yield new Statement.Block(body);
      }
      case FOR -> forStatement(line);
      case REPEAT -> {
        lexer.advance();
        int before = scope.enter();
        deeper();
        scope.loops++;
        List<Statement> body = statements();
        scope.loops--;
        expectClosing(Token.UNTIL, Token.REPEAT, line);
        Term condition = expression();
        levels--;
        scope.leave(before);
        yield new Statement.Repeat(body, condition);
      }
      case FUNCTION -> functionStatement(line);
      case LOCAL -> {
        lexer.advance();
        yield accept(Token.FUNCTION) ? localFunction(line) : locals();
      }
      case RETURN -> {
        lexer.advance();
        yield new Statement.Return(
            blockEnds() || lexer.token() == Token.SEMICOLON ? List.of() : expressions());
      }
      case BREAK -> {
        lexer.advance();
        if (scope.loops == 0) {
          throw lexer.unexpected("no loop to break");
        }
        yield new Statement.Break();
      }
      default -> expressionStatement(line);
    };
  }

  private Statement ifStatement(int line) {
    List<Term> conditions = new ArrayList<>();
    List<List<Statement>> branches = new ArrayList<>();
    List<Statement> otherwise = List.of();
    do {
      lexer.advance();
      conditions.add(expression());
      expect(Token.THEN);
      branches.add(block());
    } while (lexer.token() == Token.ELSEIF);
    if (accept(Token.ELSE)) {
      otherwise = block();
    }
    expectClosing(Token.END, Token.IF, line);
    return new Statement.If(conditions, branches, otherwise);
  }

  private Statement forStatement(int line) {
    lexer.advance();
    LuaString first = name();
    Statement statement =
        switch (lexer.token()) {
          case ASSIGN -> numericFor(first, line);
          case COMMA, IN -> genericFor(first, line);
          default -> throw lexer.unexpected("'=' or 'in' expected");
        };
    expectClosing(Token.END, Token.FOR, line);
    return statement;
  }

  private Statement numericFor(LuaString name, int line) {
    lexer.advance();
    Term from = expression();
    expect(Token.COMMA);
    Term to = expression();
    Term step = accept(Token.COMMA) ? expression() : null;
    expect(Token.DO);
    int before = scope.enter();
    Variable variable = scope.declare(name, 0, lexer);
    scope.see(variable);
    List<Statement> body = loopBody();
    scope.leave(before);
    return new Statement.NumericFor(variable, from, to, step, body, line);
  }

  private Statement genericFor(LuaString first, int line) {
    List<LuaString> names = new ArrayList<>();
    names.add(first);
    while (accept(Token.COMMA)) {
      names.add(name());
    }
    expect(Token.IN);
    int valuesLine = lexer.line();
    List<Term> values = expressions();
    expect(Token.DO);
    int before = scope.enter();
    List<Variable> variables = new ArrayList<>();
    for (LuaString name : names) {
      Variable variable = scope.declare(name, 0, lexer);
      scope.see(variable);
      variables.add(variable);
    }
    List<Statement> body = loopBody();
    scope.leave(before);
    return new Statement.GenericFor(variables, values, body, Math.max(line, valuesLine));
  }

  private Statement functionStatement(int line) {
    lexer.advance();
    Term target = variable(name(), line);
    boolean method = false;
    while (lexer.token() == Token.DOT || lexer.token() == Token.COLON) {
      method = lexer.token() == Token.COLON;
      lexer.advance();
      target = new Term.Index(target, new Term.Constant(name()), line);
      if (method) {
        break;
      }
    }
    Function function = function(method, line);
    return new Statement.Assign(List.of(target), List.of(new Term.Closure(function)), line);
  }

  private Statement localFunction(int line) {
    Variable variable = scope.declare(name(), 0, lexer);
    scope.see(variable);
    return new Statement.LocalFunction(variable, function(false, line));
  }

  private Statement locals() {
    List<Variable> variables = new ArrayList<>();
    do {
      variables.add(scope.declare(name(), variables.size(), lexer));
    } while (accept(Token.COMMA));
    List<Term> values = accept(Token.ASSIGN) ? expressions() : List.of();
    variables.forEach(scope::see);
    return new Statement.Locals(variables, values);
  }

  private Statement expressionStatement(int line) {
    Term first = suffixed();
    if (lexer.token() != Token.ASSIGN && lexer.token() != Token.COMMA) {
      if (first instanceof Term.Call || first instanceof Term.MethodCall) {
        return new Statement.Perform(first);
      }
      assignable(first);
      throw lexer.unexpected("'=' expected");
    }
    List<Term> targets = new ArrayList<>();
    targets.add(assignable(first));
    while (accept(Token.COMMA)) {
      targets.add(assignable(suffixed()));
    }
    expect(Token.ASSIGN);
    return new Statement.Assign(targets, expressions(), line);
  }

  private Term assignable(Term term) {
    return switch (term) {
      case Term.Local l -> l;
      case Term.Outer o -> o;
      case Term.Global g -> g;
      case Term.Index i -> i;
      default -> throw lexer.unexpected("syntax error");
    };
  }

  // Expressions

  private List<Term> expressions() {
    List<Term> terms = new ArrayList<>();
    do {
      terms.add(expression());
    } while (accept(Token.COMMA));
    return terms;
  }

  private Term expression() {
    return binary(0);
  }

  private Term binary(int limit) {
    deeper();
    Unary unary =
        switch (lexer.token()) {
          case NOT -> Unary.NOT;
          case MINUS -> Unary.NEGATE;
          case LENGTH -> Unary.LENGTH;
          default -> null;
        };
    Term left;
    if (unary == null) {
      left = simple();
    } else {
      int line = lexer.line();
      lexer.advance();
      left = new Term.UnaryTerm(unary, binary(UNARY_PRIORITY), line);
    }
    Operator operator = operator(lexer.token());
    while (operator != null && leftPriority(operator) > limit) {
      int line = lexer.line();
      lexer.advance();
      Term right = binary(rightPriority(operator));
      left = new Term.Binary(operator, left, right, line);
      operator = operator(lexer.token());
    }
    levels--;
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
        switch (lexer.token()) {
          case NUMBER -> new Term.Constant(LuaNumbers.box(lexer.number()));
          case STRING -> new Term.Constant(lexer.text());
          case NIL -> new Term.Constant(null);
          case TRUE -> new Term.Constant(true);
          case FALSE -> new Term.Constant(false);
          case DOTS -> {
            if (!scope.variadic) {
              throw lexer.unexpected("cannot use '...' outside a vararg function");
            }
            yield new Term.Dots();
          }
          default -> null;
        };
    if (constant != null) {
      lexer.advance();
      return constant;
    }
    if (lexer.token() == Token.OPEN_BRACE) {
      return table();
    }
    if (lexer.token() == Token.FUNCTION) {
      int line = lexer.line();
      lexer.advance();
      return new Term.Closure(function(false, line));
    }
    return suffixed();
  }

  private Term variable(LuaString name, int line) {
    Variable local = scope.local(name);
    if (local != null) {
      return new Term.Local(local);
    }
    int outer = scope.capture(name, lexer);
    return outer < 0 ? new Term.Global(name, line) : new Term.Outer(name, outer);
  }

  private Term primary() {
    int line = lexer.line();
    if (lexer.token() == Token.NAME) {
      return variable(name(), line);
    }
    if (accept(Token.OPEN)) {
      Term inner = expression();
      expectClosing(Token.CLOSE, Token.OPEN, line);
      return new Term.Single(inner);
    }
    throw lexer.unexpected("unexpected symbol");
  }

  private Term suffixed() {
    Term term = primary();
    int suffixes = 0;
    try {
      while (true) {
        int line = lexer.line();
        switch (lexer.token()) {
          case DOT -> {
            lexer.advance();
            term = new Term.Index(term, new Term.Constant(name()), line);
          }
          case OPEN_BRACKET -> {
            lexer.advance();
            Term key = expression();
            expect(Token.CLOSE_BRACKET);
            term = new Term.Index(term, key, line);
          }
          case COLON -> {
            lexer.advance();
            LuaString name = name();
            term = new Term.MethodCall(term, name, arguments(), line);
          }
          case OPEN, STRING, OPEN_BRACE -> {
            if (lexer.token() == Token.OPEN && line != lexer.lastLine()) {
              throw lexer.unexpected("ambiguous syntax (function call x new statement)");
            }
            term = new Term.Call(term, arguments(), line);
          }
          default -> {
            return term;
          }
        }
        suffixes++;
        deeper();
      }
    } finally {
      levels -= suffixes;
    }
  }

  private List<Term> arguments() {
    return switch (lexer.token()) {
      case STRING -> {
        Term text = new Term.Constant(lexer.text());
        lexer.advance();
        yield List.of(text);
      }
      case OPEN_BRACE -> List.of(table());
      case OPEN -> {
        int line = lexer.line();
        lexer.advance();
        if (accept(Token.CLOSE)) {
          yield List.of();
        }
        List<Term> terms = expressions();
        expectClosing(Token.CLOSE, Token.OPEN, line);
        yield terms;
      }
      default -> throw lexer.unexpected("function arguments expected");
    };
  }

  private Term table() {
    int line = lexer.line();
    expect(Token.OPEN_BRACE);
    List<Term> items = new ArrayList<>();
    List<Term> keys = new ArrayList<>();
    List<Term> values = new ArrayList<>();
    List<Integer> itemsBefore = new ArrayList<>();
    while (lexer.token() != Token.CLOSE_BRACE) {
      if (lexer.token() == Token.OPEN_BRACKET) {
        lexer.advance();
        keys.add(expression());
        expect(Token.CLOSE_BRACKET);
        expect(Token.ASSIGN);
        values.add(expression());
        itemsBefore.add(items.size());
      } else if (lexer.token() == Token.NAME && lexer.peek() == Token.ASSIGN) {
        keys.add(new Term.Constant(name()));
        lexer.advance();
        values.add(expression());
        itemsBefore.add(items.size());
      } else {
        items.add(expression());
      }
      if (!accept(Token.COMMA) && !accept(Token.SEMICOLON)) {
        break;
      }
    }
    expectClosing(Token.CLOSE_BRACE, Token.OPEN_BRACE, line);
    return new Term.Table(items, keys, values, itemsBefore, line);
  }

  private Function function(boolean method, int line) {
    Scope inner = new Scope(scope);
    scope = inner;
    deeper();
    List<Variable> parameters = new ArrayList<>();
    if (method) {
      parameter(SELF, parameters);
    }
    expect(Token.OPEN);
    if (lexer.token() != Token.CLOSE) {
      do {
        if (accept(Token.DOTS)) {
          inner.variadic = true;
          break;
        }
        parameter(name(), parameters);
      } while (accept(Token.COMMA));
    }
    expect(Token.CLOSE);
    List<Statement> body = block();
    expectClosing(Token.END, Token.FUNCTION, line);
    levels--;
    Scope outer = inner.outer;
    if (outer == null) {
      throw new IllegalStateException("a function stands in another");
    }
    scope = outer;
    return new Function(line, parameters, inner.variadic, body, inner.captures, inner.slots());
  }

  private void parameter(LuaString name, List<Variable> parameters) {
    Variable variable = scope.declare(name, 0, lexer);
    scope.see(variable);
    parameters.add(variable);
  }
}
