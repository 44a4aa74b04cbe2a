package io.keyward.engine.builtin;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.memory.Dictionary;
import io.keyward.engine.builtin.memory.KeyHash;
import java.util.Arrays;

/**
 * Fetches from memory what the next requests of a client are about, or the next keys of one
 * request.
 *
 * <p>A key is found in two steps that both miss the processor's cache where there are many keys:
 * its bucket, then its entry. Looking for one after the other waits for both each time; read here
 * for all of them in a row, first the buckets and then the entries, they come at the same time.
 */
final class FetchAhead {
  /** The first argument of a request is taken for a key, as it is one of nearly every command. */
  private static final int KEY = 1;

  /** So many keys are in the cache anyway. */
  private static final int FEW = 8192;

  /** As many as a processor waits for at the same time; more would not be there sooner. */
  static final int AT_ONCE = 16;

  private long[] hashes = new long[AT_ONCE];

  /** What has been read: code of which nothing comes would not be run. */
  private int unusedSum;

  /** Fetches what these requests are about, the first so many of them. */
  void fetch(Database database, Request[] requests, int count) {
    Dictionary keys = database.keys();
    if (isInCache(database)) {
      return;
    }
    if (hashes.length < count) {
      hashes = Arrays.copyOf(hashes, count);
    }
    int read = 0;
    for (int i = 0; i < count; i++) {
      if (requests[i].count() > KEY) {
        hashes[i] = hash(requests[i], KEY);
        read += keys.fetch(hashes[i]);
      }
    }
    for (int i = 0; i < count; i++) {
      if (requests[i].count() > KEY) {
        read += keys.fetchEntry(hashes[i]);
      }
    }
    unusedSum = read;
  }

  /**
   * Fetches the next keys of one request, {@value #AT_ONCE} at most, of which each stands {@code
   * step} behind the one before.
   */
  void fetch(Database database, Request request, int from, int step) {
    if (isInCache(database)) {
      return;
    }
    Dictionary keys = database.keys();
    int end = (int) Math.min(request.count(), from + (long) AT_ONCE * step);
    int read = 0;
    int count = 0;
    for (int key = from; key < end; key += step) {
      hashes[count] = hash(request, key);
      read += keys.fetch(hashes[count++]);
    }
    for (int i = 0; i < count; i++) {
      read += keys.fetchEntry(hashes[i]);
    }
    unusedSum = read;
  }

  private static boolean isInCache(Database database) {
    return database.keys().size() < FEW || database.seesOthers();
  }

  private static long hash(Request request, int key) {
    return KeyHash.hash(request.bytes(), request.offset(key), request.length(key));
  }
}
