package io.keyward.engine.builtin.appendonly;

import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.SmallHeap;
import io.keyward.engine.builtin.propagation.EffectStream;
import io.keyward.engine.bytes.PieceArrays;
import io.keyward.engine.bytes.Pieces;
import java.io.IOException;

/**
 * Writes another very long argument of a command into a stream of effects when the heap has no room
 * for any object, and prints whether that was refused, how often the sink has been told that
 * something is missing, and what it has got. Runs in a JVM of its own with a small heap.
 */
final class FullHeap {
  private FullHeap() {}

  public static void main(String[] arguments) throws IOException {
    EffectStream stream = new Bench(LiveSettings.defaults()).keyspace().home().effects();
    RecordingSink sink = new RecordingSink();
    stream.attach(sink, true);
    Pieces row = new Pieces(PieceArrays.UNKEPT);
    row.appendZeros(Pieces.LEAST);
    stream.beginUnit();
    // For the first time, which takes more memory than a row does.
    set(stream, "before", row);
    begin(stream, 4, "left out", row);
    boolean refused = false;
    SmallHeap.takeAll();
    try {
      stream.argument(row);
    } catch (OutOfMemoryError full) {
      refused = true;
    }
    SmallHeap.giveBack();
    set(stream, "after", row);
    stream.endUnit();
    stream.handOver();
    System.out.println(refused + " " + sink.missing + " " + sink.commands());
  }

  private static void set(EffectStream stream, String key, Pieces value) {
    begin(stream, 3, key, value);
  }

  /** Begins a command of so many arguments with the first three. */
  private static void begin(EffectStream stream, int arguments, String key, Pieces value) {
    stream.begin(0, arguments);
    stream.argument("SET");
    stream.argument(key);
    stream.argument(value);
  }
}
