package io.keyward.engine.builtin.geo;

import io.keyward.engine.CommandException;
import io.keyward.engine.Request;

/** The units of length that commands take. */
enum Unit {
  M(1),
  KM(1000),
  FT(0.3048),
  MI(1609.34);

  private static final CommandException UNKNOWN =
      CommandException.error("unsupported unit provided. please use M, KM, FT, MI");

  private final double metres;

  Unit(double metres) {
    this.metres = metres;
  }

  double metres() {
    return metres;
  }

  static Unit of(Request request, int argument) {
    for (Unit unit : values()) {
      if (request.is(argument, unit.name())) {
        return unit;
      }
    }
    throw UNKNOWN;
  }
}
