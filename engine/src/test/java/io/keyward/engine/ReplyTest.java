package io.keyward.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReplyTest {
  private static final byte[] ELEMENT = "x".repeat(1000).getBytes(StandardCharsets.US_ASCII);
  private static final int MANY = 2000;

  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final ByteArrayOutputStream putBy = new ByteArrayOutputStream();
  private final Reply reply = new Reply();

  ReplyTest() {
    reply.drainTo(
        new Reply.Drain() {
          @Override
          public void drain(byte[] bytes, int length) {
            sent.write(bytes, 0, length);
          }

          @Override
          public void putBy(byte[] bytes, int offset, int length) {
            putBy.write(bytes, offset, length);
          }

          @Override
          public void sendPutBy() {
            sent.writeBytes(putBy.toByteArray());
            putBy.reset();
          }

          @Override
          public void dropPutBy() {
            putBy.reset();
          }
        });
  }

  private String all() {
    sent.write(reply.bytes(), 0, reply.length());
    reply.clear();
    return sent.toString(StandardCharsets.US_ASCII);
  }

  private void elements(int count) {
    for (int i = 0; i < count; i++) {
      reply.bulk(ELEMENT);
    }
  }

  private static String expected(String before, int count, String behind) {
    String element = "$1000\r\n" + "x".repeat(1000) + "\r\n";
    return before + "*" + count + "\r\n" + element.repeat(count) + behind;
  }

  @Test
  void aLongArrayOfUnknownSizeStandsBehindItsHeaderAndIsNotGatheredInOneArray() {
    reply.ok();
    int position = reply.beginArray();
    elements(MANY);

    assertThat(reply.bytes().length).isLessThan(2 * Reply.DRAIN_AT);
    reply.endArray(position, MANY);
    reply.integer(7);
    assertThat(all()).isEqualTo(expected("+OK\r\n", MANY, ":7\r\n"));
  }

  @Test
  void arraysWithinALongOneStandWhereTheyBelong() {
    int outer = reply.beginArray();
    elements(MANY);
    int inner = reply.beginArray();
    elements(MANY);
    reply.endArray(inner, MANY);
    reply.endArray(outer, MANY + 1);

    String within = expected("", MANY, "");
    assertThat(all())
        .isEqualTo(
            expected("", MANY, "").replaceFirst("2000", Integer.toString(MANY + 1)) + within);
  }

  @Test
  void whatIsTakenBackIsNotSent() {
    reply.ok();
    long before = reply.written();
    int mark = reply.length();
    reply.beginArray();
    elements(MANY);

    assertThat(reply.written() - before).isEqualTo(reply.length() - mark);
    reply.truncate(mark);
    reply.error("ERR given up");
    assertThat(putBy.size()).isZero();
    int next = reply.beginArray();
    elements(MANY);
    reply.endArray(next, MANY);
    assertThat(all()).isEqualTo(expected("+OK\r\n-ERR given up\r\n", MANY, ""));
  }
}
