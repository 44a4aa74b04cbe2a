package io.keyward.engine.builtin.script.lua;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a Lua text says, names resolved: the tree between parser and compiler. */
final class Syntax {
  private Syntax() {}

  /** A local variable; captured if a function inside its scope uses it. */
  static final class Variable {
    final LuaString name;
    final int slot;
    boolean captured;

    Variable(LuaString name, int slot) {
      this.name = name;
      this.slot = slot;
    }
  }

  /** Where a closure finds an outer variable when it is made. */
  record Capture(LuaString name, @Nullable Variable local, int outer) {}

  /** A function's text. */
  record Function(
      int line,
      List<Variable> parameters,
      boolean variadic,
      List<Statement> body,
      List<Capture> captures,
      int slots) {}

  enum Operator {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    MODULO,
    POWER,
    CONCAT,
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_EQUAL,
    GREATER,
    GREATER_EQUAL,
    AND,
    OR
  }

  enum Unary {
    NEGATE,
    NOT,
    LENGTH
  }

  sealed interface Term {
    record Constant(@Nullable Object value) implements Term {}

    record Dots() implements Term {}

    record Closure(Function function) implements Term {}

    record Local(Variable variable) implements Term {}

    record Outer(LuaString name, int index) implements Term {}

    record Global(LuaString name, int line) implements Term {}

    record Index(Term object, Term key, int line) implements Term {}

    record Call(Term function, List<Term> arguments, int line) implements Term {}

    record MethodCall(Term object, LuaString name, List<Term> arguments, int line)
        implements Term {}

    record Binary(Operator operator, Term left, Term right, int line) implements Term {}

    record UnaryTerm(Unary operator, Term operand, int line) implements Term {}

    /** In parentheses: exactly one value. */
    record Single(Term inner) implements Term {}

    record Table(
        List<Term> items, List<Term> keys, List<Term> values, List<Integer> itemsBefore, int line)
        implements Term {}
  }

  sealed interface Statement {
    record Locals(List<Variable> variables, List<Term> values) implements Statement {}

    record LocalFunction(Variable variable, Function function) implements Statement {}

    record Assign(List<Term> targets, List<Term> values, int line) implements Statement {}

    record Perform(Term call) implements Statement {}

    record Block(List<Statement> body) implements Statement {}

    record While(Term condition, List<Statement> body) implements Statement {}

    record Repeat(List<Statement> body, Term condition) implements Statement {}

    record If(List<Term> conditions, List<List<Statement>> branches, List<Statement> otherwise)
        implements Statement {}

    record NumericFor(
        Variable variable, Term from, Term to, @Nullable Term step, List<Statement> body, int line)
        implements Statement {}

    record GenericFor(List<Variable> variables, List<Term> values, List<Statement> body, int line)
        implements Statement {}

    record Return(List<Term> values) implements Statement {}

    record Break() implements Statement {}
  }
}
