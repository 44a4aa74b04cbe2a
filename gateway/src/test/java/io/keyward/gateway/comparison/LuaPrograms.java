package io.keyward.gateway.comparison;

import java.util.List;
import java.util.Random;

/**
 * Draws Lua programs of variables, arithmetic, comparisons and loops, in which any variable may
 * hold a number, something that reads as one, something with metamethods or something that is none
 * of it. A program returns the text of all its variables, or the error it has met.
 */
final class LuaPrograms {
  private static final int VARIABLES = 5;

  /**
   * Names of values: Lua 5.1 works out what is written of constants alone when it reads it, and has
   * one constant for 0 and -0 then.
   */
  private static final List<String> VALUES =
      List.of(
          "zero", "one", "minus", "two", "half", "vast", "three", "many", "inf", "nan", "ten",
          "hex", "word", "empty", "none", "yes", "no", "list", "metal", "text");

  private static final List<String> OPERATORS = List.of("+", "-", "*", "/", "%", "^");
  private static final List<String> COMPARISONS = List.of("<", "<=", ">", ">=", "==", "~=");

  private static final String PRELUDE =
      """
      local trace = ''
      local metal = setmetatable({}, {
        __add = function(a, b) trace = trace .. '+' return 7 end,
        __sub = function(a, b) trace = trace .. '-' return 'text' end,
        __mul = function(a, b) trace = trace .. '*' return nil end,
        __div = function(a, b) trace = trace .. '/' return 0/0 end,
        __unm = function(a) trace = trace .. 'u' return a end,
        __lt = function(a, b) trace = trace .. '<' return true end,
        __le = function(a, b) trace = trace .. '=' return false end})
      local function text(v)
        local kind = type(v)
        if v == metal then return 'metal' end
        if kind ~= 'number' then return kind == 'string' and '"' .. v .. '"' or kind end
        if v ~= v then return 'nan' end
        return string.format('%.17g', v)
      end
      local zero, one, minus, two, half, vast, three, many = 0, 1, -1, 2, 0.5, 1e300, 3, 1025
      local inf, nan, ten, hex, word, empty = 1/0, 0/0, '10', ' 0x1f ', 'x', ''
      local none, yes, no, list = nil, true, false, {}
      """;

  private final Random random;

  LuaPrograms(Random random) {
    this.random = random;
  }

  /** A program that ends. */
  String draw() {
    StringBuilder out = new StringBuilder(PRELUDE);
    out.append("local a, b, c, d, e = ");
    for (int i = 0; i < VARIABLES; i++) {
      out.append(i == 0 ? "" : ", ").append(one(VALUES));
    }
    boolean captured = random.nextInt(3) == 0;
    out.append("\nlocal function all() return ");
    out.append(captured ? shown() : "''").append(" end\n");
    out.append("local done, problem = pcall(function(a, b, c, d, e)\nlocal count = 0\n");
    statements(out, 2);
    out.append("trace = trace .. ").append(shown()).append("\nend, a, b, c, d, e)\n");
    statements(out, 1);
    return out.append("return trace .. tostring(problem) .. all() .. ").append(shown()).toString();
  }

  private static String shown() {
    return "text(a) .. ' ' .. text(b) .. ' ' .. text(c) .. ' ' .. text(d) .. ' ' .. text(e)";
  }

  private void statements(StringBuilder out, int depth) {
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      statement(out, depth);
    }
  }

  private void statement(StringBuilder out, int depth) {
    switch (random.nextInt(depth > 0 ? 9 : 5)) {
      case 0, 1, 2 -> out.append(variable()).append(" = ").append(expression(3)).append('\n');
      case 3 ->
          out.append(variable() + ", " + variable() + " = " + expression(2) + ", " + expression(2))
              .append('\n');
      case 4 ->
          out.append("do local x = " + expression(2) + " x = x " + operator() + " 1 ")
              .append(variable() + " = x end\n");
      case 5 -> {
        out.append("if ").append(condition()).append(" then\n");
        statements(out, depth - 1);
        out.append("else\n");
        statements(out, depth - 1);
        out.append("end\n");
      }
      case 6, 7 -> {
        out.append("for i = " + random.nextInt(3) + ", " + random.nextInt(5) + " do\n");
        out.append(variable() + " = i " + operator() + " " + expression(1) + "\n");
        if (random.nextInt(3) == 0) {
          out.append("local f = function() i = i + 1 return i end " + variable() + " = f()\n");
        }
        statements(out, depth - 1);
        out.append("end\n");
      }
      default ->
          out.append("do local n = 0 while n < 3 and ")
              .append(condition())
              .append(" do n = n + 1 ")
              .append(variable() + " = " + expression(2) + " end end\n");
    }
  }

  private String condition() {
    return switch (random.nextInt(4)) {
      case 0 -> "not (" + condition() + ")";
      case 1 -> variable();
      default -> expression(1) + " " + one(COMPARISONS) + " " + expression(1);
    };
  }

  private String expression(int depth) {
    return switch (depth == 0 ? random.nextInt(5) : random.nextInt(12)) {
      case 0, 1, 2 -> variable();
      case 3, 4 -> "(" + one(VALUES) + ")";
      case 5 -> "-" + "(" + expression(depth - 1) + ")";
      case 6 -> "(" + expression(depth - 1) + " or " + expression(depth - 1) + ")";
      case 7 -> "(" + condition() + ")";
      default -> "(" + expression(depth - 1) + " " + operator() + " " + expression(depth - 1) + ")";
    };
  }

  private String operator() {
    return one(OPERATORS);
  }

  private String variable() {
    return String.valueOf((char) ('a' + random.nextInt(VARIABLES)));
  }

  private String one(List<String> choice) {
    return choice.get(random.nextInt(choice.size()));
  }
}
