package io.keyward.engine.builtin;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.memory.Dictionary;
import io.keyward.engine.builtin.memory.KeyHash;
import java.util.Arrays;

/**
 * Fetches from memory what the next requests of a client are about.
 *
 * <p>A key is found in two steps that both miss the processor's cache where there are many keys:
 * its bucket, then its entry. One request after the other waits for both each time; read here for
 * all of them in a row, first the buckets and then the entries, they come at the same time.
 */
final class FetchAhead {
  /** The first argument of a request is taken for a key, as it is one of nearly every command. */
  private static final int KEY = 1;

  /** So many keys are in the cache anyway. */
  private static final int FEW = 8192;

  private long[] hashes = new long[16];

  /** What has been read: code of which nothing comes would not be run. */
  private int unusedSum;

  void fetch(Database database, Request[] requests, int count) {
    Dictionary keys = database.keys();
    if (keys.size() < FEW || database.seesOthers()) {
      return;
    }
    if (hashes.length < count) {
      hashes = Arrays.copyOf(hashes, count);
    }
    int read = 0;
    for (int i = 0; i < count; i++) {
      Request request = requests[i];
      if (request.count() > KEY) {
        long hash = KeyHash.hash(request.bytes(), request.offset(KEY), request.length(KEY));
        hashes[i] = hash;
        read += keys.fetch(hash);
      }
    }
    for (int i = 0; i < count; i++) {
      if (requests[i].count() > KEY) {
        read += keys.fetchEntry(hashes[i]);
      }
    }
    unusedSum = read;
  }
}
