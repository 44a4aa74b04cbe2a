package io.keyward.gateway.protocol;

import io.keyward.engine.Request;
import io.keyward.engine.RequestSize;
import io.keyward.engine.bytes.PieceArrays;
import io.keyward.engine.bytes.Pieces;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has received and no command has taken yet.
 *
 * <p>Arriving bytes are copied once, into the loop's scratch array, and decoded there. Only what is
 * left over (an unfinished request, or the requests of a client that waits) is kept in an array of
 * the connection's own, which grows with what has arrived. A connection with nothing left over
 * holds no array at all. A long argument goes from the socket's buffer straight into {@link
 * Pieces}, which the command gets that it is an argument of.
 */
public final class Input {
  /** What the connections of one loop share while one of them is being read. */
  public static final class Scratch {
    private static final int BYTES = 160 * 1024;
    private static final int MOST_SPARE = 8;

    /**
     * The length of the arrays in which input waits for its turn: as much as arrives at once, and
     * as much as may wait before that. Where two have requests without end that is thousands of
     * times a second, and each would leave an array to the collector, which all of them wait for.
     */
    private static final int WAITING_BYTES = 80 * 1024;

    private byte[] bytes = new byte[BYTES];
    private @Nullable Request spare;
    private @Nullable FoundAhead ahead = new FoundAhead();
    private PieceArrays arrays = PieceArrays.UNKEPT;

    /** Says where the arrays of long arguments come from. */
    public void arrays(PieceArrays source) {
      arrays = source;
    }

    /** Arrays that long commands have been left and need no more. */
    private final ArrayDeque<byte[]> spareBytes = new ArrayDeque<>(MOST_SPARE);

    private final ArrayDeque<byte[]> spareWaiting = new ArrayDeque<>(MOST_SPARE);

    Request take() {
      Request request = spare;
      spare = null;
      return request == null ? new Request() : request;
    }

    void giveBack(Request request) {
      request.trim();
      spare = request;
    }

    /** Has the present array taken away, and another one in its place. */
    private byte[] leave() {
      byte[] left = bytes;
      byte[] next = spareBytes.poll();
      bytes = next == null ? new byte[BYTES] : next;
      return left;
    }

    private void giveBack(byte[] left) {
      if (spareBytes.size() < MOST_SPARE) {
        spareBytes.add(left);
      }
    }

    private byte[] takeWaiting() {
      byte[] array = spareWaiting.poll();
      return array == null ? new byte[WAITING_BYTES] : array;
    }

    /** Takes an array that a connection needs no more, if it is one for input that waits. */
    private void giveBackWaiting(byte[] array) {
      if (array.length == WAITING_BYTES && spareWaiting.size() < MOST_SPARE) {
        spareWaiting.add(array);
      }
    }
  }

  /**
   * Learns which requests come next, in this order, while the first of them is not executed yet.
   */
  @FunctionalInterface
  public interface Foresight {
    void foresee(Request[] requests, int count);
  }

  /** What waits for its turn is kept in an array of its own length if it is no longer than this. */
  private static final int MUCH = 16 * 1024;

  /** A rest of so few bytes is copied into the scratch array whatever arrives. */
  private static final int SMALL = 1024;

  private static final byte[] NONE = {};

  private final RequestDecoder decoder = new RequestDecoder();
  private final Foresight foresight;
  private byte[] own = NONE;
  private int kept;

  /** Whether the decoder reads the shared array rather than our own. */
  private boolean inScratch;

  private @Nullable Request request;

  /** The requests found ahead of which one is being executed, or null. */
  private @Nullable FoundAhead ahead;

  /** The request that is being executed for longer, and the shared array that it reads, if any. */
  private @Nullable Request leftRequest;

  private byte @Nullable [] leftBytes;

  public Input(Foresight foresight) {
    this.foresight = foresight;
  }

  /** Limits what a request may be from the next one on; null for what the protocol allows. */
  public void limit(@Nullable RequestSize size) {
    decoder.limit(size);
  }

  /** Which limit the request exceeds that {@link #next} has found: its arguments are not there. */
  public RequestSize.@Nullable Excess excess() {
    return decoder.excess();
  }

  /** Whether anything is left that {@link #next} has not taken. */
  public boolean more() {
    return decoder.more();
  }

  /** Bytes that are kept from one burst to the next. */
  public long kept() {
    return kept + decoder.gathered();
  }

  /** Bytes of memory that the kept bytes occupy. */
  public long capacity() {
    return own.length + decoder.gatheredMemory();
  }

  /** Bytes of memory that are needed at once, at most, to keep so many bytes more. */
  public long growth(int more) {
    if (decoder.gathers()) {
      return Math.max(Pieces.SIZE, more);
    }
    return kept + more <= own.length ? 0 : 2L * own.length;
  }

  /** Takes all readable bytes; {@link #next} may be called until {@link #settle}. */
  public void receive(ByteBuf bytes, Scratch scratch) {
    decoder.take(bytes);
    int length = bytes.readableBytes();
    byte[] shared = scratch.bytes;
    if ((kept <= SMALL || kept <= length) && kept + (long) length <= shared.length) {
      System.arraycopy(own, 0, shared, 0, kept);
      decoder.move(shared, 0, ownRequest(scratch));
      bytes.readBytes(shared, kept, length);
      inScratch = true;
    } else {
      reserve(kept + length);
      decoder.move(own, 0, ownRequest(scratch));
      bytes.readBytes(own, kept, length);
      inScratch = false;
    }
    decoder.extend(kept + length);
  }

  /** The request whose arguments {@link #next} found. */
  public Request request(Scratch scratch) {
    FoundAhead found = ahead;
    return found == null ? ownRequest(scratch) : found.present();
  }

  private Request ownRequest(Scratch scratch) {
    Request present = request;
    if (present == null) {
      present = scratch.take();
      request = present;
    }
    return present;
  }

  /**
   * Finds the next request.
   *
   * <p>Those that are whole are found several at a time, and who foresees learns of them before the
   * first is executed.
   *
   * @param longestBulk the longest argument, in bytes
   * @param authenticated whether the client may send more than what logging in takes
   * @return whether there is a whole one, in {@link #request}
   */
  public boolean next(Scratch scratch, long longestBulk, boolean authenticated)
      throws ProtocolException {
    FoundAhead found = authenticated ? takeAhead(scratch) : null;
    if (found != null) {
      if (found.next(decoder)) {
        return true;
      }
      if (found.find(decoder, longestBulk)) {
        found.tell(foresight);
        return true;
      }
    }
    giveBackAhead(scratch);
    return decoder.next(ownRequest(scratch), longestBulk, authenticated, scratch.arrays);
  }

  /**
   * Leaves the request and the array in which its arguments stand to whoever executes it for
   * longer, until {@link #requestIsDone}; to be called before {@link #settle}.
   */
  public void leaveRequest(Scratch scratch) {
    int from = decoder.keepFrom();
    int length = decoder.end() - from;
    leftBytes = inScratch ? scratch.leave() : null;
    FoundAhead found = ahead;
    if (found == null) {
      leftRequest = request;
      request = null;
    } else {
      leftRequest = found.leave();
      giveBackAhead(scratch);
    }
    own = length == 0 ? NONE : Arrays.copyOfRange(decoder.window(), from, from + length);
    decoder.move(own, -from, ownRequest(scratch));
    inScratch = false;
    kept = length;
  }

  /** What requests are found ahead with; null if another connection is in the middle of that. */
  private @Nullable FoundAhead takeAhead(Scratch scratch) {
    FoundAhead present = ahead;
    if (present == null) {
      present = scratch.ahead;
      scratch.ahead = null;
      ahead = present;
    }
    return present;
  }

  private void giveBackAhead(Scratch scratch) {
    FoundAhead found = ahead;
    if (found != null) {
      found.clear();
      ahead = null;
      scratch.ahead = found;
    }
  }

  /** Takes back what was left to a request that has been executed now, if there was one. */
  public void requestIsDone(Scratch scratch) {
    Request done = leftRequest;
    if (done != null) {
      leftRequest = null;
      scratch.giveBack(done);
      byte[] bytes = leftBytes;
      if (bytes != null) {
        leftBytes = null;
        scratch.giveBack(bytes);
      }
    }
  }

  /**
   * Ends a burst: keeps what is left over and gives back what is shared.
   *
   * @param waits whether what is left over is only to wait until the others have had their turn
   */
  public void settle(Scratch scratch, boolean waits) {
    giveBackAhead(scratch);
    int from = decoder.keepFrom();
    int length = decoder.end() - from;
    if (length == 0) {
      if (own.length > SMALL) {
        scratch.giveBackWaiting(own);
        own = NONE;
      }
      decoder.drop();
    } else if (inScratch) {
      kept = 0;
      if (waits && length > MUCH && length <= Scratch.WAITING_BYTES && own.length < length) {
        own = scratch.takeWaiting();
      }
      reserve(length);
      System.arraycopy(decoder.window(), from, own, 0, length);
      decoder.move(own, -from, ownRequest(scratch));
      inScratch = false;
    } else if (from > 0) {
      boolean tooLong = !waits && own.length > 64 * 1024 && own.length / 4 > length;
      byte[] target = tooLong ? new byte[length] : own;
      System.arraycopy(own, from, target, 0, length);
      if (tooLong) {
        scratch.giveBackWaiting(own);
      }
      own = target;
      decoder.move(own, -from, ownRequest(scratch));
    }
    kept = length;
    Request present = request;
    if (present != null && !decoder.unfinished()) {
      request = null;
      scratch.giveBack(present);
    }
  }

  /** Forgets everything, for good. */
  public void discard() {
    decoder.discard();
    Request present = request;
    if (present != null) {
      present.dropPieces();
    }
    own = NONE;
    kept = 0;
    request = null;
    decoder.drop();
  }

  /** Makes room for so many bytes: twice what was there, or less if it is known to suffice. */
  private void reserve(int needed) {
    if (own.length >= needed) {
      return;
    }
    long wanted = Math.max(needed, Math.min(own.length * 2L, Integer.MAX_VALUE - 64L));
    long known = decoder.wantedEnd() - decoder.keepFrom();
    if (known >= needed && known < wanted) {
      wanted = known;
    }
    own = kept == 0 ? new byte[(int) wanted] : Arrays.copyOf(own, (int) wanted);
  }
}
