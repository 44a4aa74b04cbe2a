package io.keyward.engine.builtin;

/** Writes a value in the form in which DUMP shows it and RESTORE reads it. */
public interface Serializer {
  /** The bytes for RESTORE. */
  byte[] payload(Entry entry);
}
