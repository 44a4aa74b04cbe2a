package io.keyward.engine.builtin.snapshot;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.FunctionNames;
import io.keyward.engine.builtin.LibraryText;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import io.keyward.engine.builtin.script.FunctionTexts;
import io.keyward.engine.builtin.snapshot.HomeSnapshot.Names;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * What stands in a file before the keys.
 *
 * <pre>
 * REDIS0011                      9 bytes of text
 * 250 name value …               facts about the file
 * 250 keyward-functions prefix   the keyspace of the libraries that follow, unless it has none
 * 245 text …                     libraries of functions
 * 250 keyward-library text …     libraries that a Redis which reads the file has not
 * 250 keyward-everywhere ""      the library that follows is such a Redis's, and no keyspace's
 * </pre>
 */
public final class SnapshotHeader {
  /** Names the keyspace of the libraries that follow. */
  public static final String FUNCTIONS = "keyward-functions";

  /** A library that a Redis, which has but one of each name, is to pass over. */
  public static final String LIBRARY = "keyward-library";

  /** Says that the library which follows is one of a Redis, and of no keyspace. */
  public static final String EVERYWHERE = "keyward-everywhere";

  /** Tells the bytes of memory that the data takes. */
  static final String USED_MEMORY = "used-mem";

  private SnapshotHeader() {}

  /**
   * Writes the beginning of a file.
   *
   * @param redisVersion of which the file is
   * @param usedBytes that the data takes in memory
   * @param base whether commands follow behind the end
   */
  public static void write(String redisVersion, long usedBytes, boolean base, RdbOutput out) {
    byte[] magic = "REDIS%04d".formatted(out.version()).getBytes(StandardCharsets.US_ASCII);
    out.write(magic, 0, magic.length);
    fact("redis-ver", redisVersion, out);
    fact("redis-bits", "64", out);
    fact("ctime", Long.toString(System.currentTimeMillis() / 1000), out);
    fact(USED_MEMORY, Long.toString(usedBytes), out);
    fact("aof-base", base ? "1" : "0", out);
  }

  private static void fact(String name, String value, RdbOutput out) {
    out.writeByte(RdbType.AUXILIARY);
    text(name, out);
    text(value, out);
  }

  private static void text(String text, RdbOutput out) {
    out.writePlainString(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes the functions of a keyspace, on its loop.
   *
   * @param names whether it is told whose they are
   * @param shown gets the names of those that a Redis which reads the file has
   */
  public static void writeFunctions(
      BuiltinKeyspace keyspace, Names names, Set<String> shown, RdbOutput out) {
    List<LibraryText> libraries = FunctionTexts.all(keyspace);
    if (libraries.isEmpty() || !keyspace.effects().kept()) {
      return;
    }
    if (names == Names.GLOBAL && !keyspace.prefix().isEmpty()) {
      fact(FUNCTIONS, keyspace.prefix(), out);
    }
    FunctionNames told = keyspace.home().functionNames();
    for (LibraryText library : libraries) {
      if ((names == Names.OWN || told.isTold(library)) && shown.add(library.library())) {
        function(library, out);
      } else {
        out.writeByte(RdbType.AUXILIARY);
        text(LIBRARY, out);
        out.writeString(library.code(), 0, library.code().length);
      }
    }
  }

  /**
   * Writes what a Redis that reads the file has of functions, and no keyspace as it was written.
   */
  public static void writeEverywhere(List<LibraryText> libraries, RdbOutput out) {
    for (LibraryText library : libraries) {
      fact(EVERYWHERE, "", out);
      function(library, out);
    }
  }

  private static void function(LibraryText library, RdbOutput out) {
    out.writeByte(RdbType.FUNCTION);
    out.writeString(library.code(), 0, library.code().length);
  }
}
