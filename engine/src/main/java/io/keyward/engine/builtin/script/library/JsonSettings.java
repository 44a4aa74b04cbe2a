package io.keyward.engine.builtin.script.library;

/** What can be set about {@code cjson}, with the defaults of Redis. */
final class JsonSettings {
  /** What becomes of NaN and infinity. */
  enum InvalidNumbers {
    OFF,
    ON,
    NULL
  }

  boolean sparseAsObject;
  int sparseRatio = 2;
  int sparseSafe = 10;
  int encodeDepth = 1000;
  int decodeDepth = 1000;
  int precision = 14;
  boolean keepBuffer = true;
  InvalidNumbers encodeInvalid = InvalidNumbers.OFF;
  boolean decodeInvalid = true;
}
