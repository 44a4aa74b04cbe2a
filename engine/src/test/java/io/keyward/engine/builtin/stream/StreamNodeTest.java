package io.keyward.engine.builtin.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.structure.ByteBlock;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The nodes of a stream have the bytes that Redis writes. */
class StreamNodeTest {
  private static Request request(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
    Request request = new Request();
    request.begin(bytes);
    int at = 0;
    for (String word : line.split(" ", -1)) {
      request.add(at, word.length());
      at += word.length() + 1;
    }
    return request;
  }

  private static ByteBlock node() {
    ByteBlock node = new ByteBlock(16);
    StreamNode.create(node, request("a b"), 0, 1);
    StreamNode.append(node, 0, 0, request("a b"), 0, 1);
    StreamNode.append(node, 1, 3, request("c 1 d 300"), 0, 2);
    return node;
  }

  /** The bytes are those that DUMP of redis-server 7.2 shows for the same entries. */
  @Test
  void hasTheBytesThatRedisWrites() {
    ByteBlock node = node();
    int total = Listpack.totalBytes(node.bytes(), 0);
    assertThat(HexFormat.of().formatHex(node.bytes(), 0, total))
        .isEqualTo(
            "3200000013000201000101018161020001020100010001816202040100010101030102018163020101816402c12c020801ff");
  }

  @Test
  void whatIsNoNodeIsRefused() {
    assertThat(StreamNode.validate(node().bytes())).isTrue();
    int entries = Listpack.count(node().bytes(), 0);
    for (int i = 0; i < entries; i++) {
      ByteBlock shorter = node();
      ListpackEditor.deleteRange(shorter, i, 1);
      assertThat(StreamNode.validate(shorter.bytes())).as("without piece %d", i).isFalse();
      ByteBlock longer = node();
      int at = Listpack.seek(longer.bytes(), 0, i);
      ListpackEditor.insertBefore(longer, at, new byte[] {'7', '7'}, 0, 2);
      assertThat(StreamNode.validate(longer.bytes())).as("77 before piece %d", i).isFalse();
    }
    ByteBlock empty = new ByteBlock(8);
    ListpackEditor.initialize(empty);
    assertThat(StreamNode.validate(empty.bytes())).isFalse();
  }
}
