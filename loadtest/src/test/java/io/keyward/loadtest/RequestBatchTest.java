package io.keyward.loadtest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests are encoded once, and only their numbers change. */
class RequestBatchTest {
  @Test
  void encodesWordsAsAnArrayOfBulkStrings() {
    RequestTemplate template = RequestTemplate.of("GET", "a key");

    assertThat(new String(template.bytes(), ISO_8859_1))
        .isEqualTo("*2\r\n$3\r\nGET\r\n$5\r\na key\r\n");
    assertThat(template.slots()).isEmpty();
  }

  @Test
  void everySlotTakesTheNextNumber() {
    RequestTemplate template = RequestTemplate.of("MGET", "k:__rand_int__", "__rand_int__:x");
    RequestBatch batch = new RequestBatch(template, 2);
    KeyNumbers numbers = KeyNumbers.sequential(KeyNumbers.MAX_BOUND);

    assertThat(text(batch.prepare(2, numbers)))
        .isEqualTo(
            """
            *3
            $4
            MGET
            $14
            k:000000000000
            $14
            000000000001:x
            *3
            $4
            MGET
            $14
            k:000000000002
            $14
            000000000003:x
            """
                .replace("\n", "\r\n"));
  }

  @Test
  void commandsInARowAreOneRequestWithAReplyEach() {
    RequestTemplate template =
        RequestTemplate.inARow(List.of(List.of("PING"), List.of("GET", "__rand_int__")));
    RequestBatch batch = new RequestBatch(template, 3);

    assertThat(batch.repliesPerRequest()).isEqualTo(2);
    assertThat(text(batch.prepare(1, KeyNumbers.sequential(9))))
        .isEqualTo("*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$12\r\n000000000000\r\n");
  }

  @Test
  void numbersInPairsComeTwiceEach() {
    KeyNumbers pairs = KeyNumbers.randomPairs(1_000_000, 7);
    KeyNumbers single = KeyNumbers.random(1_000_000, 7);
    for (int i = 0; i < 100; i++) {
      int number = single.next();
      assertThat(pairs.next()).isEqualTo(number);
      assertThat(pairs.next()).isEqualTo(number);
    }
  }

  @Test
  void largeNumbersFillAllTheirDigits() {
    RequestBatch batch = new RequestBatch(RequestTemplate.of("__rand_int__"), 1);
    KeyNumbers numbers = KeyNumbers.sequential(12_345_679);
    for (int i = 0; i < 12_345_678; i++) {
      numbers.next();
    }

    assertThat(text(batch.prepare(1, numbers))).isEqualTo("*1\r\n$12\r\n000012345678\r\n");
    assertThat(text(batch.prepare(1, numbers))).isEqualTo("*1\r\n$12\r\n000000000000\r\n");
  }

  @Test
  void aShorterPipelineHoldsTheFirstRequestsOnly() {
    RequestBatch batch = new RequestBatch(RequestTemplate.of("PING"), 5);

    assertThat(text(batch.prepare(2, KeyNumbers.sequential(1))))
        .isEqualTo("*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPING\r\n");
  }

  @Test
  void randomNumbersReachTheWholeKeySpaceAndNothingElse() {
    KeyNumbers numbers = KeyNumbers.random(100, 7);
    int[] seen = new int[100];
    for (int i = 0; i < 100_000; i++) {
      seen[numbers.next()]++;
    }
    assertThat(Arrays.stream(seen).boxed()).allMatch(count -> count > 800 && count < 1_200);
  }

  @Test
  void refusesAKeySpaceThatDoesNotFitTheDigits() {
    assertThatThrownBy(() -> KeyNumbers.random(KeyNumbers.MAX_BOUND + 1, 1))
        .hasMessageContaining("key space of 100000001");
  }

  private static String text(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return new String(bytes, ISO_8859_1);
  }
}
