package io.keyward.engine.builtin.script.lua;

import io.keyward.engine.builtin.script.lua.Syntax.Function;
import io.keyward.engine.builtin.script.lua.Syntax.Statement;
import io.keyward.engine.builtin.script.lua.Syntax.Term;
import io.keyward.engine.builtin.script.lua.Syntax.Variable;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the grammar of Lua 5.1 by recursive descent, at most 200 levels deep: the statements here,
 * the terms in {@link TermParser}.
 */
final class Parser {
  private final Reading in;
  private final TermParser terms;

  private Parser(Lexer lexer) {
    in = new Reading(lexer);
    terms = new TermParser(in, this::block);
  }

  /**
   * The function that a whole text is.
   *
   * @throws LuaError with position if it is not Lua
   */
  static Function parse(byte[] source, int offset, int length, String chunk, Pace pace) {
    Parser parser = new Parser(new Lexer(source, offset, length, chunk, pace));
    Reading in = parser.in;
    in.scope.variadic = true;
    List<Statement> body = parser.block();
    if (in.lexer.token() != Token.EOF) {
      throw in.lexer.unexpected("'<eof>' expected");
    }
    return new Function(0, List.of(), true, body, in.scope.captures, in.scope.slots());
  }

  private boolean blockEnds() {
    return switch (in.lexer.token()) {
      case ELSE, ELSEIF, END, EOF, UNTIL -> true;
      default -> false;
    };
  }

  private List<Statement> block() {
    in.deeper();
    int before = in.scope.enter();
    List<Statement> statements = statements();
    in.scope.leave(before);
    in.levels--;
    return statements;
  }

  private List<Statement> statements() {
    List<Statement> statements = new ArrayList<>();
    while (!blockEnds()) {
      boolean last = in.lexer.token() == Token.RETURN || in.lexer.token() == Token.BREAK;
      statements.add(statement());
      in.accept(Token.SEMICOLON);
      if (last) {
        break;
      }
    }
    return statements;
  }

  private List<Statement> loopBody() {
    in.scope.loops++;
    List<Statement> body = block();
    in.scope.loops--;
    return body;
  }

  private Statement statement() {
    int line = in.lexer.line();
    return switch (in.lexer.token()) {
      case IF -> ifStatement(line);
      case WHILE -> {
        in.lexer.advance();
        Term condition = terms.expression();
        in.expect(Token.DO);
        List<Statement> body = loopBody();
        in.expectClosing(Token.END, Token.WHILE, line);
        yield new Statement.While(condition, body);
      }
      case DO -> {
        in.lexer.advance();
        List<Statement> body = block();
        in.expectClosing(Token.END, Token.DO, line);
        yield new Statement.Block(body);
      }
      case FOR -> forStatement(line);
      case REPEAT -> {
        in.lexer.advance();
        int before = in.scope.enter();
        in.deeper();
        in.scope.loops++;
        List<Statement> body = statements();
        in.scope.loops--;
        in.expectClosing(Token.UNTIL, Token.REPEAT, line);
        Term condition = terms.expression();
        in.levels--;
        in.scope.leave(before);
        yield new Statement.Repeat(body, condition);
      }
      case FUNCTION -> functionStatement(line);
      case LOCAL -> {
        in.lexer.advance();
        yield in.accept(Token.FUNCTION) ? localFunction(line) : locals();
      }
      case RETURN -> {
        in.lexer.advance();
        yield new Statement.Return(
            blockEnds() || in.lexer.token() == Token.SEMICOLON ? List.of() : terms.expressions());
      }
      case BREAK -> {
        in.lexer.advance();
        if (in.scope.loops == 0) {
          throw in.lexer.unexpected("no loop to break");
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
      in.lexer.advance();
      conditions.add(terms.expression());
      in.expect(Token.THEN);
      branches.add(block());
    } while (in.lexer.token() == Token.ELSEIF);
    if (in.accept(Token.ELSE)) {
      otherwise = block();
    }
    in.expectClosing(Token.END, Token.IF, line);
    return new Statement.If(conditions, branches, otherwise);
  }

  private Statement forStatement(int line) {
    in.lexer.advance();
    LuaString first = in.name();
    Statement statement =
        switch (in.lexer.token()) {
          case ASSIGN -> numericFor(first, line);
          case COMMA, IN -> genericFor(first, line);
          default -> throw in.lexer.unexpected("'=' or 'in' expected");
        };
    in.expectClosing(Token.END, Token.FOR, line);
    return statement;
  }

  private Statement numericFor(LuaString name, int line) {
    in.lexer.advance();
    Term from = terms.expression();
    in.expect(Token.COMMA);
    Term to = terms.expression();
    Term step = in.accept(Token.COMMA) ? terms.expression() : null;
    in.expect(Token.DO);
    int before = in.scope.enter();
    Variable variable = in.scope.declare(name, 0, in.lexer);
    in.scope.see(variable);
    List<Statement> body = loopBody();
    in.scope.leave(before);
    return new Statement.NumericFor(variable, from, to, step, body, line);
  }

  private Statement genericFor(LuaString first, int line) {
    List<LuaString> names = new ArrayList<>();
    names.add(first);
    while (in.accept(Token.COMMA)) {
      names.add(in.name());
    }
    in.expect(Token.IN);
    int valuesLine = in.lexer.line();
    List<Term> values = terms.expressions();
    in.expect(Token.DO);
    int before = in.scope.enter();
    List<Variable> variables = new ArrayList<>();
    for (LuaString name : names) {
      Variable variable = in.scope.declare(name, 0, in.lexer);
      in.scope.see(variable);
      variables.add(variable);
    }
    List<Statement> body = loopBody();
    in.scope.leave(before);
    return new Statement.GenericFor(variables, values, body, Math.max(line, valuesLine));
  }

  private Statement functionStatement(int line) {
    in.lexer.advance();
    Term target = terms.variable(in.name(), line);
    boolean method = false;
    while (in.lexer.token() == Token.DOT || in.lexer.token() == Token.COLON) {
      method = in.lexer.token() == Token.COLON;
      in.lexer.advance();
      target = new Term.Index(target, new Term.Constant(in.name()), line);
      if (method) {
        break;
      }
    }
    Function function = terms.function(method, line);
    return new Statement.Assign(List.of(target), List.of(new Term.Closure(function)), line);
  }

  private Statement localFunction(int line) {
    Variable variable = in.scope.declare(in.name(), 0, in.lexer);
    in.scope.see(variable);
    return new Statement.LocalFunction(variable, terms.function(false, line));
  }

  private Statement locals() {
    List<Variable> variables = new ArrayList<>();
    do {
      variables.add(in.scope.declare(in.name(), variables.size(), in.lexer));
    } while (in.accept(Token.COMMA));
    List<Term> values = in.accept(Token.ASSIGN) ? terms.expressions() : List.of();
    variables.forEach(in.scope::see);
    return new Statement.Locals(variables, values);
  }

  private Statement expressionStatement(int line) {
    Term first = terms.suffixed();
    if (in.lexer.token() != Token.ASSIGN && in.lexer.token() != Token.COMMA) {
      if (first instanceof Term.Call || first instanceof Term.MethodCall) {
        return new Statement.Perform(first);
      }
      assignable(first);
      throw in.lexer.unexpected("'=' expected");
    }
    List<Term> targets = new ArrayList<>();
    targets.add(assignable(first));
    while (in.accept(Token.COMMA)) {
      targets.add(assignable(terms.suffixed()));
    }
    in.expect(Token.ASSIGN);
    return new Statement.Assign(targets, terms.expressions(), line);
  }

  private Term assignable(Term term) {
    return switch (term) {
      case Term.Local l -> l;
      case Term.Outer o -> o;
      case Term.Global g -> g;
      case Term.Index i -> i;
      default -> throw in.lexer.unexpected("syntax error");
    };
  }
}
