package io.keyward.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.bytes.PieceArrays;
import io.keyward.engine.bytes.Pieces;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a reply hands on while it is written, and what it takes back. */
class ReplyTest {
  private static final byte[] ELEMENT = "x".repeat(1000).getBytes(StandardCharsets.US_ASCII);
  private static final int MANY = 2000;

  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final ByteArrayOutputStream putBy = new ByteArrayOutputStream();
  private final List<Pieces> rows = new ArrayList<>();
  private final Reply reply = new Reply();

  ReplyTest() {
    reply.drainTo(
        new Reply.Drain() {
          @Override
          public void drain(byte[] bytes, int length) {
            sent.write(bytes, 0, length);
          }

          @Override
          public void drain(Pieces row, int from, int length) {
            row.read(from, length, sent::write);
            rows.add(row);
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

  @Test
  void aLongRowIsHandedOnAsItIsAndWhatFollowsStandsBehindIt() {
    Pieces row = new Pieces(PieceArrays.UNKEPT);
    row.appendZeros(3 * Pieces.SIZE);
    reply.integer(1);
    reply.bulk(row, 1, row.length() - 1);
    assertThat(reply.written()).isEqualTo(4 + "$393215\r\n".length() + row.length() - 1 + 2);
    row.write(1, new byte[] {1}, 0, 1);
    reply.integer(2);

    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst().get(1)).as("as it was").isZero();
    assertThat(all()).isEqualTo(":1\r\n$393215\r\n" + "\0".repeat(row.length() - 1) + "\r\n:2\r\n");
  }

  @Test
  void ofALongRowWithinAMarkNothingIsHandedOn() {
    Pieces row = new Pieces(PieceArrays.UNKEPT);
    row.appendZeros(3 * Pieces.SIZE);
    int mark = reply.openMark();
    reply.bulk(row, 0, row.length());
    reply.closeMark();
    reply.truncate(mark);
    reply.ok();

    assertThat(rows).isEmpty();
    assertThat(all()).isEqualTo("+OK\r\n");
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
