package io.keyward.engine.builtin.stream;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.Key;
import io.keyward.engine.builtin.memory.MemoryAccount;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A consumer group: how far it has read, its consumers in the order of their names, and the entries
 * that have been delivered and not acknowledged.
 *
 * <p>The details of a pending entry stand once, in the group's table; the table of its consumer has
 * its id alone. Both always name the same ids.
 */
final class Group {
  /** The entries-read counter of a group that has lost count. */
  static final long UNKNOWN = -1;

  private static final int DELIVERED_AT = 0;
  private static final int DELIVERIES = 1;
  private static final int CONSUMER = 2;

  private static final int GROUP_BYTES = 128;
  private static final int CONSUMER_BYTES = 128;

  private final Key name;
  private final MemoryAccount tally;
  private final IdTable pending;
  private final TreeMap<Key, Consumer> consumers = new TreeMap<>(Key.ORDER);

  /** The consumers by number; null where a number is free. */
  private final List<@Nullable Consumer> numbered = new ArrayList<>(2);

  private StreamId last;
  private long entriesRead;

  Group(Key name, StreamId last, long entriesRead, MemoryAccount tally) {
    this.name = name;
    this.last = last;
    this.entriesRead = entriesRead;
    this.tally = tally;
    pending = new IdTable(3, tally);
    tally.add(GROUP_BYTES + name.bytes().length);
  }

  Key name() {
    return name;
  }

  /** The id of the last entry that was delivered as new. */
  StreamId last() {
    return last;
  }

  void last(StreamId id) {
    last = id;
  }

  /** How many of all entries ever added lie up to the last delivered, or {@link #UNKNOWN}. */
  long entriesRead() {
    return entriesRead;
  }

  void entriesRead(long entries) {
    entriesRead = entries;
  }

  /** Moves on to an entry, if that is beyond what has been read, and keeps count. */
  void read(Stream stream, StreamId id) {
    if (id.compareTo(last) <= 0) {
      return;
    }
    if (entriesRead != UNKNOWN && !Lag.hasDeletedAfter(stream, id)) {
      entriesRead++;
    } else if (stream.added() > 0) {
      entriesRead = Lag.entriesUpTo(stream, id);
    }
    last = id;
  }

  /* Consumers. */

  /** The consumers in the order of their names. */
  Collection<Consumer> consumers() {
    return consumers.values();
  }

  @Nullable Consumer consumer(Request request, int argument) {
    return consumers.get(
        Key.copyOf(request.bytes(), request.offset(argument), request.length(argument)));
  }

  @Nullable Consumer consumer(Key consumerName) {
    return consumers.get(consumerName);
  }

  /** Adds a consumer of a name that is not there. */
  Consumer addConsumer(Key consumerName, long now) {
    int number = numbered.indexOf(null);
    if (number < 0) {
      number = numbered.size();
      numbered.add(null);
    }
    Consumer consumer = new Consumer(consumerName, number, now, tally);
    try {
      consumers.put(consumerName, consumer);
    } catch (OutOfMemoryError full) {
      consumer.pending().free();
      throw full;
    }
    numbered.set(number, consumer);
    tally.add(CONSUMER_BYTES + consumerName.bytes().length);
    return consumer;
  }

  /**
   * Removes a consumer with its pending entries.
   *
   * @param between is called between one entry and the next
   */
  void removeConsumer(Consumer consumer, Runnable between) {
    IdTable own = consumer.pending();
    for (long at = own.first(); at != IdTable.NONE; at = own.next(at)) {
      between.run();
      pending.remove(pending.find(own.ms(at), own.seq(at)));
    }
    own.free();
    numbered.set(consumer.number(), null);
    consumers.remove(consumer.name());
    tally.add(-CONSUMER_BYTES - consumer.name().bytes().length);
  }

  /* Pending entries: places in the group's table. */

  /** All pending entries. */
  IdTable pending() {
    return pending;
  }

  Consumer owner(long place) {
    Consumer owner = numbered.get((int) pending.number(place, CONSUMER));
    if (owner == null) {
      throw new IllegalStateException("a pending entry without a consumer");
    }
    return owner;
  }

  /** When the entry was last delivered, in milliseconds since 1970. */
  long deliveredAt(long place) {
    return pending.number(place, DELIVERED_AT);
  }

  void deliveredAt(long place, long milliseconds) {
    pending.number(place, DELIVERED_AT, milliseconds);
  }

  /** How often the entry has been delivered. */
  long deliveries(long place) {
    return pending.number(place, DELIVERIES);
  }

  void deliveries(long place, long count) {
    pending.number(place, DELIVERIES, count);
  }

  /** Adds a pending entry that is not there, as delivered once; returns its place. */
  long addPending(long ms, long seq, Consumer consumer, long now) {
    long own = consumer.pending().add(ms, seq);
    long place;
    try {
      place = pending.add(ms, seq);
    } catch (OutOfMemoryError full) {
      consumer.pending().remove(own);
      throw full;
    }
    pending.number(place, DELIVERED_AT, now);
    pending.number(place, DELIVERIES, 1);
    pending.number(place, CONSUMER, consumer.number());
    return place;
  }

  /** Gives a pending entry to another consumer. */
  void reassign(long place, Consumer consumer) {
    Consumer former = owner(place);
    if (former != consumer) {
      long ms = pending.ms(place);
      long seq = pending.seq(place);
      // First what may find no memory.
      long own = former.pending().find(ms, seq);
      former.pending().own(own);
      pending.own(place);
      consumer.pending().add(ms, seq);
      former.pending().remove(own);
      pending.number(place, CONSUMER, consumer.number());
    }
  }

  /** Makes an entry, new or pending already, one that was just delivered to a consumer. */
  void deliver(long ms, long seq, Consumer consumer, long now) {
    long place = pending.find(ms, seq);
    if (place == IdTable.NONE) {
      addPending(ms, seq, consumer, now);
    } else {
      reassign(place, consumer);
      deliveredAt(place, now);
      deliveries(place, 1);
    }
    consumer.activeTime(now);
  }

  /** Forgets a pending entry. */
  void removePending(long place) {
    IdTable own = owner(place).pending();
    long ownPlace = own.find(pending.ms(place), pending.seq(place));
    // First what may find no memory.
    own.own(ownPlace);
    pending.own(place);
    own.remove(ownPlace);
    pending.remove(place);
  }

  /** Forgets the pending entry of an id; false if there is none. */
  boolean acknowledge(StreamId id) {
    long place = pending.find(id.ms(), id.seq());
    if (place == IdTable.NONE) {
      return false;
    }
    removePending(place);
    return true;
  }

  /* As a part of the stream. */

  /** Takes the bytes off the tally; the group is not to be used any more. */
  void free() {
    for (Consumer consumer : consumers.values()) {
      consumer.pending().free();
      tally.add(-CONSUMER_BYTES - consumer.name().bytes().length);
    }
    pending.free();
    tally.add(-GROUP_BYTES - name.bytes().length);
  }

  /** Copies consumers and pending entries to a group that has none. */
  void copyTo(Group target) {
    for (Consumer consumer : numbered) {
      if (consumer == null) {
        target.numbered.add(null);
        continue;
      }
      Consumer copied =
          new Consumer(consumer.name(), consumer.number(), consumer.seenTime(), target.tally);
      copied.activeTime(consumer.activeTime());
      target.tally.add(CONSUMER_BYTES + copied.name().bytes().length);
      try {
        target.consumers.put(copied.name(), copied);
      } catch (OutOfMemoryError full) {
        target.tally.add(-CONSUMER_BYTES - copied.name().bytes().length);
        copied.pending().free();
        throw full;
      }
      target.numbered.add(copied);
      consumer.pending().copyTo(copied.pending());
    }
    pending.copyTo(target.pending);
  }

  /** Checks that the consumers' tables and the group's tell the same. */
  void validate() {
    pending.validate();
    int owned = 0;
    for (Consumer consumer : consumers.values()) {
      StreamCheck.require(
          numbered.get(consumer.number()) == consumer, "a consumer without its number");
      consumer.pending().validate();
      owned += consumer.pending().size();
    }
    StreamCheck.require(owned == pending.size(), "a pending entry without a consumer");
    for (long at = pending.first(); at != IdTable.NONE; at = pending.next(at)) {
      long own = owner(at).pending().find(pending.ms(at), pending.seq(at));
      StreamCheck.require(own != IdTable.NONE, "a pending entry that its consumer does not know");
    }
  }
}
