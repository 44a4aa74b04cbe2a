package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.bytes.PieceArrays;
import io.keyward.engine.bytes.Pieces;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Output that waits for a slow client. */
class OutputQueueTest {
  /** Gives arrays out full of what was there before, and knows how many are out. */
  private static final class Counted implements PieceArrays {
    private final ArrayDeque<byte[]> spare = new ArrayDeque<>();
    private int out;

    @Override
    public byte[] take() {
      out++;
      byte[] array = spare.isEmpty() ? new byte[Pieces.SIZE] : spare.pop();
      Arrays.fill(array, (byte) '?');
      return array;
    }

    @Override
    public void giveBack(byte[] array) {
      out--;
      spare.push(array);
    }
  }

  private final Counted arrays = new Counted();
  private final OutputQueue queue = new OutputQueue();
  private final ByteArrayOutputStream added = new ByteArrayOutputStream();
  private final ByteArrayOutputStream left = new ByteArrayOutputStream();
  private final Random random = new Random(7);

  private void add(OutputQueue to, int length) {
    byte[] bytes = new byte[length + 2];
    random.nextBytes(bytes);
    to.add(bytes, 1, length, arrays);
    added.write(bytes, 1, length);
  }

  private void take() {
    ByteBuf next = queue.next(UnpooledByteBufAllocator.DEFAULT);
    assertThat(next).isNotNull();
    try {
      assertThat(next.readableBytes()).isBetween(1, OutputQueue.BUFFER);
      next.forEachByte(
          each -> {
            left.write(each);
            return true;
          });
    } finally {
      next.release();
    }
  }

  @Test
  void whatIsAddedLeavesInItsOrderAndArraysGoBack() {
    for (int i = 0; i < 300; i++) {
      add(queue, 1 + random.nextInt(i % 3 == 0 ? 300_000 : 2_000));
      if (i % 20 == 0) {
        byte[] bytes = new byte[400_000];
        random.nextBytes(bytes);
        Pieces row = new Pieces(arrays);
        row.append(bytes, 0, bytes.length);
        queue.add(row, 5, bytes.length - 5);
        added.write(bytes, 5, bytes.length - 5);
      }
      for (int k = random.nextInt(4); k > 0 && !queue.isEmpty(); k--) {
        take();
      }
      assertThat(queue.bytes()).isEqualTo(added.size() - left.size());
    }
    while (!queue.isEmpty()) {
      take();
    }

    assertThat(left.toByteArray()).isEqualTo(added.toByteArray());
    assertThat(arrays.out).isZero();
    assertThat(queue.memory()).isZero();
  }

  @Test
  void muchIsKeptInFullArraysAndLittleInNoMoreThanItNeeds() {
    add(queue, 10);
    assertThat(queue.memory()).isEqualTo(10);
    for (int i = 0; i < 1000; i++) {
      add(queue, 5_000);
    }

    assertThat(arrays.out).isBetween(38, 39);
    assertThat(queue.memory()).isLessThan(queue.bytes() + 2 * Pieces.SIZE);
  }

  /** As the headers of long values, of which many may wait and take no memory of their own. */
  @Test
  void littleBetweenLongRowsTakesNoMoreThanItNeeds() {
    byte[] value = new byte[3 * Pieces.SIZE];
    random.nextBytes(value);
    for (int i = 0; i < 100; i++) {
      add(queue, 20);
      Pieces row = new Pieces(arrays);
      row.append(value, 0, value.length);
      queue.add(row, 0, value.length);
      added.writeBytes(value);
    }

    assertThat(arrays.out).as("of the rows alone").isEqualTo(300);
    while (!queue.isEmpty()) {
      take();
    }
    assertThat(left.toByteArray()).isEqualTo(added.toByteArray());
    assertThat(arrays.out).isZero();
  }

  @Test
  void whatOneTakesOverFromAnotherStandsBehindItsOwn() {
    OutputQueue other = new OutputQueue();
    add(queue, 200_000);
    add(other, 200_000);
    add(other, 100);
    queue.addAll(other);
    add(queue, 300_000);

    assertThat(other.isEmpty()).isTrue();
    while (!queue.isEmpty()) {
      take();
    }
    assertThat(left.toByteArray()).isEqualTo(added.toByteArray());
    assertThat(arrays.out).isZero();
  }

  @Test
  void whatIsForgottenGivesItsArraysBack() {
    add(queue, 500_000);
    take();
    queue.release();

    assertThat(queue.isEmpty()).isTrue();
    assertThat(arrays.out).isZero();
  }
}
