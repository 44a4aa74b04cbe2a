package io.keyward.engine.builtin.memory;

import io.keyward.engine.bytes.PieceArrays;
import io.keyward.engine.bytes.Pieces;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Memory for entries: byte arrays of one size ("pages"), each cut into slots of one size class.
 *
 * <p>A slot is named by a 32-bit reference; 0 names none.
 *
 * <pre>
 *   31  30             14 13            0
 *  +---+-----------------+---------------+
 *  | 0 | page number     | offset / 8    |      2^17 pages of 128 KiB: 16 GiB for each event loop
 *  +---+-----------------+---------------+
 *  | 1 | ~ number of an array that is one large slot |
 *  +---+---------------------------------+
 * </pre>
 *
 * A free slot holds the offset of the next free slot of its page in its first four bytes. What is
 * larger than {@link SizeClasses#LARGEST} has an array to itself. Pages with room are linked by
 * size class. The collector sees a few thousand arrays instead of millions of small objects, so its
 * pauses do not grow with the data.
 *
 * <p>A page without a slot in use serves any size class next ({@link SparePages}), or as an array
 * of a long string.
 *
 * <p>Big collections are objects; an entry names one by a handle from {@link #hold}.
 */
public final class PagePool implements PieceArrays {
  /** As much as an offset reaches. */
  static final int PAGE_BYTES = Pieces.SIZE;

  private static final int OFFSET_BITS = 14;
  private static final int OFFSET_MASK = (1 << OFFSET_BITS) - 1;
  private static final int MOST_PAGES = 1 << (31 - OFFSET_BITS);
  private static final int NONE = -1;

  private static final byte[] ABSENT = {};

  private byte[][] pages = new byte[64][];
  private byte[] classOfPage = new byte[64];
  private short[] usedSlots = new short[64];
  private int[] freeSlot = new int[64];
  private int[] uncut = new int[64];
  private int[] nextPage = new int[64];
  private int[] previousPage = new int[64];
  private int pageCount = 1;
  private int pagesInUse;
  private int firstFreePage;

  private byte[][] large = new byte[16][];
  private int[] nextLarge = new int[16];
  private int largeCount;
  private int firstFreeLarge = NONE;

  private final int[] pagesWithRoom = new int[SizeClasses.count()];
  private final short[] slotsOfClass = new short[SizeClasses.count()];
  private final SparePages spare = new SparePages();

  private @Nullable Object[] held = new Object[64];
  private int[] nextHandle = new int[64];
  private int heldCount = 1;
  private int firstFreeHandle;

  private final SpareSegments spareSegments =
      new SpareSegments((int) Math.max(8, SparePages.KEPT / 4));
  private final ChainEntries chainEntries = new ChainEntries();

  private long largeMemory;
  private long slotMemory;

  public PagePool() {
    pages[0] = ABSENT;
    for (int sizeClass = 0; sizeClass < slotsOfClass.length; sizeClass++) {
      slotsOfClass[sizeClass] = (short) (PAGE_BYTES / SizeClasses.size(sizeClass));
    }
  }

  SpareSegments spareSegments() {
    return spareSegments;
  }

  /** Room for the entries of a chain while they are moved: empty before and afterwards. */
  ChainEntries chainEntries() {
    return chainEntries;
  }

  /** The page that holds the slot. */
  public byte[] page(int reference) {
    return reference >= 0 ? pages[reference >> OFFSET_BITS] : large[~reference];
  }

  /** Where the slot begins in its page. */
  public static int offset(int reference) {
    return reference >= 0 ? (reference & OFFSET_MASK) << 3 : 0;
  }

  /** The bytes of the slot, at least what was asked for. */
  public int slotBytes(int reference) {
    return reference >= 0
        ? SizeClasses.size(classOfPage[reference >> OFFSET_BITS])
        : large[~reference].length;
  }

  /** The size that a slot for so many bytes would have. */
  public static int roundedSize(int bytes) {
    return bytes <= SizeClasses.LARGEST ? SizeClasses.size(SizeClasses.of(bytes)) : bytes;
  }

  /** Takes a slot of at least so many bytes, whose content is arbitrary. */
  public int allocate(int bytes, MemoryAccount account) {
    if (bytes > SizeClasses.LARGEST) {
      return allocateLarge(bytes, account);
    }
    int sizeClass = SizeClasses.of(bytes);
    int size = SizeClasses.size(sizeClass);
    int page = pagesWithRoom[sizeClass];
    if (page == 0) {
      page = addPage(sizeClass);
    }
    int offset = freeSlot[page];
    if (offset != NONE) {
      freeSlot[page] = Bytes.getInt(pages[page], offset);
    } else {
      offset = uncut[page];
      uncut[page] = offset + size;
    }
    if (++usedSlots[page] == slotsOfClass[sizeClass]) {
      unlink(page, sizeClass);
    }
    account.add(size);
    slotMemory += size;
    return page << OFFSET_BITS | offset >>> 3;
  }

  /**
   * Sees to it that so many slots for so many bytes can be taken without any more memory.
   *
   * @throws OutOfMemoryError if there is none
   */
  public void ensure(int bytes, int slots) {
    int sizeClass = SizeClasses.of(bytes);
    int page = pagesWithRoom[sizeClass];
    if (slots > 0 && (page == 0 || slotsOfClass[sizeClass] - usedSlots[page] < slots)) {
      int _ = addPage(sizeClass);
    }
  }

  /** Gives a slot back. */
  public void free(int reference, MemoryAccount account) {
    if (reference < 0) {
      freeLarge(~reference, account);
      return;
    }
    int page = reference >> OFFSET_BITS;
    int sizeClass = classOfPage[page];
    int size = SizeClasses.size(sizeClass);
    account.add(-size);
    slotMemory -= size;
    int offset = offset(reference);
    Bytes.putInt(pages[page], offset, freeSlot[page]);
    freeSlot[page] = offset;
    int used = --usedSlots[page];
    if (used == slotsOfClass[sizeClass] - 1) {
      link(page, sizeClass);
    } else if (used == 0 && (pagesWithRoom[sizeClass] != page || nextPage[page] != 0)) {
      unlink(page, sizeClass);
      releasePage(page);
    }
  }

  private int allocateLarge(int bytes, MemoryAccount account) {
    // Before its number, which is not to be lost where there is no memory for it.
    byte[] array = new byte[bytes];
    int number = firstFreeLarge;
    if (number != NONE) {
      firstFreeLarge = nextLarge[number];
    } else {
      if (largeCount == large.length) {
        nextLarge = Arrays.copyOf(nextLarge, largeCount * 2);
        // The last one, since its length is asked for.
        large = Arrays.copyOf(large, largeCount * 2);
      }
      number = largeCount++;
    }
    large[number] = array;
    account.add(bytes);
    slotMemory += bytes;
    largeMemory += bytes;
    return ~number;
  }

  private void freeLarge(int number, MemoryAccount account) {
    int bytes = large[number].length;
    account.add(-bytes);
    slotMemory -= bytes;
    largeMemory -= bytes;
    large[number] = ABSENT;
    nextLarge[number] = firstFreeLarge;
    firstFreeLarge = number;
  }

  private int addPage(int sizeClass) {
    int page = takeNumber();
    try {
      pages[page] = spare.take();
    } catch (OutOfMemoryError full) {
      releaseNumber(page);
      throw full;
    }
    pagesInUse++;
    classOfPage[page] = (byte) sizeClass;
    usedSlots[page] = 0;
    freeSlot[page] = NONE;
    uncut[page] = 0;
    link(page, sizeClass);
    return page;
  }

  private void releasePage(int page) {
    pagesInUse--;
    spare.add(pages[page], pagesInUse);
    releaseNumber(page);
  }

  /* Arrays of long strings: they count with whoever has them, and here while they are spare. */

  @Override
  public byte[] take() {
    return spare.lend();
  }

  @Override
  public void giveBack(byte[] array) {
    spare.takeBack(array, pagesInUse);
  }

  /** Says that some time has passed: what was lent before it counts less. */
  public void tick() {
    spare.tick(pagesInUse);
  }

  /** Gives the pages without a slot in use to the collector. */
  public void dropSpare() {
    spare.drop();
    spareSegments.drop();
  }

  private int takeNumber() {
    int page = firstFreePage;
    if (page != 0) {
      firstFreePage = nextPage[page];
      return page;
    }
    if (pageCount == MOST_PAGES) {
      throw new OutOfMemoryError("an event loop addresses at most 16 GiB of small entries");
    }
    if (pageCount == pages.length) {
      int larger = Math.min(MOST_PAGES, pageCount * 2);
      classOfPage = Arrays.copyOf(classOfPage, larger);
      usedSlots = Arrays.copyOf(usedSlots, larger);
      freeSlot = Arrays.copyOf(freeSlot, larger);
      uncut = Arrays.copyOf(uncut, larger);
      nextPage = Arrays.copyOf(nextPage, larger);
      previousPage = Arrays.copyOf(previousPage, larger);
      // The last one, since its length is asked for.
      pages = Arrays.copyOf(pages, larger);
    }
    return pageCount++;
  }

  private void releaseNumber(int page) {
    pages[page] = ABSENT;
    nextPage[page] = firstFreePage;
    firstFreePage = page;
  }

  private void link(int page, int sizeClass) {
    int first = pagesWithRoom[sizeClass];
    nextPage[page] = first;
    previousPage[page] = 0;
    if (first != 0) {
      previousPage[first] = page;
    }
    pagesWithRoom[sizeClass] = page;
  }

  private void unlink(int page, int sizeClass) {
    int next = nextPage[page];
    int previous = previousPage[page];
    if (previous != 0) {
      nextPage[previous] = next;
    } else {
      pagesWithRoom[sizeClass] = next;
    }
    if (next != 0) {
      previousPage[next] = previous;
    }
    nextPage[page] = 0;
  }

  /** Keeps an object and names it by a handle; 0 names none. */
  public int hold(Object object) {
    int handle = firstFreeHandle;
    if (handle != 0) {
      firstFreeHandle = nextHandle[handle];
    } else {
      if (heldCount == held.length) {
        nextHandle = Arrays.copyOf(nextHandle, heldCount * 2);
        // The last one, since its length is asked for.
        held = Arrays.copyOf(held, heldCount * 2);
      }
      handle = heldCount++;
    }
    held[handle] = object;
    return handle;
  }

  /** The object of a handle that has not been dropped. */
  public Object held(int handle) {
    Object object = held[handle];
    if (object == null) {
      throw new IllegalStateException("handle " + handle + " names nothing");
    }
    return object;
  }

  /** Forgets the object of a handle. */
  public void drop(int handle) {
    held[handle] = null;
    nextHandle[handle] = firstFreeHandle;
    firstFreeHandle = handle;
  }

  /** Bytes of all pages, whether their slots are in use or not, and of large slots. */
  public long pageMemory() {
    return (long) pagesInUse * PAGE_BYTES + spare.memory() + largeMemory + spareSegments.memory();
  }

  /** Bytes of the slots in use. */
  public long slotMemory() {
    return slotMemory;
  }

  /** Checks every link and count; throws if one is wrong. For tests. */
  public void validate() {
    long slots = 0;
    for (int sizeClass = 0; sizeClass < pagesWithRoom.length; sizeClass++) {
      for (int page = pagesWithRoom[sizeClass]; page != 0; page = nextPage[page]) {
        check(classOfPage[page] == sizeClass, "page in the list of another class");
        check(usedSlots[page] < slotsOfClass[sizeClass], "full page in the list");
        int free = 0;
        for (int at = freeSlot[page]; at != NONE; at = Bytes.getInt(pages[page], at)) {
          free++;
        }
        int cut = uncut[page] / SizeClasses.size(sizeClass);
        check(cut - free == usedSlots[page], "used and free slots do not add up");
      }
    }
    for (int page = 1; page < pageCount; page++) {
      if (pages[page].length > 0) {
        slots += (long) usedSlots[page] * SizeClasses.size(classOfPage[page]);
      }
    }
    for (int number = 0; number < largeCount; number++) {
      slots += large[number].length;
    }
    check(slots == slotMemory, "slot memory is " + slotMemory + ", counted " + slots);
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
