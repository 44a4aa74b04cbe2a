package io.keyward.loadtest;

import java.nio.ByteBuffer;

/**
 * A pipeline of equal requests in one direct buffer. Sending them again means patching the digits
 * of their slots in place; nothing is encoded or copied.
 */
final class RequestBatch {
  /** The four ASCII digits of each number below 10,000, first digit in the highest byte. */
  private static final int[] FOUR_DIGITS = fourDigits();

  private final ByteBuffer buffer;
  private final int requestLength;
  private final int repliesPerRequest;
  private final int slotsPerRequest;
  private final int[] slots;

  RequestBatch(RequestTemplate template, int pipeline) {
    requestLength = template.length();
    repliesPerRequest = template.commands();
    slotsPerRequest = template.slots().length;
    buffer = ByteBuffer.allocateDirect(Math.multiplyExact(requestLength, pipeline));
    slots = new int[slotsPerRequest * pipeline];
    for (int i = 0; i < pipeline; i++) {
      buffer.put(template.bytes());
      for (int j = 0; j < slotsPerRequest; j++) {
        slots[i * slotsPerRequest + j] = i * requestLength + template.slots()[j];
      }
    }
    buffer.limit(0);
  }

  /** Gives the first requests of the pipeline new numbers; the buffer is then theirs to send. */
  ByteBuffer prepare(int requests, KeyNumbers numbers) {
    buffer.clear();
    int used = requests * slotsPerRequest;
    for (int i = 0; i < used; i++) {
      int number = numbers.next();
      int lastEight = slots[i] + RequestTemplate.SLOT_DIGITS - 8;
      buffer.putInt(lastEight, FOUR_DIGITS[number / 10_000]);
      buffer.putInt(lastEight + 4, FOUR_DIGITS[number % 10_000]);
    }
    return buffer.limit(requests * requestLength);
  }

  int repliesPerRequest() {
    return repliesPerRequest;
  }

  ByteBuffer buffer() {
    return buffer;
  }

  private static int[] fourDigits() {
    int[] table = new int[10_000];
    for (int n = 0; n < table.length; n++) {
      table[n] =
          (('0' + n / 1000) << 24)
              | (('0' + n / 100 % 10) << 16)
              | (('0' + n / 10 % 10) << 8)
              | ('0' + n % 10);
    }
    return table;
  }
}
