package io.keyward.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The generator sends what it is to send, measures it, and ends at an error. */
class LoadGeneratorTest {
  private static final long MINUTE = 60_000_000_000L;

  @Test
  void sendsEveryRequestOnceAndCountsEveryReply() throws IOException {
    try (FakeServer server = new FakeServer(words -> "+OK\r\n");
        LoadGenerator generator = generator(server, 3, 16, KeyNumbers.sequential(1_000_000))) {
      LoadResult result = generator.closedLoop(1_003, MINUTE);

      assertThat(result.requests()).isEqualTo(1_003);
      assertThat(result.nanos()).isPositive();
      assertThat(result.latencies().getMinValue()).isPositive();
      assertThat(server.requests())
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, 1_003)
                  .mapToObj(i -> List.of("GET", "key:%012d".formatted(i)))
                  .toList());
    }
  }

  @Test
  void aRequestOfTwoCommandsCountsOnceAfterItsSecondReply() throws IOException {
    RequestTemplate pair =
        RequestTemplate.inARow(List.of(List.of("FIRST"), List.of("SECOND", RequestTemplate.SLOT)));
    try (FakeServer server = new FakeServer(words -> "*1\r\n$2\r\nab\r\n");
        LoadGenerator generator =
            new LoadGenerator(server.address(), 2, pair, 5, KeyNumbers.sequential(1000))) {
      assertThat(generator.closedLoop(203, MINUTE).requests()).isEqualTo(203);
      assertThat(server.requests()).hasSize(406);
    }
  }

  @Test
  void listenersHearWhileRequestsAreSent() throws IOException {
    String heard = "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n";
    try (FakeServer server =
            new FakeServer(
                words -> words.getFirst().equals("SUBSCRIBE") ? heard.repeat(100_000) : "+OK\r\n");
        LoadGenerator generator = generator(server, 1, 1, KeyNumbers.sequential(10))) {
      generator.listen(server.address(), "c", 2);

      assertThat(generator.closedLoop(1_000, MINUTE).requests()).isEqualTo(1_000);
      assertThat(server.requests()).filteredOn(List.of("SUBSCRIBE", "c")::equals).hasSize(2);
    }
  }

  @Test
  void canRunAgainOnTheSameConnections() throws IOException {
    try (FakeServer server = new FakeServer(words -> "$2\r\nab\r\n");
        LoadGenerator generator = generator(server, 2, 4, KeyNumbers.random(10, 1))) {
      assertThat(generator.closedLoop(100, MINUTE).requests()).isEqualTo(100);
      assertThat(generator.closedLoop(50, MINUTE).requests()).isEqualTo(50);
      assertThat(generator.openLoop(1_000, 200_000_000).requests()).isEqualTo(200);
    }
  }

  @Test
  void endsWhenItsTimeIsOver() throws IOException {
    try (FakeServer server = new FakeServer(words -> "+OK\r\n");
        LoadGenerator generator = generator(server, 2, 4, KeyNumbers.random(10, 1))) {
      LoadResult result = generator.closedLoop(Long.MAX_VALUE, 20_000_000);

      assertThat(result.requests()).isEqualTo(server.requests().size());
    }
  }

  @Test
  void takesRepliesFarLargerThanItsBuffer() throws IOException {
    String large = "*2\r\n$700000\r\n" + "x".repeat(700_000) + "\r\n$1\r\ny\r\n";
    try (FakeServer server = new FakeServer(words -> large);
        LoadGenerator generator = generator(server, 2, 3, KeyNumbers.random(10, 1))) {
      assertThat(generator.closedLoop(12, MINUTE).requests()).isEqualTo(12);
    }
  }

  @Test
  void sendsRequestsLargerThanTheSocketTakesAtOnce() throws IOException {
    RequestTemplate large = RequestTemplate.of("SET", "k", "x".repeat(1_000_000));
    try (FakeServer server = new FakeServer(words -> "+OK\r\n");
        LoadGenerator generator =
            new LoadGenerator(server.address(), 2, large, 8, KeyNumbers.sequential(1))) {
      assertThat(generator.closedLoop(32, MINUTE).requests()).isEqualTo(32);
      assertThat(server.requests())
          .hasSize(32)
          .allMatch(words -> words.get(2).length() == 1_000_000);
    }
  }

  @Test
  void aPauseOfTheServerDelaysAllRequestsThatWereDueInIt() throws IOException {
    AtomicBoolean paused = new AtomicBoolean();
    Function<List<String>, String> pauseOnce =
        words -> {
          if (words.get(1).endsWith("050") && paused.compareAndSet(false, true)) {
            sleep(200);
          }
          return "+OK\r\n";
        };
    try (FakeServer server = new FakeServer(pauseOnce);
        LoadGenerator generator = generator(server, 1, 1, KeyNumbers.sequential(1_000))) {
      // 1000 requests/s for 300 ms: some 200 are due while the server sleeps, 100 of them for more
      // than 100 ms. A loop that waits for replies would see a single slow one.
      LoadResult result = generator.openLoop(1_000, 300_000_000);

      assertThat(result.requests()).isEqualTo(300);
      assertThat(result.latencies().getCountBetweenValues(100_000_000, MINUTE))
          .isGreaterThanOrEqualTo(100);
    }
  }

  @Test
  void anErrorReplyEndsTheRun() throws IOException {
    try (FakeServer server =
            new FakeServer(words -> words.get(1).endsWith("7") ? "-ERR no\r\n" : "+OK\r\n");
        LoadGenerator generator = generator(server, 2, 2, KeyNumbers.sequential(100))) {
      assertThatThrownBy(() -> generator.closedLoop(100, MINUTE))
          .isInstanceOf(ErrorReplyException.class)
          .hasMessage("ERR no");
    }
  }

  @Test
  void aNullReplyEndsTheRun() throws IOException {
    try (FakeServer server = new FakeServer(words -> "$-1\r\n");
        LoadGenerator generator = generator(server, 1, 1, KeyNumbers.sequential(100))) {
      assertThatThrownBy(() -> generator.closedLoop(3, MINUTE))
          .hasMessageContaining("3 null replies");
    }
  }

  @Test
  void aReplyTooManyEndsTheRun() throws IOException {
    try (FakeServer server = new FakeServer(words -> "+OK\r\n+OK\r\n");
        LoadGenerator generator = generator(server, 1, 1, KeyNumbers.sequential(100))) {
      assertThatThrownBy(() -> generator.closedLoop(3, MINUTE))
          .isInstanceOf(MalformedReplyException.class);
    }
  }

  @Test
  void aClosedConnectionEndsTheRun() throws IOException {
    try (FakeServer server =
            new FakeServer(
                words -> {
                  throw new IllegalStateException("the connection ends here");
                });
        LoadGenerator generator = generator(server, 1, 1, KeyNumbers.sequential(100))) {
      assertThatThrownBy(() -> generator.closedLoop(3, MINUTE))
          .hasRootCauseInstanceOf(EOFException.class);
    }
  }

  private static LoadGenerator generator(
      FakeServer server, int connections, int pipeline, KeyNumbers numbers) throws IOException {
    RequestTemplate template = RequestTemplate.of("GET", "key:" + RequestTemplate.SLOT);
    return new LoadGenerator(server.address(), connections, template, pipeline, numbers);
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
