package io.keyward.gateway.deployment;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ListedStream;
import io.keyward.engine.builtin.StreamListing;
import io.keyward.gateway.deployment.DeploymentException.Kind;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What the operator is told of the streams of a deployment: maps, lists, texts and numbers. */
final class StreamReports {
  private static final int MOST = 1000;
  private static final long PATIENCE_SECONDS = 60;

  /** One walk over keys at a time, whoever asks. */
  private final ReentrantLock walking = new ReentrantLock();

  /**
   * The streams that stand first in an order.
   *
   * @param keyspace null for a deployment that has none yet
   * @param order one of {@link ListedStream.Order}, in any case
   */
  Map<String, Object> list(@Nullable BuiltinKeyspace keyspace, String order, long most)
      throws DeploymentException {
    ListedStream.Order by = order(order);
    if (most < 1 || most > MOST) {
      throw new DeploymentException(Kind.INVALID, "limit is not a number from 1 to " + MOST);
    }
    StreamListing.Found found =
        keyspace == null
            ? new StreamListing.Found(0, 0, List.of())
            : find(keyspace, by, (int) most);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("streams", found.streams());
    answer.put("entries", found.entries());
    long now = System.currentTimeMillis();
    answer.put("first", found.first().stream().map(stream -> line(stream, now)).toList());
    return answer;
  }

  private static ListedStream.Order order(String word) throws DeploymentException {
    for (ListedStream.Order order : ListedStream.Order.values()) {
      if (order.name().equalsIgnoreCase(word)) {
        return order;
      }
    }
    throw new DeploymentException(
        Kind.INVALID,
        "order is none of "
            + String.join(
                ", ",
                Arrays.stream(ListedStream.Order.values())
                    .map(order -> order.name().toLowerCase(Locale.ROOT))
                    .toList()));
  }

  private StreamListing.Found find(BuiltinKeyspace keyspace, ListedStream.Order order, int most)
      throws DeploymentException {
    CompletableFuture<StreamListing.Found> done = new CompletableFuture<>();
    walking.lock();
    try {
      StreamListing listing = StreamListing.begin(keyspace, order, most, done::complete);
      try {
        return done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } finally {
        listing.cancel();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DeploymentException(Kind.FAILED, "interrupted");
    } catch (ExecutionException | TimeoutException late) {
      throw new DeploymentException(
          Kind.FAILED, "the event loop has not come to the end of the keys in time");
    } finally {
      walking.unlock();
    }
  }

  private static Map<String, Object> line(ListedStream stream, long now) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("key", stream.name());
    line.put("database", (long) stream.database());
    line.put("shared", stream.shared() ? "yes" : "no");
    line.put("entries", stream.entries());
    line.put("bytes", stream.bytes());
    line.put("age-seconds", age(stream.oldestMillis(), now));
    line.put("idle-seconds", age(stream.newestMillis(), now));
    line.put("ttl-seconds", stream.expiry() < 0 ? -1 : (stream.expiry() - now + 999) / 1000);
    line.put("groups", (long) stream.groups());
    line.put("readers", (long) stream.readers());
    return line;
  }

  /** Seconds since a time in milliseconds since 1970; -1 if there is none. */
  private static long age(long millis, long now) {
    return millis == 0 ? -1 : Math.max(0, now - millis) / 1000;
  }
}
