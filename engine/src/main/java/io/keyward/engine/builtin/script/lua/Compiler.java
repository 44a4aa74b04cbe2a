package io.keyward.engine.builtin.script.lua;

import io.keyward.engine.builtin.script.lua.Syntax.Function;
import io.keyward.engine.builtin.script.lua.Syntax.Operator;
import io.keyward.engine.builtin.script.lua.Syntax.Term;
import io.keyward.engine.builtin.script.lua.Syntax.Variable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the tree that is executed from the tree that was read. */
final class Compiler {
  private static final int MOST_DEPTH = 1000;

  /** Java frames of a call besides those of its expressions and blocks. */
  private static final int CALL_WEIGHT = 4;

  private final String chunk;
  private final Pace pace;
  private int depth;
  private int deepest;
  private int size;
  private boolean numeric;

  Compiler(String chunk, Pace pace) {
    this.chunk = chunk;
    this.pace = pace;
  }

  FunctionBody function(Function function) {
    int depthBefore = depth;
    int deepestBefore = deepest;
    int sizeBefore = size;
    boolean numericBefore = numeric;
    deepest = depth;
    numeric = false;
    Statement[] statements = block(function.body());
    boolean ownNumbers = numeric;
    numeric = numericBefore;
    int weight = CALL_WEIGHT + 2 * (deepest - depthBefore);
    int own = size - sizeBefore;
    deepest = Math.max(deepest, deepestBefore);
    int[] captured =
        function.parameters().stream().filter(v -> v.captured).mapToInt(v -> v.slot).toArray();
    return new FunctionBody(chunk, function, captured, statements, weight, own, ownNumbers);
  }

  private void enter(int line) {
    pace.step();
    size++;
    if (++depth > MOST_DEPTH) {
      throw LuaError.at(chunk, line, "chunk has too many syntax levels");
    }
    deepest = Math.max(deepest, depth);
  }

  private Statement[] block(List<Syntax.Statement> statements) {
    enter(0);
    Statement[] compiled = new Statement[statements.size()];
    for (int i = 0; i < compiled.length; i++) {
      compiled[i] = statement(statements.get(i));
    }
    depth--;
    return compiled;
  }

  private Statement statement(Syntax.Statement statement) {
    return switch (statement) {
      case Syntax.Statement.Locals locals -> locals(locals);
      case Syntax.Statement.LocalFunction(Variable variable, Function function) ->
          new AssignNodes.DeclareFunction(
              variable.slot, variable.captured, new ConstructorNodes.Function(function(function)));
      case Syntax.Statement.Assign assign -> assign(assign);
      case Syntax.Statement.Perform(Term call) -> new ControlNodes.Perform(expression(call));
      case Syntax.Statement.Block(List<Syntax.Statement> body) ->
          new ControlNodes.Block(block(body));
      case Syntax.Statement.While(Term condition, List<Syntax.Statement> body) ->
          new LoopNodes.While(expression(condition), block(body));
      case Syntax.Statement.Repeat(List<Syntax.Statement> body, Term condition) ->
          new LoopNodes.Repeat(block(body), expression(condition));
      case Syntax.Statement.If branches -> branches(branches);
      case Syntax.Statement.NumericFor loop -> {
        Term step = loop.step();
        numeric |= !loop.variable().captured;
        yield new LoopNodes.NumericFor(
            loop.variable().slot,
            loop.variable().captured,
            expression(loop.from()),
            expression(loop.to()),
            step == null ? null : expression(step),
            block(loop.body()),
            loop.line());
      }
      case Syntax.Statement.GenericFor loop ->
          new LoopNodes.GenericFor(
              slots(loop.variables()),
              captured(loop.variables()),
              expressions(loop.values()),
              block(loop.body()),
              loop.line());
      case Syntax.Statement.Return(List<Term> values) -> returned(values);
      case Syntax.Statement.Break() -> new ControlNodes.Break();
    };
  }

  private Statement returned(List<Term> values) {
    Expression[] compiled = expressions(values);
    if (compiled.length == 1 && compiled[0] instanceof CallNode call) {
      return new ControlNodes.ReturnCall(call);
    }
    return compiled.length == 1 && !compiled[0].several()
        ? new ControlNodes.ReturnOne(compiled[0])
        : new ControlNodes.ReturnSeveral(compiled);
  }

  private static int[] slots(List<Variable> variables) {
    return variables.stream().mapToInt(variable -> variable.slot).toArray();
  }

  private static boolean[] captured(List<Variable> variables) {
    boolean[] captured = new boolean[variables.size()];
    for (int i = 0; i < captured.length; i++) {
      captured[i] = variables.get(i).captured;
    }
    return captured;
  }

  private Statement locals(Syntax.Statement.Locals locals) {
    List<Variable> variables = locals.variables();
    if (variables.size() == 1 && locals.values().size() <= 1) {
      Variable variable = variables.getFirst();
      Expression value =
          locals.values().isEmpty()
              ? new VariableNodes.Constant(null)
              : expression(locals.values().getFirst());
      return value.numeric() && !variable.captured
          ? number(variable, value)
          : new AssignNodes.DeclareOne(variable.slot, variable.captured, value);
    }
    return new AssignNodes.DeclareSeveral(
        slots(variables), captured(variables), expressions(locals.values()));
  }

  private Statement number(Variable variable, Expression value) {
    numeric = true;
    return new AssignNodes.AssignNumber(variable.slot, value);
  }

  private Statement assign(Syntax.Statement.Assign assign) {
    AssignNodes.Target[] targets = new AssignNodes.Target[assign.targets().size()];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = target(assign.targets().get(i), assign.line());
    }
    Expression[] values = expressions(assign.values());
    if (targets.length == 1
        && values.length == 1
        && values[0].numeric()
        && assign.targets().getFirst() instanceof Term.Local(Variable variable)
        && !variable.captured) {
      return number(variable, values[0]);
    }
    return targets.length == 1 && values.length == 1
        ? new AssignNodes.Assign(targets[0], values[0])
        : new AssignNodes.AssignSeveral(targets, values);
  }

  private AssignNodes.Target target(Term term, int line) {
    return switch (term) {
      case Term.Local(Variable variable) ->
          variable.captured
              ? new AssignNodes.CapturedTarget(variable.slot)
              : new AssignNodes.LocalTarget(variable.slot);
      case Term.Outer(LuaString name, int index) -> new AssignNodes.OuterTarget(index);
      case Term.Global(LuaString name, int at) -> new AssignNodes.GlobalTarget(name, line);
      case Term.Index(Term object, Term key, int at) ->
          new AssignNodes.FieldTarget(expression(object), expression(key), at);
      default -> throw new IllegalArgumentException("nothing to assign to: " + term);
    };
  }

  private Statement branches(Syntax.Statement.If branches) {
    int count = branches.conditions().size();
    Expression[] conditions = expressions(branches.conditions());
    Statement[][] bodies = new Statement[count][];
    for (int i = 0; i < count; i++) {
      bodies[i] = block(branches.branches().get(i));
    }
    return new ControlNodes.If(conditions, bodies, block(branches.otherwise()));
  }

  private Expression[] expressions(List<Term> terms) {
    Expression[] compiled = new Expression[terms.size()];
    for (int i = 0; i < compiled.length; i++) {
      compiled[i] = expression(terms.get(i));
    }
    return compiled;
  }

  private Expression expression(Term term) {
    enter(0);
    Expression compiled =
        switch (term) {
          case Term.Constant(Object value) -> new VariableNodes.Constant(value);
          case Term.Dots() -> new VariableNodes.Dots();
          case Term.Closure(Function function) -> new ConstructorNodes.Function(function(function));
          case Term.Local(Variable variable) ->
              variable.captured
                  ? new VariableNodes.Captured(variable.slot, variable.name)
                  : new VariableNodes.Local(variable.slot, variable.name);
          case Term.Outer(LuaString name, int index) -> new VariableNodes.Outer(index, name);
          case Term.Global(LuaString name, int line) -> new VariableNodes.Global(name, line);
          case Term.Index(Term object, Term key, int line) ->
              key instanceof Term.Constant(Object constant) && constant instanceof LuaString name
                  ? new VariableNodes.Field(expression(object), name, line)
                  : new VariableNodes.Index(expression(object), expression(key), line);
          case Term.Call(Term function, List<Term> arguments, int line) ->
              new CallNode(
                  expression(function), null, expressions(arguments), line, name(function));
          case Term.MethodCall(Term object, LuaString name, List<Term> arguments, int line) ->
              new CallNode(expression(object), name, expressions(arguments), line, name.toString());
          case Term.Binary binary -> binary(binary);
          case Term.UnaryTerm(Syntax.Unary operator, Term operand, int line) ->
              unary(operator, expression(operand), line);
          case Term.Single(Term inner) -> {
            Expression value = expression(inner);
            yield value.several() ? new ConstructorNodes.Single(value) : value;
          }
          case Term.Table table ->
              new ConstructorNodes.Table(
                  expressions(table.items()),
                  expressions(table.keys()),
                  expressions(table.values()),
                  table.itemsBefore().stream().mapToInt(Integer::intValue).toArray(),
                  table.line());
        };
    depth--;
    return compiled;
  }

  private static @Nullable String name(Term function) {
    return switch (function) {
      case Term.Local(Variable variable) -> variable.name.toString();
      case Term.Outer(LuaString name, int index) -> name.toString();
      case Term.Global(LuaString name, int line) -> name.toString();
      case Term.Index(Term object, Term.Constant(LuaString name), int line) -> name.toString();
      default -> null;
    };
  }

  private static Expression unary(Syntax.Unary operator, Expression operand, int line) {
    return switch (operator) {
      case NOT -> new LogicNodes.Not(operand);
      case LENGTH -> new LogicNodes.Length(operand, line);
      case NEGATE ->
          operand instanceof VariableNodes.Constant constant
                  && constant.value instanceof Double number
              ? new VariableNodes.Constant(LuaNumbers.box(-number))
              : new LogicNodes.Negate(operand, line);
    };
  }

  private Expression binary(Term.Binary binary) {
    int line = binary.line();
    if (binary.operator() == Operator.CONCAT) {
      List<Expression> operands = new ArrayList<>();
      Term rest = binary;
      while (rest instanceof Term.Binary(Operator operator, Term left, Term right, int at)
          && operator == Operator.CONCAT) {
        operands.add(expression(left));
        rest = right;
      }
      operands.add(expression(rest));
      return new LogicNodes.Concat(operands.toArray(new Expression[0]), line);
    }
    Expression left = expression(binary.left());
    Expression right = expression(binary.right());
    return switch (binary.operator()) {
      case EQUAL -> new LogicNodes.Equal(left, right, line, true);
      case NOT_EQUAL -> new LogicNodes.Equal(left, right, line, false);
      case LESS -> new LogicNodes.Less(left, right, line);
      case LESS_EQUAL -> new LogicNodes.LessOrEqual(left, right, line);
      case GREATER -> new LogicNodes.Greater(left, right, line, false);
      case GREATER_EQUAL -> new LogicNodes.Greater(left, right, line, true);
      case AND -> new LogicNodes.And(left, right);
      case OR -> new LogicNodes.Or(left, right);
      default -> ArithmeticNode.of(binary.operator(), left, right, line);
    };
  }
}
