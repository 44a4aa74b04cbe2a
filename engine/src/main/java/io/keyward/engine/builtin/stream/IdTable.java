package io.keyward.engine.builtin.stream;

import io.keyward.engine.builtin.memory.MemoryAccount;
import java.util.ArrayList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Ids in order, each with a fixed number of further numbers, in chunks of primitive arrays.
 *
 * <p>Finding takes O(log n); adding and removing move at most one chunk's numbers and, when a chunk
 * comes or goes, the references to the chunks behind it. A <i>place</i> names an id: its chunk and
 * its slot there, {@link #NONE} for none. It is stale once an id has been added or removed.
 *
 * <p>Tables of several streams may have the numbers of chunks in common ({@link #copyTo}), which
 * are copied when they are about to change in one of them.
 */
final class IdTable {
  static final long NONE = -1;

  private static final int CHUNK_IDS = 128;

  /** A chunk object, its array's header and the reference to it. */
  private static final int CHUNK_BYTES = 48;

  private static final int TABLE_BYTES = 64;

  private static final class Chunk {
    private long[] numbers;
    private int size;

    /** Who has the numbers; null if this chunk alone does. */
    private @Nullable Holders holders;

    Chunk(long[] numbers) {
      this.numbers = numbers;
    }

    long bytes() {
      return (long) numbers.length * Long.BYTES;
    }
  }

  private final int stride;
  private final MemoryAccount tally;
  private final ArrayList<Chunk> chunks = new ArrayList<>(2);
  private int size;

  /**
   * @param further how many numbers go with each id
   * @param tally counts the bytes
   */
  IdTable(int further, MemoryAccount tally) {
    stride = 2 + further;
    this.tally = tally;
    tally.add(TABLE_BYTES);
  }

  int size() {
    return size;
  }

  private static long place(int chunk, int slot) {
    return (long) chunk << 32 | slot;
  }

  private Chunk chunk(long place) {
    return chunks.get((int) (place >>> 32));
  }

  private int at(long place) {
    return (int) place * stride;
  }

  long ms(long place) {
    return chunk(place).numbers[at(place)];
  }

  long seq(long place) {
    return chunk(place).numbers[at(place) + 1];
  }

  /** One of the further numbers, counted from 0. */
  long number(long place, int index) {
    return chunk(place).numbers[at(place) + 2 + index];
  }

  void number(long place, int index, long value) {
    own(chunk(place)).numbers[at(place) + 2 + index] = value;
  }

  long first() {
    return size == 0 ? NONE : 0;
  }

  long last() {
    if (size == 0) {
      return NONE;
    }
    int chunk = chunks.size() - 1;
    return place(chunk, chunks.get(chunk).size - 1);
  }

  long next(long place) {
    int chunk = (int) (place >>> 32);
    int slot = (int) place + 1;
    if (slot < chunks.get(chunk).size) {
      return place(chunk, slot);
    }
    return chunk + 1 < chunks.size() ? place(chunk + 1, 0) : NONE;
  }

  /** The place of this id. */
  long find(long ms, long seq) {
    long place = ceiling(ms, seq);
    return place != NONE && ms(place) == ms && seq(place) == seq ? place : NONE;
  }

  /** The place of the least id that is not below this one. */
  long ceiling(long ms, long seq) {
    int chunk = chunkFor(ms, seq);
    if (chunk < 0) {
      return NONE;
    }
    int slot = slotFor(chunks.get(chunk), ms, seq);
    if (slot < chunks.get(chunk).size) {
      return place(chunk, slot);
    }
    return chunk + 1 < chunks.size() ? place(chunk + 1, 0) : NONE;
  }

  /** The last chunk that does not begin beyond this id, the first if all do, -1 without chunks. */
  private int chunkFor(long ms, long seq) {
    int low = 1;
    int high = chunks.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long[] numbers = chunks.get(middle).numbers;
      if (StreamId.compare(numbers[0], numbers[1], ms, seq) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return chunks.isEmpty() ? -1 : low - 1;
  }

  /** The first slot whose id is not below this one, the chunk's size if there is none. */
  private int slotFor(Chunk chunk, long ms, long seq) {
    int low = 0;
    int high = chunk.size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int at = middle * stride;
      if (StreamId.compare(chunk.numbers[at], chunk.numbers[at + 1], ms, seq) < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Adds an id that is not there, with zeros as further numbers; returns its place. */
  long add(long ms, long seq) {
    int index = chunkFor(ms, seq);
    if (index < 0) {
      index = newChunk(0, 4);
    }
    int slot = slotFor(chunks.get(index), ms, seq);
    if (chunks.get(index).size == CHUNK_IDS) {
      if (slot == CHUNK_IDS && index == chunks.size() - 1) {
        index = newChunk(index + 1, 4);
        slot = 0;
      } else {
        split(index);
        if (slot > CHUNK_IDS / 2) {
          index++;
          slot -= CHUNK_IDS / 2;
        }
      }
    }
    Chunk chunk = chunks.get(index);
    if (chunk.size * stride == chunk.numbers.length) {
      resize(chunk, Math.min(CHUNK_IDS, chunk.size * 2));
    }
    own(chunk);
    int at = slot * stride;
    System.arraycopy(chunk.numbers, at, chunk.numbers, at + stride, (chunk.size - slot) * stride);
    chunk.numbers[at] = ms;
    chunk.numbers[at + 1] = seq;
    Arrays.fill(chunk.numbers, at + 2, at + stride, 0);
    chunk.size++;
    size++;
    return place(index, slot);
  }

  private int newChunk(int index, int capacity) {
    chunks.add(index, new Chunk(new long[capacity * stride]));
    tally.add(CHUNK_BYTES + (long) capacity * stride * Long.BYTES);
    return index;
  }

  private void resize(Chunk chunk, int capacity) {
    put(chunk, Arrays.copyOf(chunk.numbers, capacity * stride));
  }

  private void put(Chunk chunk, long[] numbers) {
    letGo(chunk);
    chunk.numbers = numbers;
    tally.add(chunk.bytes());
  }

  /** Takes a chunk's numbers off the tally. */
  private void letGo(Chunk chunk) {
    Holders having = chunk.holders;
    chunk.holders = null;
    if (having != null && having.leave()) {
      tally.addCommon(-chunk.bytes());
    } else {
      tally.add(-chunk.bytes());
    }
  }

  /** A chunk whose numbers are its own, to be changed. */
  private Chunk own(Chunk chunk) {
    Holders having = chunk.holders;
    if (having != null) {
      if (having.several()) {
        put(chunk, chunk.numbers.clone());
      } else {
        chunk.holders = null;
      }
    }
    return chunk;
  }

  private void split(int index) {
    newChunk(index + 1, CHUNK_IDS);
    Chunk left = chunks.get(index);
    Chunk right = chunks.get(index + 1);
    int kept = CHUNK_IDS / 2;
    System.arraycopy(left.numbers, kept * stride, right.numbers, 0, (left.size - kept) * stride);
    right.size = left.size - kept;
    left.size = kept;
  }

  void remove(long place) {
    int index = (int) (place >>> 32);
    int slot = (int) place;
    Chunk chunk = own(chunks.get(index));
    int at = slot * stride;
    System.arraycopy(
        chunk.numbers, at + stride, chunk.numbers, at, (chunk.size - slot - 1) * stride);
    chunk.size--;
    size--;
    if (chunk.size == 0) {
      drop(index);
    } else if (chunk.size <= CHUNK_IDS / 4) {
      try {
        mergeWithNext(index);
      } catch (OutOfMemoryError full) {
        // They stay apart.
      }
    }
  }

  /** Sees to it that an id can be removed, or its numbers changed, without any memory. */
  void own(long place) {
    Chunk _ = own(chunk(place));
  }

  private void drop(int index) {
    letGo(chunks.get(index));
    tally.add(-CHUNK_BYTES);
    chunks.remove(index);
  }

  /** Joins a chunk that has become small with its neighbour if half a chunk holds both. */
  private void mergeWithNext(int index) {
    if (index + 1 >= chunks.size()) {
      return;
    }
    Chunk chunk = chunks.get(index);
    Chunk next = chunks.get(index + 1);
    int together = chunk.size + next.size;
    if (together > CHUNK_IDS / 2) {
      return;
    }
    if (together * stride > chunk.numbers.length) {
      resize(chunk, together);
    }
    own(chunk);
    System.arraycopy(next.numbers, 0, chunk.numbers, chunk.size * stride, next.size * stride);
    chunk.size = together;
    drop(index + 1);
  }

  /** Takes the bytes off the tally; the table is not to be used any more. */
  void free() {
    while (!chunks.isEmpty()) {
      drop(chunks.size() - 1);
    }
    size = 0;
    tally.add(-TABLE_BYTES);
  }

  /** Lets a table of the same kind that is empty have all ids and numbers, too. O(chunks). */
  void copyTo(IdTable target) {
    target.chunks.ensureCapacity(chunks.size());
    for (Chunk chunk : chunks) {
      Holders having = chunk.holders;
      if (having == null) {
        having = new Holders();
        chunk.holders = having;
      }
      Chunk same = new Chunk(chunk.numbers);
      having.join();
      same.holders = having;
      same.size = chunk.size;
      target.chunks.add(same);
      target.tally.add(CHUNK_BYTES);
      target.tally.addCommon(chunk.bytes());
    }
    target.size = size;
  }

  /** Checks the order and the sizes. */
  void validate() {
    int counted = 0;
    for (Chunk chunk : chunks) {
      StreamCheck.require(chunk.size > 0, "an empty chunk");
      counted += chunk.size;
    }
    StreamCheck.require(counted == size, "the size is not the number of ids");
    long before = NONE;
    for (long at = first(); at != NONE; at = next(at)) {
      StreamCheck.require(
          before == NONE || StreamId.compare(ms(before), seq(before), ms(at), seq(at)) < 0,
          "ids out of order");
      before = at;
    }
  }
}
