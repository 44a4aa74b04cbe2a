package io.keyward.engine.builtin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.keyward.engine.builtin.memory.EntryVisits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the streams of a keyspace that stand first in an order, those of the namespaces that it
 * shares among them, by a walk over all keys in slices between the loop's other work.
 *
 * <p>Streams that come or go meanwhile may be found or not. However many there are, no more than
 * twice as many as asked for are remembered at a time.
 */
public final class StreamListing {
  private static final long SLICE_NANOS = 500_000;

  /** Of a longer key the beginning is told. */
  private static final int MOST_KEY_BYTES = 512;

  /**
   * What was found.
   *
   * @param streams how many there are
   * @param entries of all of them
   * @param first those that stand first in the order
   */
  public record Found(long streams, long entries, List<ListedStream> first) {
    /** Keeps a copy. */
    public Found {
      first = List.copyOf(first);
    }
  }

  /** A key in one of the databases, told apart by its hash. */
  private record Place(boolean shared, int database, long hash, int length) {}

  private final BuiltinKeyspace keyspace;
  private final Comparator<ListedStream> order;
  private final int most;
  private final Consumer<Found> receiver;
  private final List<Databases> holders = new ArrayList<>(2);
  private final Map<Place, ListedStream> kept = new HashMap<>();
  private @Nullable ListedStream last;
  private int holder;
  private int database;
  private long cursor;
  private long streams;
  private long entries;
  private volatile boolean cancelled;

  private StreamListing(
      BuiltinKeyspace keyspace, ListedStream.Order order, int most, Consumer<Found> receiver) {
    this.keyspace = keyspace;
    this.order = order.comparator();
    this.most = most;
    this.receiver = receiver;
  }

  /**
   * Begins; called on any thread.
   *
   * @param most how many are told
   * @param receiver called on the keyspace's loop at the end
   */
  public static StreamListing begin(
      BuiltinKeyspace keyspace, ListedStream.Order order, int most, Consumer<Found> receiver) {
    StreamListing listing = new StreamListing(keyspace, order, most, receiver);
    keyspace.loop().execute(listing::start);
    return listing;
  }

  /** Ends it without a result; called on any thread. */
  public void cancel() {
    cancelled = true;
  }

  private void start() {
    holders.add(keyspace.databases());
    if (keyspace.routes() instanceof SharedRoutes routes) {
      holders.add(routes.holder().databases());
    }
    slice();
  }

  private void slice() {
    if (cancelled) {
      return;
    }
    if (keyspace.slices().busy()) {
      // A command is in the middle of the data.
      var _ = keyspace.loop().schedule(1, this::slice);
      return;
    }
    long now = System.currentTimeMillis();
    long until = System.nanoTime() + SLICE_NANOS;
    do {
      if (holder == holders.size()) {
        prune();
        receiver.accept(new Found(streams, entries, kept.values().stream().sorted(order).toList()));
        return;
      }
      step(holders.get(holder), now);
    } while (System.nanoTime() < until);
    keyspace.loop().execute(this::slice);
  }

  private void step(Databases of, long now) {
    Database at = of.ifUsed(database);
    if (at != null) {
      cursor = EntryVisits.scan(at.keys(), cursor, reference -> look(at, reference, now));
    }
    if (at == null || cursor == 0) {
      cursor = 0;
      database++;
    }
    if (database == of.count()) {
      database = 0;
      holder++;
    }
  }

  private void look(Database at, int reference, long now) {
    Entry entry = at.at(reference, at.scratchView());
    if (entry.type() != Type.STREAM
        || entry.expired(now)
        || !(entry.held() instanceof Timeline stream)
        || !seen(entry)) {
      return;
    }
    streams++;
    entries += stream.entries();
    ListedStream line = line(at, entry, stream);
    ListedStream bound = last;
    if (bound == null || order.compare(line, bound) < 0) {
      kept.put(new Place(line.shared(), at.number(), entry.hash(), entry.keyLength()), line);
      if (kept.size() >= 2 * most) {
        prune();
      }
    }
  }

  private ListedStream line(Database at, Entry entry, Timeline stream) {
    int length = Math.min(entry.keyLength(), MOST_KEY_BYTES);
    return new ListedStream(
        new String(entry.bytes(), entry.keyOffset(), length, UTF_8),
        at.number(),
        at.keyspace() != keyspace,
        stream.entries(),
        entry.slotBytes() + Census.DICTIONARY_BYTES + entry.held().memoryBytes(),
        time(stream.oldestMillis()),
        time(stream.newestMillis()),
        stream.groupCount(),
        entry.expiry(),
        at.blocked().waitingFor(entry));
  }

  private boolean seen(Entry entry) {
    KeyRoutes routes = keyspace.routes();
    return routes == null
        || routes.sees(entry.database(), entry.bytes(), entry.keyOffset(), entry.keyLength());
  }

  private static long time(long millis) {
    return millis < CensusFigures.EARLIEST_TIME ? 0 : millis;
  }

  /** Forgets what does not stand first, and remembers what the next ones must surpass. */
  private void prune() {
    if (kept.size() > most) {
      List<Map.Entry<Place, ListedStream>> sorted = new ArrayList<>(kept.entrySet());
      sorted.sort(Map.Entry.comparingByValue(order));
      last = sorted.get(most - 1).getValue();
      sorted.subList(most, sorted.size()).forEach(beyond -> kept.remove(beyond.getKey()));
    }
  }
}
