package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.BuiltinKeyspace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Records what a bench's keyspace has done, shows it, and does it again in another. */
final class EffectStreams {
  private final Bench bench;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  EffectStreams(Bench bench) {
    this.bench = bench;
    bench
        .keyspace()
        .home()
        .effects()
        .attach(
            (array, length, among, position) -> {
              among.write(array, length, bytes::write);
              among.release();
            },
            true);
  }

  /** Everything written so far. */
  byte[] bytes() {
    bench.keyspace().home().effects().handOver();
    return bytes.toByteArray();
  }

  /** What has been written since the last time, a command as words, without SELECT. */
  List<String> take() throws IOException {
    List<String> commands = new ArrayList<>();
    CommandReader reader = new CommandReader(channel(bytes()));
    Request request = new Request();
    while (reader.next(request)) {
      List<String> words = new ArrayList<>();
      for (int i = 0; i < request.count(); i++) {
        words.add(request.text(i));
      }
      if (!words.getFirst().equals("SELECT")) {
        commands.add(String.join(" ", words));
      }
    }
    bytes.reset();
    return commands;
  }

  /** Replays everything in another bench; returns the errors that commands have answered. */
  static List<String> replay(byte[] stream, Bench into) throws IOException {
    BuiltinKeyspace keyspace = into.keyspace();
    GlobalView view = new GlobalView(keyspace.table(), into.engine()::find);
    Replay replay = new Replay();
    List<String> errors = new ArrayList<>();
    int database = 0;
    CommandReader reader = new CommandReader(channel(stream));
    Request request = new Request();
    while (reader.next(request)) {
      switch (view.resolve(request).name()) {
        case "select" -> database = (int) request.integer(1);
        case "multi", "exec" -> {}
        default -> {
          BuiltinKeyspace target = view.enter(request, reader.note());
          String error = replay.apply(target, database, request, 0);
          if (error != null) {
            errors.add(request.text(0) + ": " + error);
          }
        }
      }
    }
    return errors;
  }

  /** A file in memory. */
  static SeekableByteChannel channel(byte[] content) {
    ByteBuffer rest = ByteBuffer.wrap(content);
    return new SeekableByteChannel() {
      @Override
      public int read(ByteBuffer target) {
        if (!rest.hasRemaining()) {
          return -1;
        }
        int count = Math.min(target.remaining(), rest.remaining());
        target.put(rest.slice(rest.position(), count));
        rest.position(rest.position() + count);
        return count;
      }

      @Override
      public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
      }

      @Override
      public long position() {
        return rest.position();
      }

      @Override
      public SeekableByteChannel position(long newPosition) {
        rest.position((int) newPosition);
        return this;
      }

      @Override
      public long size() {
        return content.length;
      }

      @Override
      public SeekableByteChannel truncate(long newSize) {
        throw new NonWritableChannelException();
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
  }

  static String text(byte[] stream) {
    return new String(stream, StandardCharsets.ISO_8859_1);
  }
}
