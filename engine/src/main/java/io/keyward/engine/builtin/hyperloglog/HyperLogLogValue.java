package io.keyward.engine.builtin.hyperloglog;

import io.keyward.config.directive.Directive;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.string.StringValue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A HyperLogLog in a string value, byte for byte as Redis keeps it.
 *
 * <pre>
 * +------+----------+--------+-------------+-----------
 * | HYLL | encoding | unused | cardinality | registers
 * | 4    | 1        | 3      | 8           |
 * +------+----------+--------+-------------+-----------
 * </pre>
 *
 * <p>The encoding is 0 for {@link DenseRegisters}, 1 for {@link SparseRegisters}. The cardinality
 * is the last one computed, little-endian; its highest bit is set when registers have changed
 * since.
 */
final class HyperLogLogValue {
  static final int HEADER_BYTES = 16;
  static final int DENSE_BYTES = HEADER_BYTES + DenseRegisters.BYTES;

  static final CommandException CORRUPT =
      new CommandException("INVALIDOBJ Corrupted HLL object detected");

  private static final CommandException NOT_ONE =
      new CommandException("WRONGTYPE Key is not a valid HyperLogLog string value.");

  private static final int ENCODING = 4;
  private static final int CARDINALITY = 8;
  private static final byte DENSE = 0;
  private static final byte SPARSE = 1;

  private HyperLogLogValue() {}

  /** The entry, if there is none or if it holds what could be a HyperLogLog. */
  static @Nullable Entry check(@Nullable Entry entry) {
    if (entry == null) {
      return null;
    }
    if (entry.type() != Type.STRING) {
      throw Errors.WRONG_TYPE;
    }
    if (entry.encoding() == Encoding.INT
        || entry.encoding() == Encoding.PIECES
        || entry.stringLength() < HEADER_BYTES) {
      throw NOT_ONE;
    }
    byte[] bytes = entry.bytes();
    int at = entry.stringOffset();
    byte encoding = bytes[at + ENCODING];
    if (bytes[at] != 'H'
        || bytes[at + 1] != 'Y'
        || bytes[at + 2] != 'L'
        || bytes[at + 3] != 'L'
        || encoding < DENSE
        || encoding > SPARSE
        || (encoding == DENSE && entry.stringLength() != DENSE_BYTES)) {
      throw NOT_ONE;
    }
    return entry;
  }

  private static void writeHeader(byte[] bytes, int offset, byte encoding) {
    bytes[offset] = 'H';
    bytes[offset + 1] = 'Y';
    bytes[offset + 2] = 'L';
    bytes[offset + 3] = 'L';
    Bytes.putInt(bytes, offset + ENCODING, encoding);
    Bytes.putLong(bytes, offset + CARDINALITY, 0);
  }

  /** Makes an empty one of a key that is not there. */
  static Entry create(Database database, Request request, int argument) {
    int length = HEADER_BYTES + 2;
    int offset = StringValue.createZeros(database, request, argument, length);
    Entry entry = database.view();
    writeHeader(entry.bytes(), offset, SPARSE);
    // One run of all registers.
    entry.bytes()[offset + HEADER_BYTES] = 0x7F;
    entry.bytes()[offset + HEADER_BYTES + 1] = (byte) 0xFF;
    return entry;
  }

  static boolean sparse(Entry entry) {
    return entry.bytes()[entry.stringOffset() + ENCODING] == SPARSE;
  }

  /** Where the registers begin. */
  static int registers(Entry entry) {
    return entry.stringOffset() + HEADER_BYTES;
  }

  static int end(Entry entry) {
    return entry.stringOffset() + entry.stringLength();
  }

  /** The cardinality that has been computed last, or a negative number if it is not valid. */
  static long cachedCardinality(Entry entry) {
    return Bytes.getLong(entry.bytes(), entry.stringOffset() + CARDINALITY);
  }

  static void cacheCardinality(Entry entry, long cardinality) {
    Bytes.putLong(entry.bytes(), entry.stringOffset() + CARDINALITY, cardinality);
  }

  /** Says that the cardinality is not valid any longer. */
  static void invalidate(Entry entry) {
    entry.bytes()[entry.stringOffset() + CARDINALITY + 7] |= (byte) 0x80;
  }

  /** Adds an argument, and says whether a register has changed. */
  static boolean add(Entry entry, Request request, int key, int element) {
    long hash = ElementHash.of(request.bytes(), request.offset(element), request.length(element));
    int register = ElementHash.register(hash);
    int rank = ElementHash.rank(hash);
    if (!sparse(entry)) {
      return DenseRegisters.raise(entry.bytes(), registers(entry), register, rank);
    }
    int present = SparseRegisters.get(entry.bytes(), registers(entry), end(entry), register);
    if (present < 0) {
      throw CORRUPT;
    }
    if (rank <= present) {
      return false;
    }
    if (rank > SparseRegisters.MOST_RANK || !raiseSparse(entry, register, rank)) {
      makeDense(entry, request, key);
      DenseRegisters.raise(entry.bytes(), registers(entry), register, rank);
    }
    return true;
  }

  /** Raises a register in its run, unless the value would become larger than is wanted. */
  private static boolean raiseSparse(Entry entry, int register, int rank) {
    long most =
        entry.database().keyspace().home().settings().number(Directive.HLL_SPARSE_MAX_BYTES);
    int length = entry.stringLength();
    int offset = StringValue.resize(entry, length + SparseRegisters.GROWTH);
    int limit = offset + (int) Math.min(most, DENSE_BYTES);
    int end =
        SparseRegisters.raise(
            entry.bytes(), offset + HEADER_BYTES, offset + length, register, rank, limit);
    StringValue.resize(entry, end == SparseRegisters.FULL ? length : end - offset);
    return end != SparseRegisters.FULL;
  }

  /** Turns sparse registers into dense ones. */
  static void makeDense(Entry entry, Request request, int key) {
    byte[] ranks = new byte[DenseRegisters.COUNT];
    mergeInto(entry, ranks);
    byte[] dense = dense(ranks);
    Bytes.putLong(dense, CARDINALITY, cachedCardinality(entry));
    StringValue.setRaw(entry.database(), entry, request, key, dense, entry.expiry());
  }

  private static byte[] dense(byte[] ranks) {
    byte[] dense = new byte[DENSE_BYTES];
    writeHeader(dense, 0, DENSE);
    for (int register = 0; register < ranks.length; register++) {
      if (ranks[register] > 0) {
        DenseRegisters.put(dense, HEADER_BYTES, register, ranks[register]);
      }
    }
    return dense;
  }

  /** Raises registers of one byte each to those of the value. */
  static void mergeInto(Entry entry, byte[] ranks) {
    if (sparse(entry)) {
      requireSound(entry);
      SparseRegisters.merge(entry.bytes(), registers(entry), end(entry), ranks);
    } else {
      DenseRegisters.merge(entry.bytes(), registers(entry), ranks);
    }
  }

  private static void requireSound(Entry entry) {
    if (!SparseRegisters.sound(entry.bytes(), registers(entry), end(entry))) {
      throw CORRUPT;
    }
  }

  /** Computes the cardinality. */
  static long cardinality(Entry entry) {
    int[] counts = new int[Cardinality.COUNTS];
    if (sparse(entry)) {
      requireSound(entry);
      SparseRegisters.tally(entry.bytes(), registers(entry), end(entry), counts);
    } else {
      DenseRegisters.tally(entry.bytes(), registers(entry), counts);
    }
    return Cardinality.estimate(counts);
  }

  /** A value with these registers, sparse if that is allowed and fits {@code most} bytes. */
  static byte[] of(byte[] ranks, boolean maySparse, long most) {
    if (maySparse) {
      byte[] sparse = new byte[Math.clamp(most, HEADER_BYTES, DENSE_BYTES)];
      int end = SparseRegisters.write(ranks, sparse, HEADER_BYTES);
      if (end != SparseRegisters.FULL) {
        writeHeader(sparse, 0, SPARSE);
        return Arrays.copyOf(sparse, end);
      }
    }
    return dense(ranks);
  }
}
