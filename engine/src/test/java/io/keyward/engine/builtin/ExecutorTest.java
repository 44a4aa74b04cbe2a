package io.keyward.engine.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.Client.ReplyMode;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.bytes.Pieces;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandGroup;
import io.keyward.engine.command.CommandTable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a command leaves behind that fails in the middle. */
class ExecutorTest {
  private static final byte[] LONG = new byte[1 << 20];

  private final Bench bench = new Bench();
  private long sent;

  /** A client of a keyspace in which each command begins an answer and breaks off. */
  private Bench.Session client() {
    CommandTable table = new CommandTable();
    table.add(
        Command.named("broken", CommandGroup.GENERIC)
            .summary("Breaks off.")
            .arity(1)
            .handler(
                (request, reply) -> {
                  int _ = reply.openMark();
                  int _ = reply.beginArray();
                  reply.integer(1);
                  throw CommandException.error("broken off");
                }));
    return bench.connect(new BuiltinKeyspace("broken", bench.keyspace().home(), table.seal()));
  }

  private final class Counted implements Reply.Drain {
    @Override
    public void drain(byte[] bytes, int length) {
      sent += length;
    }

    @Override
    public void drain(Pieces row, int from, int length) {
      sent += length;
    }

    @Override
    public void putBy(byte[] bytes, int offset, int length) {}

    @Override
    public void sendPutBy() {}

    @Override
    public void dropPutBy() {}
  }

  @ParameterizedTest
  @EnumSource(ReplyMode.class)
  void nothingKeepsLaterAnswersFromGoingOutInPieces(ReplyMode mode) {
    Bench.Session client = client();
    client.client().replyMode(mode);
    assertThat(client.run("broken")).isEqualTo(mode == ReplyMode.ON ? "!ERR broken off" : "");
    Reply reply = client.client().reply();
    reply.drainTo(new Counted());
    reply.bulk(LONG);
    assertThat(sent).isGreaterThan(LONG.length / 2);
  }
}
