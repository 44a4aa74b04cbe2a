package io.keyward.gateway.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of a connection on their way to being requests. */
class InputTest {
  private final Input.Scratch scratch = new Input.Scratch();

  private Request read(Input input, String... commands) throws ProtocolException {
    StringBuilder text = new StringBuilder();
    for (String command : commands) {
      String[] words = command.split(" ", -1);
      text.append('*').append(words.length).append("\r\n");
      for (String word : words) {
        text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
      }
    }
    ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    input.receive(bytes, scratch);
    bytes.release();
    assertThat(input.next(scratch, 1000, true)).isTrue();
    return input.request(scratch);
  }

  @Test
  void aRequestThatIsExecutedForLongerStaysAsItIsWhileOthersAreRead() throws ProtocolException {
    Input slow = new Input((requests, count) -> {});
    Request left = read(slow, "SET slow value", "GET next");
    slow.leaveRequest(scratch);
    slow.settle(scratch, false);
    Input other = new Input((requests, count) -> {});
    Request second = read(other, "DEL another");
    assertThat(second).isNotSameAs(left);
    other.settle(scratch, false);
    assertThat(left.text(1)).isEqualTo("slow");
    assertThat(left.text(2)).isEqualTo("value");

    slow.requestIsDone(scratch);
    assertThat(slow.next(scratch, 1000, true)).isTrue();
    assertThat(slow.request(scratch).text(1)).isEqualTo("next");
    slow.settle(scratch, false);
  }

  @Test
  void whatARequestWasLeftServesTheNextOneThatIsExecutedForLonger() throws ProtocolException {
    Input slow = new Input((requests, count) -> {});
    byte[] first = read(slow, "SET a 1").bytes();
    slow.leaveRequest(scratch);
    slow.settle(scratch, false);
    slow.requestIsDone(scratch);
    byte[] second = read(slow, "SET b 2").bytes();
    slow.leaveRequest(scratch);
    slow.settle(scratch, false);
    assertThat(second).isNotSameAs(first);
    assertThat(read(new Input((requests, count) -> {}), "SET c 3").bytes()).isSameAs(first);
  }

  @Test
  void whatWaitsForItsTurnIsKeptInAnArrayThatServesTheNextOneAfterIt() throws ProtocolException {
    Input first = new Input((requests, count) -> {});
    byte[] kept = waiting(first, "first");
    assertThat(waiting(new Input((requests, count) -> {}), "second")).isNotSameAs(kept);
    while (first.next(scratch, 1000, true)) {
      assertThat(first.request(scratch).text(1)).isEqualTo("first");
    }
    first.settle(scratch, false);
    assertThat(first.capacity()).isZero();
    assertThat(waiting(new Input((requests, count) -> {}), "third")).isSameAs(kept);
  }

  /** The array in which the requests behind the first one of many wait. */
  private byte[] waiting(Input input, String key) throws ProtocolException {
    String[] many = new String[2000];
    Arrays.fill(many, "SET " + key + " value");
    assertThat(read(input, many).text(1)).isEqualTo(key);
    input.settle(scratch, true);
    assertThat(input.next(scratch, 1000, true)).isTrue();
    assertThat(input.request(scratch).text(1)).isEqualTo(key);
    return input.request(scratch).bytes();
  }

  @Test
  void whoForeseesLearnsOfWhatHasArrivedTogetherBeforeAnyOfItIsExecuted() throws ProtocolException {
    List<String> foreseen = new ArrayList<>();
    Input input =
        new Input(
            (requests, count) -> {
              for (int i = 0; i < count; i++) {
                foreseen.add(requests[i].text(1));
              }
            });
    Request first = read(input, "SET a 1", "GET b", "DEL c d");
    assertThat(first.text(1)).isEqualTo("a");
    assertThat(foreseen).containsExactly("a", "b", "c");
    input.settle(scratch, false);
  }

  @Test
  void aConnectionThatIsReadInTheMiddleOfAnothersRequestsFindsItsOwn() throws ProtocolException {
    Input inner = new Input((requests, count) -> {});
    read(inner, "SET first 1", "SET second 2", "SET third 3");
    inner.leaveRequest(scratch);
    inner.settle(scratch, false);
    inner.requestIsDone(scratch);
    Input outer = new Input((requests, count) -> {});
    assertThat(read(outer, "SET outer 1", "GET last").text(1)).isEqualTo("outer");

    List<String> found = new ArrayList<>();
    while (inner.next(scratch, 1000, true)) {
      found.add(inner.request(scratch).text(1));
    }
    inner.settle(scratch, false);
    assertThat(found).containsExactly("second", "third");

    assertThat(outer.next(scratch, 1000, true)).isTrue();
    assertThat(outer.request(scratch).text(1)).isEqualTo("last");
    assertThat(outer.next(scratch, 1000, true)).isFalse();
    outer.settle(scratch, false);
  }
}
