package io.keyward.engine.builtin.replication;

import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.replication.Replica.State;
import io.keyward.engine.builtin.replication.ReplicationStatus.Follower;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The replicas that there are. Guarded by the {@link Replication} that they belong to. */
final class Replicas {
  private final List<Replica> replicas = new ArrayList<>();

  void add(Replica replica) {
    replicas.add(replica);
  }

  void remove(Replica replica) {
    replicas.remove(replica);
  }

  boolean isEmpty() {
    return replicas.isEmpty();
  }

  /** Those that there are now; it does not matter who comes and goes meanwhile. */
  List<Replica> all() {
    return List.copyOf(replicas);
  }

  /** Those of which something is true. */
  List<Replica> those(Predicate<Replica> chosen) {
    return replicas.stream().filter(chosen).toList();
  }

  boolean any(Predicate<Replica> chosen) {
    return replicas.stream().anyMatch(chosen);
  }

  private int online(Predicate<Replica> chosen) {
    return (int)
        replicas.stream()
            .filter(replica -> replica.state() == State.ONLINE && chosen.test(replica))
            .count();
  }

  /** How many have acknowledged the stream up to an offset. */
  int acknowledging(long upTo) {
    return online(replica -> replica.acknowledged() >= upTo);
  }

  /** How many that are online have not acknowledged the stream up to an offset. */
  int lagging(long upTo) {
    return online(replica -> replica.acknowledged() < upTo);
  }

  /** How many have the stream up to an offset on their disks. */
  int keeping(long upTo) {
    return online(replica -> replica.forced() >= upTo);
  }

  /** How many that are online have been heard of since a time. */
  int heardSince(long time) {
    return online(replica -> replica.heardAt() >= time);
  }

  /** How each of them fares. */
  List<Follower> followers() {
    long now = SteadyTime.millis();
    return replicas.stream()
        .map(
            replica ->
                new Follower(
                    replica.address(),
                    replica.port(),
                    replica.state().wireName(),
                    replica.acknowledged(),
                    (now - replica.heardAt()) / 1000))
        .toList();
  }
}
