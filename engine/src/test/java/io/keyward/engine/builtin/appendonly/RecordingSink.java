package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.propagation.EffectSink;
import io.keyward.engine.builtin.propagation.LongArguments;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Takes what it has memory for, and knows what that was. */
final class RecordingSink implements EffectSink {
  final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  boolean full;
  long position;
  int missing;

  @Override
  public void take(byte[] array, int length, LongArguments among, long end) {
    if (full) {
      throw new OutOfMemoryError("as if");
    }
    among.write(array, length, bytes::write);
    among.release();
    position = end;
  }

  @Override
  public void missing() {
    missing++;
  }

  List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    CommandReader reader = new CommandReader(EffectStreams.channel(bytes.toByteArray()));
    Request request = new Request();
    while (reader.next(request)) {
      String first = request.count() > 1 ? " " + request.text(1) : "";
      commands.add(request.text(0) + first);
    }
    return commands;
  }
}
