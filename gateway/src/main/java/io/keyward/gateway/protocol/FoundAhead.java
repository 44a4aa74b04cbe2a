package io.keyward.gateway.protocol;

import io.keyward.engine.Request;

/**
 * Requests of one client that stand one behind the other in the window, found before the first of
 * them is executed.
 *
 * <p>The decoder always stands behind the one that is being executed, so that those behind it can
 * be dropped at any time: they are found again.
 */
final class FoundAhead {
  /** As many as a processor can wait for at the same time; more would not be there sooner. */
  private static final int MOST = 16;

  private final Request[] requests = new Request[MOST];

  /** Where the window goes on behind each. */
  private final int[] ends = new int[MOST];

  private int count;
  private int index;

  FoundAhead() {
    for (int i = 0; i < MOST; i++) {
      requests[i] = new Request();
    }
  }

  /** The request that is being executed. */
  Request present() {
    return requests[index];
  }

  /** Goes on to the next one; false if there is none, more have to be found then. */
  boolean next(RequestDecoder decoder) {
    int next = index + 1;
    if (next >= count) {
      return false;
    }
    index = next;
    decoder.at(ends[next]);
    return true;
  }

  /** Finds requests and begins with the first of them; false if there is none for {@link #next}. */
  boolean find(RequestDecoder decoder, long longestBulk) {
    int found = 0;
    while (found < MOST && decoder.nextWhole(requests[found], longestBulk)) {
      ends[found++] = decoder.position();
    }
    count = found;
    index = 0;
    if (found > 1) {
      decoder.at(ends[0]);
    }
    return found > 0;
  }

  void tell(Input.Foresight foresight) {
    if (count > 1) {
      foresight.foresee(requests, count);
    }
  }

  /** Drops those that have not been executed. */
  void clear() {
    count = 0;
    index = 0;
  }

  /** Leaves the request that is being executed to whoever goes on with it later. */
  Request leave() {
    Request left = requests[index];
    requests[index] = new Request();
    return left;
  }
}
