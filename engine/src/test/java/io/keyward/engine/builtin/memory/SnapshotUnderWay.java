package io.keyward.engine.builtin.memory;

import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import io.keyward.engine.builtin.snapshot.HomeSnapshot;
import io.keyward.engine.builtin.snapshot.KeyPlaces;
import io.keyward.engine.builtin.snapshot.SnapshotHeader;
import io.keyward.engine.builtin.snapshot.SnapshotLoader;
import io.keyward.engine.builtin.snapshot.SnapshotSink;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A snapshot whose walk has begun and gets on only when what happens meanwhile has happened. */
final class SnapshotUnderWay implements SnapshotSink {
  private final Bench bench;
  private final String before;
  private final ByteArrayOutputStream file = new ByteArrayOutputStream();
  private boolean released;
  private boolean lost;
  private boolean ended;

  SnapshotUnderWay(Bench bench) {
    this.bench = bench;
    before = bench.line("debug digest");
    RdbOutput head = new RdbOutput(64, RdbType.VERSION, false);
    SnapshotHeader.write("7.2.6", 0, false, head);
    file.write(head.bytes(), 0, head.length());
    BuiltinKeyspace keyspace = bench.keyspace();
    new HomeSnapshot(
            keyspace.home(),
            List.of(keyspace),
            new RdbOutput(64, RdbType.VERSION, true),
            this,
            snapshot -> ended = true)
        .start();
  }

  @Override
  public void take(byte[] bytes, int length) {
    file.write(bytes, 0, length);
  }

  @Override
  public boolean ready() {
    return released;
  }

  @Override
  public void giveUp() {
    lost = true;
  }

  @Override
  public boolean lost() {
    return lost;
  }

  /** Lets it come to its end; returns what is wrong with it unless it has been given up. */
  @Nullable String problem() {
    released = true;
    while (!ended) {
      bench.pass(1);
    }
    if (lost) {
      return null;
    }
    file.write(RdbType.END);
    file.writeBytes(new byte[Long.BYTES]);
    Bench reader = CommandsWithoutMemory.bench();
    BuiltinKeyspace keyspace = reader.keyspace();
    SnapshotLoader loader =
        new SnapshotLoader(
            RdbInput.of(file.toByteArray(), 0, file.size()),
            new All(keyspace),
            keyspace.home(),
            SnapshotLoader.Expired.KEPT);
    loader.begin();
    while (!loader.step()) {
      // The next record.
    }
    return reader.line("debug digest").equals(before) ? null : "the snapshot is not what was there";
  }

  private record All(BuiltinKeyspace keyspace) implements KeyPlaces {
    @Override
    public Place of(byte[] key) {
      return new Place(keyspace, 0);
    }

    @Override
    public BuiltinKeyspace ofFunctions(String prefix) {
      return keyspace;
    }
  }
}
