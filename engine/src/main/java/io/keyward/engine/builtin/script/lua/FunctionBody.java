package io.keyward.engine.builtin.script.lua;

import io.keyward.engine.builtin.script.lua.Syntax.Capture;
import java.util.List;

/** What all closures of one function text share. */
final class FunctionBody {
  final String chunk;
  final int line;
  final int parameters;
  final boolean variadic;
  final int slots;
  final int[] capturedParameters;
  final Statement[] statements;

  /** How deep the function's expressions and blocks nest: about the Java frames of one call. */
  final int weight;

  /** Whether variables may be given plain numbers. */
  final boolean numeric;

  /** For each outer variable its slot in the enclosing function, or the complement of its index. */
  final int[] captures;

  private final int size;

  FunctionBody(
      String chunk,
      Syntax.Function function,
      int[] capturedParameters,
      Statement[] statements,
      int weight,
      int size,
      boolean numeric) {
    this.chunk = chunk;
    this.line = function.line();
    this.parameters = function.parameters().size();
    this.variadic = function.variadic();
    this.slots = Math.max(function.slots(), parameters);
    this.capturedParameters = capturedParameters;
    this.statements = statements;
    this.weight = weight;
    this.captures = sources(function.captures());
    this.size = size;
    this.numeric = numeric;
  }

  private static int[] sources(List<Capture> captures) {
    int[] sources = new int[captures.size()];
    for (int i = 0; i < sources.length; i++) {
      Syntax.Variable local = captures.get(i).local();
      sources[i] = local == null ? ~captures.get(i).outer() : local.slot;
    }
    return sources;
  }

  /** About how many bytes the compiled text takes. */
  long footprint() {
    return 64L + 40L * size;
  }
}
